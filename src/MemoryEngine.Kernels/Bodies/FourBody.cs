using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>
/// The products of a query with four codes at once: what is loaded or made of the query serves all four, their sums are added up together,
/// and products of four bits are summed in 16 as long as they fit. In the cache that is 0.6 to 0.75 of the time of one by one, of bytes 0.75 to
/// 0.8; of 768 bytes and more, beyond the cache and not asked for, it takes longer (benchmarks/results, micro-four-codes.txt).
/// </summary>
internal static unsafe class FourBody
{
    // A step adds to a sum of 16 bits four products of at most 15 · 127: after four steps 30,480 of 32,767.
    private const int Steps = 4;

    /// <summary>Four codes of four bits a dimension, as <see cref="BitBody"/> packs them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Nibbles<TLanes>(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes)
        where TLanes : struct, IPairLanes<TLanes>
    {
        var (sumA, sumB, sumC, sumD) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
        var high = query + codeBytes;
        var i = 0;
        while (i <= codeBytes - TLanes.Count)
        {
            var (shortsA, shortsB, shortsC, shortsD) = (default(TLanes), default(TLanes), default(TLanes), default(TLanes));
            for (var end = Math.Min(codeBytes - TLanes.Count, i + ((Steps - 1) * TLanes.Count)); i <= end; i += TLanes.Count)
            {
                var (x, y) = (TLanes.Load(query + i), TLanes.Load(high + i));
                shortsA = Add(TLanes.Load(a + i), x, y, shortsA);
                shortsB = Add(TLanes.Load(b + i), x, y, shortsB);
                shortsC = Add(TLanes.Load(c + i), x, y, shortsC);
                shortsD = Add(TLanes.Load(d + i), x, y, shortsD);
            }
            sumA = TLanes.AddShorts(shortsA, sumA);
            sumB = TLanes.AddShorts(shortsB, sumB);
            sumC = TLanes.AddShorts(shortsC, sumC);
            sumD = TLanes.AddShorts(shortsD, sumD);
        }
        for (; i <= codeBytes - 16; i += 16)
        {
            var (x, y) = (TLanes.Load16(query + i), TLanes.Load16(high + i));
            sumA = TLanes.AddShorts(Add(TLanes.Load16(a + i), x, y, default), sumA);
            sumB = TLanes.AddShorts(Add(TLanes.Load16(b + i), x, y, default), sumB);
            sumC = TLanes.AddShorts(Add(TLanes.Load16(c + i), x, y, default), sumC);
            sumD = TLanes.AddShorts(Add(TLanes.Load16(d + i), x, y, default), sumD);
        }
        var sums = TLanes.Sum(sumA, sumB, sumC, sumD);
        if (i == codeBytes) return sums;
        return sums + Vector128.Create(
            BitBody.Rest(query, a, i, codeBytes, 4), BitBody.Rest(query, b, i, codeBytes, 4),
            BitBody.Rest(query, c, i, codeBytes, 4), BitBody.Rest(query, d, i, codeBytes, 4));
    }

    /// <summary>
    /// Four codes of signed bytes with AVX2. Registers of 64 bytes take as long: they have no instruction for signs, and widening costs the rest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bytes(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length)
    {
        var (sumA, sumB, sumC, sumD) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        var i = 0;
        for (; i <= length - 32; i += 32)
        {
            var x = Vector256.Load(query + i);
            var size = Avx2.Abs(x);
            sumA += Products(size, x, Vector256.Load(a + i));
            sumB += Products(size, x, Vector256.Load(b + i));
            sumC += Products(size, x, Vector256.Load(c + i));
            sumD += Products(size, x, Vector256.Load(d + i));
        }
        if (i <= length - 16)
        {
            var x = Vector128.Load(query + i).ToVector256();
            var size = Avx2.Abs(x);
            sumA += Products(size, x, Vector128.Load(a + i).ToVector256());
            sumB += Products(size, x, Vector128.Load(b + i).ToVector256());
            sumC += Products(size, x, Vector128.Load(c + i).ToVector256());
            sumD += Products(size, x, Vector128.Load(d + i).ToVector256());
            i += 16;
        }
        var sums = PairLanes256.SumOf(sumA, sumB, sumC, sumD);
        if (i == length) return sums;
        return sums + Vector128.Create(Rest(query, a, i, length), Rest(query, b, i, length), Rest(query, c, i, length), Rest(query, d, i, length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add<TLanes>(TLanes code, TLanes low, TLanes high, TLanes shorts)
        where TLanes : struct, IPairLanes<TLanes> =>
        TLanes.AddPairs(TLanes.High(code), high, TLanes.AddPairs(TLanes.Low(code), low, shorts));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<byte> size, Vector256<sbyte> x, Vector256<sbyte> y) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(size, Avx2.Sign(y, x)), Vector256<short>.One);

    private static int Rest(sbyte* query, sbyte* code, int from, int length)
    {
        var sum = 0;
        for (; from < length; from++) sum += query[from] * code[from];
        return sum;
    }
}
