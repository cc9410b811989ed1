using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>
/// A register that multiplies unsigned bytes with signed ones and sums the products in pairs, 16 bits each: all that
/// <see cref="FourBody"/> needs to know of it.
/// </summary>
internal unsafe interface IPairLanes<TSelf>
    where TSelf : struct, IPairLanes<TSelf>
{
    /// <summary>Bytes in it.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(void* bytes);

    /// <summary>Sixteen bytes, and zeros behind them.</summary>
    static abstract TSelf Load16(void* bytes);

    /// <summary>The low four bits of each byte.</summary>
    static abstract TSelf Low(TSelf bytes);

    /// <summary>The high four bits of each byte, moved down.</summary>
    static abstract TSelf High(TSelf bytes);

    /// <summary>The sums of 16 bits, and to each the products of two bytes that are not negative with two signed ones.</summary>
    static abstract TSelf AddPairs(TSelf bytes, TSelf signed, TSelf sums);

    /// <summary>The sums of 32 bits, and to each two sums of 16.</summary>
    static abstract TSelf AddShorts(TSelf shorts, TSelf sums);

    /// <summary>What the sums of 32 bits in each of four registers add up to.</summary>
    static abstract Vector128<int> Sum(TSelf a, TSelf b, TSelf c, TSelf d);
}
