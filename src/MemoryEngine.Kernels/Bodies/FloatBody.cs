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

    /// <summary>One query with many vectors, four at a time: the query is loaded once for all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Many<TLanes, TStep>(float* query, float* vectors, int stride, int count, int length, float* results)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep
    {
        var done = 0;
        for (; done <= count - 4; done += 4)
        {
            Four<TLanes, TStep>(query, vectors, stride, length, results + done);
            vectors += 4 * (nint)stride;
        }
        for (; done < count; done++)
        {
            results[done] = One<TLanes, TStep>(query, vectors, length);
            vectors += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TLanes, TStep>(float* query, float* first, nint stride, int length, float* results)
        where TLanes : struct, IFloatLanes<TLanes>
        where TStep : struct, IFloatStep
    {
        var second = first + stride;
        var third = second + stride;
        var fourth = third + stride;
        var (sum0, sum1, sum2, sum3) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            var lanes = TLanes.Load(query + i);
            sum0 = TStep.Next(lanes, TLanes.Load(first + i), sum0);
            sum1 = TStep.Next(lanes, TLanes.Load(second + i), sum1);
            sum2 = TStep.Next(lanes, TLanes.Load(third + i), sum2);
            sum3 = TStep.Next(lanes, TLanes.Load(fourth + i), sum3);
        }
        results[0] = TLanes.Sum(sum0);
        results[1] = TLanes.Sum(sum1);
        results[2] = TLanes.Sum(sum2);
        results[3] = TLanes.Sum(sum3);
        if (i == length) return;
        results[0] += Rest<TLanes, TStep>(query + i, first + i, length - i);
        results[1] += Rest<TLanes, TStep>(query + i, second + i, length - i);
        results[2] += Rest<TLanes, TStep>(query + i, third + i, length - i);
        results[3] += Rest<TLanes, TStep>(query + i, fourth + i, length - i);
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
