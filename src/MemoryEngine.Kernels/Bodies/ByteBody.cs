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

    /// <summary>One query with many codes, one behind the other, as <see cref="FloatBody"/> explains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Many<TLanes>(sbyte* query, sbyte* codes, int stride, int count, int length, int* results)
        where TLanes : struct, ICodeLanes<TLanes>
    {
        for (var i = 0; i < count; i++)
        {
            results[i] = One<TLanes>(query, codes, length);
            codes += stride;
        }
    }
}
