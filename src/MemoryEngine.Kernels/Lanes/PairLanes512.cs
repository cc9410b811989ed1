using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>Sixty-four bytes with AVX-512BW.</summary>
internal readonly unsafe struct PairLanes512(Vector512<byte> bits) : IPairLanes<PairLanes512>
{
    private readonly Vector512<byte> _bits = bits;

    public static int Count => Vector512<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 Load(void* bytes) => new(Vector512.Load((byte*)bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 Load16(void* bytes) => new(Vector128.Load((byte*)bytes).ToVector256().ToVector512());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 Low(PairLanes512 bytes) => new(bytes._bits & Vector512.Create((byte)15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 High(PairLanes512 bytes) =>
        new((bytes._bits.AsUInt16() >> 4).AsByte() & Vector512.Create((byte)15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 AddPairs(PairLanes512 bytes, PairLanes512 signed, PairLanes512 sums) =>
        new((sums._bits.AsInt16() + Avx512BW.MultiplyAddAdjacent(bytes._bits, signed._bits.AsSByte())).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PairLanes512 AddShorts(PairLanes512 shorts, PairLanes512 sums) =>
        new((sums._bits.AsInt32() + Avx512BW.MultiplyAddAdjacent(shorts._bits.AsInt16(), Vector512<short>.One)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Sum(PairLanes512 a, PairLanes512 b, PairLanes512 c, PairLanes512 d) =>
        PairLanes256.SumOf(Halves(a), Halves(b), Halves(c), Halves(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Halves(PairLanes512 sums) => sums._bits.GetLower().AsInt32() + sums._bits.GetUpper().AsInt32();
}
