using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>
/// Sixteen bytes by widening: NEON, and what is left of wider registers. It asks for nothing but what every processor with
/// vectors has, not even which one it is on: so the compiler makes the same bare code for ARM ahead of time, and that is tested.
/// </summary>
internal readonly unsafe struct CodeLanes128(Vector128<int> sums) : ICodeLanes<CodeLanes128>
{
    private readonly Vector128<int> _sums = sums;

    public static int Count => Vector128<byte>.Count;

    public static bool TakesWholeBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddProducts(sbyte* a, sbyte* b, CodeLanes128 sums) =>
        AddProducts(Vector128.Load(a), Vector128.Load(b), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddProductsOf16(sbyte* a, sbyte* b, CodeLanes128 sums) => AddProducts(a, b, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanes128 sums)
    {
        var field = (Vector128.Load(code).AsUInt16() >> shift).AsByte() & Vector128.Create(mask);
        return AddProducts(field.AsSByte(), Vector128.Load(query), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, CodeLanes128 sums) =>
        AddMasked(code, shift, mask, query, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 Add(CodeLanes128 a, CodeLanes128 b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes128 ShiftDown(CodeLanes128 sums, int shift) => new(sums._sums >> shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanes128 sums) => Vector128.Sum(sums._sums);

    /// <summary>Two products fit 16 bits: 2 · 127 · 127 is 32,258.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes128 AddProducts(Vector128<sbyte> x, Vector128<sbyte> y, CodeLanes128 sums)
    {
        var pairs = (Vector128.WidenLower(x) * Vector128.WidenLower(y)) + (Vector128.WidenUpper(x) * Vector128.WidenUpper(y));
        return new(sums._sums + Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs));
    }
}
