using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>
/// Sixteen bytes: SSE and NEON. SSSE3 multiplies unsigned by signed bytes and adds pairs in one instruction; for that a
/// takes the sign off itself and gives it to b. Everywhere else, also on NEON, the portable way is widening.
/// </summary>
internal readonly unsafe struct CodeLanes128(Vector128<int> sums) : ICodeLanes<CodeLanes128>
{
    private readonly Vector128<int> _sums = sums;

    public static int Count => Vector128<byte>.Count;

    public static bool TakesWholeBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddProducts(sbyte* a, sbyte* b, CodeLanes128 sums)
    {
        var (x, y) = (Vector128.Load(a), Vector128.Load(b));
        return Ssse3.IsSupported
            ? AddPairs(Ssse3.MultiplyAddAdjacent(Ssse3.Abs(x), Ssse3.Sign(y, x)), sums)
            : AddPairs(MultiplyWide(x, y), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanes128 sums)
    {
        var field = (Vector128.Load(code).AsUInt16() >> shift).AsByte() & Vector128.Create(mask);
        var y = Vector128.Load(query);
        return Ssse3.IsSupported
            ? AddPairs(Ssse3.MultiplyAddAdjacent(field, y), sums)
            : AddPairs(MultiplyWide(field.AsSByte(), y), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Add(CodeLanes128 a, CodeLanes128 b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanes128 sums) => Vector128.Sum(sums._sums);

    /// <summary>Two products fit 16 bits: 2 · 127 · 127 is 32,258.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> MultiplyWide(Vector128<sbyte> x, Vector128<sbyte> y) =>
        (Vector128.WidenLower(x) * Vector128.WidenLower(y)) + (Vector128.WidenUpper(x) * Vector128.WidenUpper(y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes128 AddPairs(Vector128<short> pairs, CodeLanes128 sums) =>
        Sse2.IsSupported
            ? new(sums._sums + Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One))
            : new(sums._sums + Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs));
}
