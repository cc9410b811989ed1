using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>Which product a search makes of a query's code and a node's: the kernels and the bits, as one type parameter.</summary>
internal unsafe interface ICodeKind
{
    static abstract int Product(sbyte* query, byte* code, int codeBytes);

    /// <summary>The products with four codes.</summary>
    static abstract Vector128<int> Products(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes);
}

/// <summary>Eight bits a dimension.</summary>
internal readonly unsafe struct ByteCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotBytes(query, (sbyte*)code, codeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) =>
        TKernels.DotBytesOf4(query, (sbyte*)a, (sbyte*)b, (sbyte*)c, (sbyte*)d, codeBytes);
}

/// <summary>Four bits a dimension.</summary>
internal readonly unsafe struct NibbleCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotNibbles(query, code, codeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) =>
        TKernels.DotNibblesOf4(query, a, b, c, d, codeBytes);
}

/// <summary>One bit a dimension.</summary>
internal readonly unsafe struct BitCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotBits(query, code, codeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) => Vector128.Create(
        Product(query, a, codeBytes), Product(query, b, codeBytes), Product(query, c, codeBytes), Product(query, d, codeBytes));
}
