using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemoryEngine.Kernels;

/// <summary>Sixty-four bytes with AVX-512BW, which has no instruction that hands a sign on: a comparison does.</summary>
internal readonly unsafe struct CodeLanes512(Vector512<int> sums) : ICodeLanes<CodeLanes512>
{
    private readonly Vector512<int> _sums = sums;

    public static int Count => Vector512<byte>.Count;

    public static bool TakesWholeBytes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 AddProducts(sbyte* a, sbyte* b, CodeLanes512 sums)
    {
        var (x, y) = (Vector512.Load(a), Vector512.Load(b));
        var signed = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<sbyte>.Zero), -y, y);
        return AddPairs(Avx512BW.MultiplyAddAdjacent(Avx512BW.Abs(x), signed), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 AddMasked(byte* code, int shift, byte mask, sbyte* query, CodeLanes512 sums)
    {
        var field = (Vector512.Load(code).AsUInt16() >> shift).AsByte() & Vector512.Create(mask);
        return AddPairs(Avx512BW.MultiplyAddAdjacent(field, Vector512.Load(query)), sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeLanes512 Add(CodeLanes512 a, CodeLanes512 b) => new(a._sums + b._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(CodeLanes512 sums) => Vector512.Sum(sums._sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeLanes512 AddPairs(Vector512<short> pairs, CodeLanes512 sums) =>
        new(sums._sums + Avx512BW.MultiplyAddAdjacent(pairs, Vector512<short>.One));
}
