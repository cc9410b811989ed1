using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>
/// The distances that search is made of, all of one variant. Take <see cref="KernelDispatch.Use{TUser, TResult}(TUser)"/>
/// once, where a search is set up, and write what is hot as <c>Search&lt;TKernels&gt; where TKernels : struct, IKernels</c>: the
/// compiler then calls the chosen variant directly. Where a type parameter is in the way,
/// <see cref="KernelTable.Current"/> has the same kernels as function pointers.
/// </summary>
/// <remarks>
/// <para>Any length from 0 and any alignment will do. Nothing is checked and nothing outside the lengths is read.</para>
/// <para>For float32, unit vectors make cosine a dot product. The error against exact arithmetic stays within
/// <c>(length + 2) · 2⁻²³ · Σ|aᵢbᵢ|</c>, and of squared distances within the same share of themselves.</para>
/// <para>Codes are exact integers, equal in all variants: the quantisers make
/// them and say how a sum of products becomes a distance. Signed bytes are −127 to 127, never −128; with them no sum
/// overflows below 130,000 dimensions.</para>
/// </remarks>
internal unsafe interface IKernels
{
    /// <summary>Σ aᵢbᵢ.</summary>
    static abstract float Dot(float* a, float* b, int length);

    /// <summary>Σ (aᵢ − bᵢ)².</summary>
    static abstract float SquaredL2(float* a, float* b, int length);

    /// <summary>The dot products of one query with <paramref name="count"/> vectors, each a stride of floats behind the last.</summary>
    static abstract void DotMany(float* query, float* vectors, int stride, int count, int length, float* results);

    /// <summary>As <see cref="DotMany"/>, for squared distances.</summary>
    static abstract void SquaredL2Many(float* query, float* vectors, int stride, int count, int length, float* results);

    /// <summary>Σ aᵢbᵢ of signed bytes.</summary>
    static abstract int DotBytes(sbyte* a, sbyte* b, int length);

    /// <summary>The products of one code with <paramref name="count"/> codes, each a stride of bytes behind the last.</summary>
    static abstract void DotBytesMany(sbyte* query, sbyte* codes, int stride, int count, int length, int* results);

    /// <summary>The products of one code with four others, wherever each of them lies.</summary>
    static abstract Vector128<int> DotBytesOf4(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length);

    /// <summary>
    /// Σ qᵢcᵢ of a query of signed bytes with a code of four bits a dimension, 0 to 15, packed as <see cref="BitBody"/>
    /// says. The query has two bytes for each byte of the code, zero past the dimension.
    /// </summary>
    static abstract int DotNibbles(sbyte* query, byte* code, int codeBytes);

    /// <summary>As <see cref="DotNibbles"/>, with four codes.</summary>
    static abstract Vector128<int> DotNibblesOf4(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes);

    /// <summary>As <see cref="DotNibbles"/> with two bits a dimension, 0 to 3; four bytes of query for each of code.</summary>
    static abstract int DotPairs(sbyte* query, byte* code, int codeBytes);

    /// <summary>As <see cref="DotNibbles"/> with one bit a dimension; eight bytes of query for each of code.</summary>
    static abstract int DotBits(sbyte* query, byte* code, int codeBytes);
}
