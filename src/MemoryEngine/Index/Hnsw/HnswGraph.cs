namespace MemoryEngine.Index;

/// <summary>
/// A finished graph: it never changes, so readers take no locks. Nodes have numbers of their own, in the order of a walk through
/// the graph, behind those of the upper levels, and know which row they stand for. The vectors themselves are elsewhere.
/// </summary>
internal sealed unsafe class HnswGraph : IDisposable
{
    private readonly NativeBlock _nodes;
    private readonly NativeBlock _upper;
    private readonly NativeBlock _rows;
    private readonly LinkTable[] _links;

    public HnswGraph(GraphShape shape, VectorCoder coder, Action<nint, nint>? advise)
    {
        (Shape, Coder) = (shape, coder);
        _nodes = new NativeBlock(shape.NodeBytes, advise);
        _upper = new NativeBlock(shape.UpperBytes, advise);
        _rows = new NativeBlock(shape.RowBytes, advise);
        Codes = new CodeTable(_nodes.First, shape.Stride, _nodes.First + shape.TailOffset, shape.Stride, shape.CodeBytes);
        _links = new LinkTable[shape.NodesOn.Length];
        _links[0] = new LinkTable(_nodes.First + shape.LinksOffset, shape.Stride);
        var at = _upper.First;
        for (var level = 1; level < _links.Length; level++)
        {
            _links[level] = new LinkTable(at, shape.UpperStride);
            at += (nint)shape.NodesOn[level] * shape.UpperStride;
        }
    }

    public GraphShape Shape { get; }

    public VectorCoder Coder { get; }

    public CodeTable Codes { get; }

    /// <summary>The row of each node.</summary>
    public int* Rows => (int*)_rows.First;

    /// <summary>Codes, links and rows: all that has to be in memory beside the vectors.</summary>
    public long Bytes => _nodes.Bytes + _upper.Bytes + _rows.Bytes;

    public LinkTable Links(int level) => _links[level];

    /// <summary>The three parts as they are in memory and in a file: nodes, upper links, rows.</summary>
    public NativeSpan[] Parts =>
        [new(_nodes.First, Shape.NodeBytes), new(_upper.First, Shape.UpperBytes), new(_rows.First, Shape.RowBytes)];

    public void Dispose()
    {
        _nodes.Dispose();
        _upper.Dispose();
        _rows.Dispose();
    }
}

/// <summary>Bytes outside the collected heap, more than a span may have.</summary>
internal readonly unsafe struct NativeSpan(byte* first, nint bytes)
{
    public byte* First { get; } = first;

    public nint Bytes { get; } = bytes;
}
