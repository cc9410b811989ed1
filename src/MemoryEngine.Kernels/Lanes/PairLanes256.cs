using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>Thirty-two bytes with AVX2.</summary>
internal readonly unsafe struct PairLanes256(Vector256<byte> bits) : IPairLanes<PairLanes256>
{
    private readonly Vector256<byte> _bits = bits;

    public static int Count => Vector256<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 Load(void* bytes) => new(Vector256.Load((byte*)bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 Load16(void* bytes) => new(Vector128.Load((byte*)bytes).ToVector256());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 Low(PairLanes256 bytes) => new(bytes._bits & Vector256.Create((byte)15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 High(PairLanes256 bytes) =>
        new((bytes._bits.AsUInt16() >> 4).AsByte() & Vector256.Create((byte)15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 AddPairs(PairLanes256 bytes, PairLanes256 signed, PairLanes256 sums) =>
        new((sums._bits.AsInt16() + Avx2.MultiplyAddAdjacent(bytes._bits, signed._bits.AsSByte())).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes256 AddShorts(PairLanes256 shorts, PairLanes256 sums) =>
        new((sums._bits.AsInt32() + Avx2.MultiplyAddAdjacent(shorts._bits.AsInt16(), Vector256<short>.One)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sum(PairLanes256 a, PairLanes256 b, PairLanes256 c, PairLanes256 d) =>
        SumOf(a._bits.AsInt32(), b._bits.AsInt32(), c._bits.AsInt32(), d._bits.AsInt32());

    /// <summary>What each of four registers adds up to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SumOf(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var halves = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return halves.GetLower() + halves.GetUpper();
    }
}
