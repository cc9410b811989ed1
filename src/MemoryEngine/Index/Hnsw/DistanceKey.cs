using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// A distance and a node in one number that orders as they do, ties by node: so a pool is sorted by comparing whole numbers,
/// and an answer is the same every time. The lowest bit says that the node's neighbours have been looked at.
/// </summary>
internal static class DistanceKey
{
    public const long None = long.MaxValue;
    public const long BeforeAll = long.MinValue;
    public const long Expanded = 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(float distance, int node)
    {
        var bits = BitConverter.SingleToInt32Bits(distance);
        // Negative floats order backwards as integers.
        bits ^= (bits >> 31) & int.MaxValue;
        return ((long)bits << 32) | ((long)node << 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Node(long key) => (int)((uint)key >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Distance(long key)
    {
        var bits = (int)(key >> 32);
        bits ^= (bits >> 31) & int.MaxValue;
        return BitConverter.Int32BitsToSingle(bits);
    }
}
