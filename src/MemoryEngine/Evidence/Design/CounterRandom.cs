using System.Buffers.Binary;

namespace MemoryEngine.Evidence.Design;

/// <summary>
/// A random number for each pair of a seed and an id, without a state: whoever has both can work it out again, in any order.
/// </summary>
/// <remarks>
/// Source: the mixing function and the increment of SplitMix64, Steele, Lea and Flood (2014), Fast splittable pseudorandom number
/// generators. The number is mix(mix(mix(seed + γ) + high + γ) + low + γ), with high and low the two halves of the id as it is
/// written, big-endian; all modulo 2^64.
/// </remarks>
internal static class CounterRandom
{
    private const ulong Increment = 0x9E37_79B9_7F4A_7C15;

    /// <summary>A number from 0 to below 1, with 53 random bits.</summary>
    public static double Uniform(ulong seed, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var (high, low) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        return ToUnit(Next(Next(Next(seed) + high) + low));
    }

    /// <summary>A number from 0 to below 1 for a seed and two counters.</summary>
    public static double Uniform(ulong seed, ulong first, ulong second) => ToUnit(Next(Next(Next(seed) + first) + second));

    /// <summary>SplitMix64's next output, from its state.</summary>
    public static ulong Next(ulong state)
    {
        var z = state + Increment;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>The upper 53 bits as a number from 0 to below 1.</summary>
    public static double ToUnit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
