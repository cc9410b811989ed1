using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>What the events of evidence have in common: numbers and optional fields, each with one form.</summary>
internal static class EvidenceBytes
{
    /// <summary>The largest time that a <see cref="DateTimeOffset"/> holds, in microseconds since 1970.</summary>
    private static readonly long LastMicrosecond = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static void Time(ByteWriter writer, DateTimeOffset time) =>
        writer.Int64((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset Time(ref ByteReader reader)
    {
        var microseconds = reader.Int64();
        if (microseconds >= 0 && microseconds <= LastMicrosecond)
            return DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        reader.Fail();
        return DateTimeOffset.UnixEpoch;
    }

    public static void Double(ByteWriter writer, double value) => writer.Int64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>A number within bounds; what is no number is within none.</summary>
    public static double Double(ref ByteReader reader, double min, double max)
    {
        var value = BitConverter.Int64BitsToDouble(reader.Int64());
        if (value >= min && value <= max) return value;
        reader.Fail();
        return 0;
    }

    public static void Single(ByteWriter writer, float value) => writer.UInt32(BitConverter.SingleToUInt32Bits(value));

    public static float Single(ref ByteReader reader)
    {
        var value = BitConverter.UInt32BitsToSingle(reader.UInt32());
        if (float.IsFinite(value)) return value;
        reader.Fail();
        return 0;
    }

    /// <summary>A count from 0 on in eight bytes.</summary>
    public static long Count(ref ByteReader reader)
    {
        var count = reader.Int64();
        if (count < 0) reader.Fail();
        return count;
    }

    /// <summary>A byte that must be the value of an enum.</summary>
    public static T Enum<T>(ref ByteReader reader)
        where T : struct, Enum
    {
        var value = System.Runtime.CompilerServices.Unsafe.BitCast<byte, T>(reader.Byte());
        if (!System.Enum.IsDefined(value)) reader.Fail();
        return value;
    }

    public static void Optional(ByteWriter writer, string? text)
    {
        if (text is not null) writer.String(text);
    }

    public static string? Optional(ref ByteReader reader, bool isThere) => isThere ? reader.String() : null;

    /// <summary>A 64-bit number as it is.</summary>
    public static void UInt64(ByteWriter writer, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(writer.Claim(sizeof(ulong)), value);

    public static ulong UInt64(ref ByteReader reader) => unchecked((ulong)reader.Int64());
}
