using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>
/// Thirty-two bytes with AVX-VNNI: four products of unsigned and signed bytes are added to a 32-bit sum in one
/// instruction, without the way through 16 bits. Fields of a code are therefore masked where they stand.
/// </summary>
internal readonly unsafe struct CodeLanesVnni(Vector256<int> sums) : ICodeLanes<CodeLanesVnni>
{
    private readonly Vector256<int> _sums = sums;

    public static int Count => Vector256<byte>.Count;

    public static bool TakesWholeBytes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddProducts(sbyte* a, sbyte* b, CodeLanesVnni sums) =>
        AddProducts(Vector256.Load(a), Vector256.Load(b), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddProductsOf16(sbyte* a, sbyte* b, CodeLanesVnni sums) =>
        AddProducts(Vector128.Load(a).ToVector256(), Vector128.Load(b).ToVector256(), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanesVnni sums) =>
        AddMasked(Vector256.Load(code), shift, mask, Vector256.Load(query), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, CodeLanesVnni sums) =>
        AddMasked(Vector128.Load(code).ToVector256(), shift, mask, Vector128.Load(query).ToVector256(), sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Add(CodeLanesVnni a, CodeLanesVnni b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni ShiftDown(CodeLanesVnni sums, int shift) => new(sums._sums >> shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanesVnni sums) => Vector256.Sum(sums._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanesVnni AddProducts(Vector256<sbyte> x, Vector256<sbyte> y, CodeLanesVnni sums) =>
        new(AvxVnni.MultiplyWideningAndAdd(sums._sums, Avx2.Abs(x), Avx2.Sign(y, x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanesVnni AddMasked(Vector256<byte> code, int shift, byte mask, Vector256<sbyte> query, CodeLanesVnni sums)
    {
        var field = shift == 0 ? code : (code.AsUInt16() >> shift).AsByte();
        return new(AvxVnni.MultiplyWideningAndAdd(sums._sums, field & Vector256.Create(mask), query));
    }
}
