using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>
/// Sixteen bytes with SSSE3, which multiplies unsigned by signed bytes and adds the products in pairs, in one instruction:
/// a's sign is taken off a and given to b. Two products fit 16 bits: 2 · 127 · 127 is 32,258.
/// </summary>
internal readonly unsafe struct CodeLanesSse(Vector128<int> sums) : ICodeLanes<CodeLanesSse>
{
    private readonly Vector128<int> _sums = sums;

    public static int Count => Vector128<byte>.Count;

    public static bool TakesWholeBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse AddProducts(sbyte* a, sbyte* b, CodeLanesSse sums)
    {
        var (x, y) = (Vector128.Load(a), Vector128.Load(b));
        return AddPairs(Ssse3.MultiplyAddAdjacent(Ssse3.Abs(x), Ssse3.Sign(y, x)), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse AddProductsOf16(sbyte* a, sbyte* b, CodeLanesSse sums) => AddProducts(a, b, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanesSse sums)
    {
        var field = (Vector128.Load(code).AsUInt16() >> shift).AsByte() & Vector128.Create(mask);
        return AddPairs(Ssse3.MultiplyAddAdjacent(field, Vector128.Load(query)), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, CodeLanesSse sums) =>
        AddMasked(code, shift, mask, query, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse Add(CodeLanesSse a, CodeLanesSse b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesSse ShiftDown(CodeLanesSse sums, int shift) => new(sums._sums >> shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanesSse sums) => Vector128.Sum(sums._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanesSse AddPairs(Vector128<short> pairs, CodeLanesSse sums) =>
        new(sums._sums + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One));
}
