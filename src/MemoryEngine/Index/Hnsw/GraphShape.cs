using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// The sizes of a finished graph, from which every place in its memory follows. A node's code, its tail and its links on the
/// lowest level lie together and begin with a cache line, so that the lines of a node that is expanded follow those of its
/// code, and one huge page has both.
/// </summary>
/// <param name="Dimension">Of the vectors.</param>
/// <param name="Bits">Of the codes, a dimension.</param>
/// <param name="CodeBytes">Of one code.</param>
/// <param name="M">Links of a node on the upper levels; the lowest has twice as many.</param>
/// <param name="NodesOn">Nodes of each level; the first numbers belong to the highest levels.</param>
internal sealed unsafe record GraphShape(int Dimension, int Bits, int CodeBytes, int M, int[] NodesOn)
{
    private const int Line = 64;

    public int Count => NodesOn[0];

    public int TailOffset => (CodeBytes + 3) & ~3;

    public int LinksOffset => TailOffset + sizeof(CodeTail);

    /// <summary>Bytes of a node: code, tail, count and links.</summary>
    public int Stride => (LinksOffset + ((1 + (2 * M)) * sizeof(int)) + Line - 1) & -Line;

    public int UpperStride => (1 + M) * sizeof(int);

    public nint NodeBytes => (nint)Count * Stride;

    public nint UpperBytes => (nint)NodesOn.Skip(1).Sum() * UpperStride;

    public nint RowBytes => (nint)Count * sizeof(int);
}
