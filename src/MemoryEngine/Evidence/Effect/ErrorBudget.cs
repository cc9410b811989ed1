using System.Numerics;

namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// How the error that is allowed is shared among what arrives without an end in sight: the first 256 share a half of it equally, the
/// next 512 a sixth, the next 1,024 a twelfth, and so on, 1/(j (j + 1)) to the j-th group. The shares sum to 1.
/// </summary>
/// <remarks>
/// Source: any sequence that sums to 1 will do, Xu and Ramdas (2024), Online multiple testing with e-values; this one costs a pool of
/// a few hundred memories little over equal shares, and goes on for ever.
/// </remarks>
internal static class ErrorBudget
{
    private const int FirstGroup = 256;

    /// <summary>The share of the i-th to arrive, from 1 on.</summary>
    public static double Share(long number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        // The groups before the j-th have 256 (2^(j-1) - 1) members.
        var group = BitOperations.Log2((ulong)((number - 1) / FirstGroup) + 1) + 1;
        return 1 / (group * (group + 1.0) * FirstGroup * Math.Pow(2, group - 1));
    }
}
