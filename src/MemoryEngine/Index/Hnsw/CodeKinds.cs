using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>Which product a search makes of a query's code and a node's: the kernels and the bits, as one type parameter.</summary>
internal unsafe interface ICodeKind
{
    static abstract int Product(sbyte* query, byte* code, int codeBytes);
}

/// <summary>Eight bits a dimension.</summary>
internal readonly unsafe struct ByteCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotBytes(query, (sbyte*)code, codeBytes);
}

/// <summary>Four bits a dimension.</summary>
internal readonly unsafe struct NibbleCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotNibbles(query, code, codeBytes);
}

/// <summary>One bit a dimension.</summary>
internal readonly unsafe struct BitCodes<TKernels> : ICodeKind
    where TKernels : struct, IKernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(sbyte* query, byte* code, int codeBytes) => TKernels.DotBits(query, code, codeBytes);
}
