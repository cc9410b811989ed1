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
    public static CodeLanesVnni AddProducts(sbyte* a, sbyte* b, CodeLanesVnni sums)
    {
        var (x, y) = (Vector256.Load(a), Vector256.Load(b));
        return new(AvxVnni.MultiplyWideningAndAdd(sums._sums, Avx2.Abs(x), Avx2.Sign(y, x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanesVnni sums)
    {
        var field = shift == 0 ? Vector256.Load(code) : (Vector256.Load(code).AsUInt16() >> shift).AsByte();
        return new(AvxVnni.MultiplyWideningAndAdd(sums._sums, field & Vector256.Create(mask), Vector256.Load(query)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanesVnni Add(CodeLanesVnni a, CodeLanesVnni b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanesVnni sums) => Vector256.Sum(sums._sums);
}
