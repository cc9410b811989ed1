using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>How a variant compares a query with four codes at once.</summary>
internal unsafe interface IFourCodes
{
    static abstract Vector128<int> Bytes(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length);

    static abstract Vector128<int> Nibbles(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes);
}

/// <summary>One after the other: where nobody has measured anything else.</summary>
internal readonly unsafe struct OneByOne<TCodes> : IFourCodes
    where TCodes : struct, ICodeLanes<TCodes>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bytes(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length) => Vector128.Create(
        ByteBody.One<TCodes>(query, a, length), ByteBody.One<TCodes>(query, b, length),
        ByteBody.One<TCodes>(query, c, length), ByteBody.One<TCodes>(query, d, length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Nibbles(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) => Vector128.Create(
        BitBody.Nibbles<TCodes>(query, a, codeBytes), BitBody.Nibbles<TCodes>(query, b, codeBytes),
        BitBody.Nibbles<TCodes>(query, c, codeBytes), BitBody.Nibbles<TCodes>(query, d, codeBytes));
}

/// <summary>Together, four bits a dimension in registers of their width, bytes with AVX2.</summary>
internal readonly unsafe struct Together<TLanes> : IFourCodes
    where TLanes : struct, IPairLanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bytes(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length) =>
        FourBody.Bytes(query, a, b, c, d, length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Nibbles(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) =>
        FourBody.Nibbles<TLanes>(query, a, b, c, d, codeBytes);
}
