using System.Buffers.Binary;
using System.Text;

namespace MemoryEngine.Storage;

/// <summary>
/// Reads little-endian structures strictly: whatever does not fit, is not minimal or is not UTF-8 makes the reader fail,
/// and a failed reader answers zeros and empties until the caller looks at <see cref="Failed"/>. No input makes it throw.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> data)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _data = data;

    public int Position { get; private set; }

    public bool Failed { get; private set; }

    public readonly int Remaining => _data.Length - Position;

    public readonly bool AtEnd => Remaining == 0;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (Failed || count < 0 || count > Remaining)
        {
            Failed = true;
            return default;
        }
        var slice = _data.Slice(Position, count);
        Position += count;
        return slice;
    }

    public byte Byte() => Bytes(1) is [var b] ? b : (byte)0;

    public ushort UInt16() => Bytes(2) is { Length: 2 } b ? BinaryPrimitives.ReadUInt16LittleEndian(b) : (ushort)0;

    public uint UInt32() => Bytes(4) is { Length: 4 } b ? BinaryPrimitives.ReadUInt32LittleEndian(b) : 0;

    public long Int64() => Bytes(8) is { Length: 8 } b ? BinaryPrimitives.ReadInt64LittleEndian(b) : 0;

    public Guid Guid() => Bytes(16) is { Length: 16 } b ? new Guid(b, bigEndian: true) : default;

    /// <summary>LEB128, at most five bytes, minimal, at most <see cref="int.MaxValue"/>.</summary>
    public int VarInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b >= 0x80) continue;
            if ((b == 0 && shift > 0) || value > int.MaxValue) Failed = true;
            return Failed ? 0 : (int)value;
        }
        Failed = true;
        return 0;
    }

    /// <summary>Bytes behind their length as a <see cref="VarInt"/>.</summary>
    public ReadOnlySpan<byte> Block() => Bytes(VarInt());

    public string String() => Decode(Block());

    public string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            Failed = true;
            return "";
        }
    }

    public void Fail() => Failed = true;
}
