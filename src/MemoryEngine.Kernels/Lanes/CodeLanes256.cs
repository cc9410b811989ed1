using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>
/// Thirty-two bytes with AVX2, in the way that <see cref="CodeLanesSse"/> explains.
/// </summary>
internal readonly unsafe struct CodeLanes256(Vector256<int> sums) : ICodeLanes<CodeLanes256>
{
    private readonly Vector256<int> _sums = sums;

    public static int Count => Vector256<byte>.Count;

    public static bool TakesWholeBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddProducts(sbyte* a, sbyte* b, CodeLanes256 sums) =>
        AddProducts(Vector256.Load(a), Vector256.Load(b), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddProductsOf16(sbyte* a, sbyte* b, CodeLanes256 sums) =>
        AddProducts(Vector128.Load(a).ToVector256(), Vector128.Load(b).ToVector256(), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanes256 sums) =>
        AddMasked(Vector256.Load(code), shift, mask, Vector256.Load(query), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, CodeLanes256 sums) =>
        AddMasked(Vector128.Load(code).ToVector256(), shift, mask, Vector128.Load(query).ToVector256(), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 Add(CodeLanes256 a, CodeLanes256 b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes256 ShiftDown(CodeLanes256 sums, int shift) => new(sums._sums >> shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanes256 sums) => Vector256.Sum(sums._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes256 AddProducts(Vector256<sbyte> x, Vector256<sbyte> y, CodeLanes256 sums) =>
        AddPairs(Avx2.MultiplyAddAdjacent(Avx2.Abs(x), Avx2.Sign(y, x)), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes256 AddMasked(Vector256<byte> code, int shift, byte mask, Vector256<sbyte> query, CodeLanes256 sums)
    {
        var field = (code.AsUInt16() >> shift).AsByte() & Vector256.Create(mask);
        return AddPairs(Avx2.MultiplyAddAdjacent(field, query), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes256 AddPairs(Vector256<short> pairs, CodeLanes256 sums) =>
        new(sums._sums + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
}
