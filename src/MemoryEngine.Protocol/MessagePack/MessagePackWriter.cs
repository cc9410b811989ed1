using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MemoryEngine.Protocol.MessagePack;

/// <summary>
/// Writes MessagePack values, each in its shortest form, into a buffer. It keeps nothing of its own, so what was written is
/// in the buffer when a call returns. Whoever writes the head of a container writes as many values after it.
/// </summary>
public readonly struct MessagePackWriter(IBufferWriter<byte> output)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte> _output = output;

    /// <summary>Writes nil.</summary>
    public void WriteNil() => Byte(MessagePackCode.Nil);

    /// <summary>Writes a boolean.</summary>
    public void WriteBoolean(bool value) => Byte(value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>Writes an integer.</summary>
    public void WriteInteger(long value)
    {
        if (value >= 0) WriteInteger((ulong)value);
        else if (value >= -32) Byte((byte)value);
        else if (value >= sbyte.MinValue) Number(MessagePackCode.Int8, (ulong)value, 1);
        else if (value >= short.MinValue) Number(MessagePackCode.Int16, (ulong)value, 2);
        else if (value >= int.MinValue) Number(MessagePackCode.Int32, (ulong)value, 4);
        else Number(MessagePackCode.Int64, (ulong)value, 8);
    }

    /// <summary>Writes an integer.</summary>
    public void WriteInteger(ulong value)
    {
        if (value <= 0x7F) Byte((byte)value);
        else if (value <= byte.MaxValue) Number(MessagePackCode.UInt8, value, 1);
        else if (value <= ushort.MaxValue) Number(MessagePackCode.UInt16, value, 2);
        else if (value <= uint.MaxValue) Number(MessagePackCode.UInt32, value, 4);
        else Number(MessagePackCode.UInt64, value, 8);
    }

    /// <summary>Writes a float32.</summary>
    public void WriteSingle(float value) => Number(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value), 4);

    /// <summary>Writes a float64.</summary>
    public void WriteDouble(double value) => Number(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value), 8);

    /// <summary>Writes a text.</summary>
    /// <exception cref="ArgumentException">The text is not Unicode: it holds half of a surrogate pair.</exception>
    public void WriteString(ReadOnlySpan<char> value)
    {
        var size = StrictUtf8.GetByteCount(value);
        Header((uint)size, MessagePackCode.FixStr, 31, MessagePackCode.Str8, MessagePackCode.Str16, MessagePackCode.Str32);
        if (size == 0) return;
        StrictUtf8.GetBytes(value, _output.GetSpan(size));
        _output.Advance(size);
    }

    /// <summary>Writes bytes.</summary>
    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteBinaryHeader(value.Length);
        _output.Write(value);
    }

    /// <summary>Writes a vector: bytes that are little-endian float32s.</summary>
    public void WriteVector(ReadOnlySpan<float> value)
    {
        WriteBinaryHeader(checked(value.Length * sizeof(float)));
        if (BitConverter.IsLittleEndian)
        {
            _output.Write(MemoryMarshal.AsBytes(value));
            return;
        }
        foreach (var component in value)
        {
            BinaryPrimitives.WriteSingleLittleEndian(_output.GetSpan(sizeof(float)), component);
            _output.Advance(sizeof(float));
        }
    }

    /// <summary>Writes the head of an array.</summary>
    public void WriteArrayHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Header((uint)count, MessagePackCode.FixArray, 15, null, MessagePackCode.Array16, MessagePackCode.Array32);
    }

    /// <summary>Writes the head of a map.</summary>
    /// <param name="count">Pairs.</param>
    public void WriteMapHeader(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Header((uint)count, MessagePackCode.FixMap, 15, null, MessagePackCode.Map16, MessagePackCode.Map32);
    }

    /// <summary>Writes an extension.</summary>
    public void WriteExtension(sbyte type, ReadOnlySpan<byte> data)
    {
        if (data.Length is 1 or 2 or 4 or 8 or 16) Byte((byte)(MessagePackCode.FixExt1 + int.Log2(data.Length)));
        else Header((uint)data.Length, null, 0, MessagePackCode.Ext8, MessagePackCode.Ext16, MessagePackCode.Ext32);
        Byte((byte)type);
        _output.Write(data);
    }

    /// <summary>Writes a timestamp in the shortest of its three forms.</summary>
    public void WriteTimestamp(MessagePackTimestamp value)
    {
        Span<byte> data = stackalloc byte[12];
        data = data[..value.Size];
        value.Write(data);
        WriteExtension(MessagePackTimestamp.ExtensionType, data);
    }

    /// <summary>Writes values that are encoded already.</summary>
    public void WriteRaw(in ReadOnlySequence<byte> values)
    {
        foreach (var piece in values) _output.Write(piece.Span);
    }

    private void WriteBinaryHeader(int size) =>
        Header((uint)size, null, 0, MessagePackCode.Bin8, MessagePackCode.Bin16, MessagePackCode.Bin32);

    // The shortest head that a type has for a size.
    private void Header(uint size, byte? fix, uint fixMost, byte? code8, byte code16, byte code32)
    {
        if (fix is { } small && size <= fixMost) Byte((byte)(small | size));
        else if (code8 is { } one && size <= byte.MaxValue) Number(one, size, 1);
        else if (size <= ushort.MaxValue) Number(code16, size, 2);
        else Number(code32, size, 4);
    }

    private void Byte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    private void Number(byte code, ulong value, int bytes)
    {
        var span = _output.GetSpan(1 + bytes);
        span[0] = code;
        for (var i = bytes; i > 0; i--, value >>= 8) span[i] = (byte)value;
        _output.Advance(1 + bytes);
    }
}
