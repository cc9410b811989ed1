namespace MemoryEngine.Protocol.MessagePack;

/// <content>Numbers.</content>
public ref partial struct MessagePackReader
{
    /// <summary>Reads an integer of any width that fits.</summary>
    public sbyte ReadSByte() => (sbyte)ReadInteger(sbyte.MinValue, sbyte.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public byte ReadByte() => (byte)ReadInteger(byte.MinValue, byte.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public short ReadInt16() => (short)ReadInteger(short.MinValue, short.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public ushort ReadUInt16() => (ushort)ReadInteger(ushort.MinValue, ushort.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public int ReadInt32() => (int)ReadInteger(int.MinValue, int.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public uint ReadUInt32() => (uint)ReadInteger(uint.MinValue, uint.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public long ReadInt64() => ReadInteger(long.MinValue, long.MaxValue);

    /// <inheritdoc cref="ReadSByte"/>
    public ulong ReadUInt64()
    {
        var (bits, isNegative) = ReadIntegerBits("an integer");
        return isNegative ? throw OutOfRange("0", "18446744073709551615", $"{(long)bits}") : bits;
    }

    /// <summary>Reads an integer of any width between two bounds, both allowed.</summary>
    public long ReadInteger(long least, long most)
    {
        var (bits, isNegative) = ReadIntegerBits("an integer");
        if (!isNegative && bits > long.MaxValue) throw OutOfRange($"{least}", $"{most}", $"{bits}");
        var value = (long)bits;
        return value >= least && value <= most ? value : throw OutOfRange($"{least}", $"{most}", $"{value}");
    }

    /// <summary>Reads a number as a float64. Integers are numbers too: some languages send 1.0 as 1.</summary>
    public double ReadDouble()
    {
        const string Expected = "a number";
        var format = Peek(Expected);
        if (format.Type == MessagePackType.Integer)
        {
            var (bits, isNegative) = ReadIntegerBits(Expected);
            return isNegative ? (long)bits : bits;
        }
        if (format.Type != MessagePackType.Float) throw Unexpected(Expected);
        Need(1 + format.Size, Expected);
        _input.Advance(1);
        var raw = Take((int)format.Size);
        return format.Size == 4 ? BitConverter.UInt32BitsToSingle((uint)raw) : BitConverter.UInt64BitsToDouble(raw);
    }

    /// <summary>Reads a number as a float32: the nearest one, since some languages know only float64.</summary>
    public float ReadSingle()
    {
        var value = ReadDouble();
        var single = (float)value;
        return float.IsInfinity(single) && double.IsFinite(value)
            ? throw ProtocolException.Unexpected("a number within float32", value.ToString("R"))
            : single;
    }

    private (ulong Bits, bool IsNegative) ReadIntegerBits(string expected)
    {
        var format = Peek(expected);
        if (format.Type != MessagePackType.Integer) throw Unexpected(expected);
        Need(1 + format.Size, expected);
        var code = (byte)Take(1);
        if (format.Size == 0) return ((ulong)(sbyte)code, code >= 0x80);
        var bits = Take((int)format.Size);
        if (code <= MessagePackCode.UInt64) return (bits, false);
        var unused = 64 - (8 * (int)format.Size);
        var value = (long)(bits << unused) >> unused;
        return ((ulong)value, value < 0);
    }

    private static ProtocolException OutOfRange(string least, string most, string found) =>
        ProtocolException.Unexpected($"an integer from {least} to {most}", found);
}
