using System.Runtime.CompilerServices;

namespace MemoryEngine.Kernels;

/// <summary>
/// Every float32 distance at every width. Inlined into its callers, so that each variant is one leaf function without
/// constants in memory; the NEON check takes it from the compiler as bare code.
/// </summary>
internal static unsafe class FloatBody
{
    /// <summary>One pair of vectors, in four sums: one alone would wait for the latency of each addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float One<TLanes, TStep>(float* a, float* b, int length)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep
    {
        var (sum0, sum1, sum2, sum3) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= length - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            sum0 = Next<TLanes, TStep>(a + i, b + i, sum0);
            sum1 = Next<TLanes, TStep>(a + i + TLanes.Count, b + i + TLanes.Count, sum1);
            sum2 = Next<TLanes, TStep>(a + i + (2 * TLanes.Count), b + i + (2 * TLanes.Count), sum2);
            sum3 = Next<TLanes, TStep>(a + i + (3 * TLanes.Count), b + i + (3 * TLanes.Count), sum3);
        }
        for (; i <= length - TLanes.Count; i += TLanes.Count)
            sum0 = Next<TLanes, TStep>(a + i, b + i, sum0);
        var sum = TLanes.Sum(TLanes.Add(TLanes.Add(sum0, sum1), TLanes.Add(sum2, sum3)));
        return i == length ? sum : sum + Rest<TLanes, TStep>(a + i, b + i, length - i);
    }

    /// <summary>
    /// One query with many vectors, one behind the other. Four at a time, the query loaded once for all, took a quarter less
    /// in the second-level cache but two to three times as long beyond it: the processor fetches ahead along one stream.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Many<TLanes, TStep>(float* query, float* vectors, int stride, int count, int length, float* results)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep
    {
        for (var i = 0; i < count; i++)
        {
            results[i] = One<TLanes, TStep>(query, vectors, length);
            vectors += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Next<TLanes, TStep>(float* a, float* b, TLanes sum)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep =>
        TStep.Next(TLanes.Load(a), TLanes.Load(b), sum);

    /// <summary>What is left of less than a register: by fours where registers are wide, then one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Rest<TLanes, TStep>(float* a, float* b, int length)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep
    {
        var sum = 0f;
        var i = 0;
        if (TLanes.Count > FloatLanes128.Count && length >= FloatLanes128.Count)
        {
            var lanes = default(FloatLanes128);
            for (; i <= length - FloatLanes128.Count; i += FloatLanes128.Count)
                lanes = Next<FloatLanes128, TStep>(a + i, b + i, lanes);
            sum = FloatLanes128.Sum(lanes);
        }
        for (; i < length; i++) sum = TStep.Next(a[i], b[i], sum);
        return sum;
    }
}
