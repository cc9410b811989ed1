using System.Runtime.CompilerServices;

namespace MemoryEngine.Kernels;

/// <summary>The product of two vectors of signed bytes, exact, at every width. Inlined like <see cref="FloatBody"/>.</summary>
internal static unsafe class ByteBody
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int One<TLanes>(sbyte* a, sbyte* b, int length)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var (sum0, sum1) = (default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= length - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            sum0 = TLanes.AddProducts(a + i, b + i, sum0);
            sum1 = TLanes.AddProducts(a + i + TLanes.Count, b + i + TLanes.Count, sum1);
        }
        if (i <= length - TLanes.Count)
        {
            sum0 = TLanes.AddProducts(a + i, b + i, sum0);
            i += TLanes.Count;
        }
        if (TLanes.Count > 16 && i <= length - 16)
        {
            sum1 = TLanes.AddProductsOf16(a + i, b + i, sum1);
            i += 16;
        }
        var sum = TLanes.Sum(TLanes.Add(sum0, sum1));
        for (; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>One query with many codes, four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Many<TLanes>(sbyte* query, sbyte* codes, int stride, int count, int length, int* results)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var done = 0;
        for (; done <= count - 4; done += 4)
        {
            Four<TLanes>(query, codes, stride, length, results + done);
            codes += 4 * (nint)stride;
        }
        for (; done < count; done++)
        {
            results[done] = One<TLanes>(query, codes, length);
            codes += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TLanes>(sbyte* query, sbyte* first, nint stride, int length, int* results)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var second = first + stride;
        var third = second + stride;
        var fourth = third + stride;
        var (sum0, sum1, sum2, sum3) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            sum0 = TLanes.AddProducts(query + i, first + i, sum0);
            sum1 = TLanes.AddProducts(query + i, second + i, sum1);
            sum2 = TLanes.AddProducts(query + i, third + i, sum2);
            sum3 = TLanes.AddProducts(query + i, fourth + i, sum3);
        }
        results[0] = TLanes.Sum(sum0);
        results[1] = TLanes.Sum(sum1);
        results[2] = TLanes.Sum(sum2);
        results[3] = TLanes.Sum(sum3);
        if (i == length) return;
        results[0] += Rest<TLanes>(query + i, first + i, length - i);
        results[1] += Rest<TLanes>(query + i, second + i, length - i);
        results[2] += Rest<TLanes>(query + i, third + i, length - i);
        results[3] += Rest<TLanes>(query + i, fourth + i, length - i);
    }

    /// <summary>What is left of less than a register: sixteen, where registers are wider, then one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rest<TLanes>(sbyte* a, sbyte* b, int length)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        var sum = 0;
        var i = 0;
        if (TLanes.Count > 16 && length >= 16)
        {
            sum = TLanes.Sum(TLanes.AddProductsOf16(a, b, default));
            i = 16;
        }
        for (; i < length; i++) sum += a[i] * b[i];
        return sum;
    }
}
