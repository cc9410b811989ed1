using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MemoryEngine.Storage;

/// <summary>
/// Appends little-endian structures to a growing pooled array; the counterpart of <see cref="ByteReader"/>. Disposing
/// gives the array back; what was taken from the writer is then no longer valid.
/// </summary>
internal sealed class ByteWriter(int capacity = 256) : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public Span<byte> Written => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    public byte[] ToArray() => Written.ToArray();

    public void Clear() => Length = 0;

    /// <summary>Forgets everything behind a length.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Claims the next bytes for the caller to fill. They hold leftovers until it does.</summary>
    public Span<byte> Claim(int count)
    {
        Ensure(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    public void Byte(byte value) => Claim(1)[0] = value;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Claim(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Claim(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Claim(8), value);

    public void Guid(Guid value) => value.TryWriteBytes(Claim(16), bigEndian: true, out _);

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Claim(value.Length));

    public void VarInt(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Block(ReadOnlySpan<byte> value)
    {
        VarInt(value.Length);
        Bytes(value);
    }

    public void String(string value)
    {
        VarInt(Encoding.UTF8.GetByteCount(value));
        Utf8(value);
    }

    /// <summary>The text's bytes without a length before them.</summary>
    public void Utf8(string value) => Encoding.UTF8.GetBytes(value, Claim(Encoding.UTF8.GetByteCount(value)));

    void IBufferWriter<byte>.Advance(int count) => Claim(count);

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Ensure(Math.Max(sizeHint, 256));
        return _buffer.AsMemory(Length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Ensure(Math.Max(sizeHint, 256));
        return _buffer.AsSpan(Length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, Length) = ([], 0);
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - Length >= count) return;
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), Math.Min(_buffer.Length * 2, 1 << 30)));
        Written.CopyTo(grown);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = grown;
    }
}
