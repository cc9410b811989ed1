namespace MemoryEngine.Index;

/// <summary>
/// The graph while it grows. Nodes are numbered in the order of their insertion, the highest levels first: so the nodes of a
/// level are always the first ones, every level is a dense table, and the first node is where every search begins.
/// </summary>
internal sealed unsafe class BuildGraph : IDisposable
{
    private readonly NativeBlock[] _links;
    private readonly NativeBlock[] _distances;
    private readonly LinkTable[] _tables;
    private readonly int[] _nodes;

    public BuildGraph(InsertionOrder order, HnswOptions options)
    {
        M = options.M;
        Order = order;
        _nodes = new int[(Count == 0 ? 0 : Levels[0]) + 1];
        foreach (var level in Levels)
            for (var i = 0; i <= level; i++) _nodes[i]++;
        _links = new NativeBlock[_nodes.Length];
        _distances = new NativeBlock[_nodes.Length];
        _tables = new LinkTable[_nodes.Length];
        for (var level = 0; level < _nodes.Length; level++)
        {
            var stride = (Room(level) + 1) * sizeof(int);
            _links[level] = new NativeBlock((nint)_nodes[level] * stride, options.Advise);
            _distances[level] = new NativeBlock((nint)_nodes[level] * stride, options.Advise);
            _tables[level] = new LinkTable(_links[level].First, stride);
        }
    }

    public int M { get; }

    public InsertionOrder Order { get; }

    /// <summary>The row of each node.</summary>
    public int[] Rows => Order.Rows;

    /// <summary>The highest level of each node, falling.</summary>
    public byte[] Levels => Order.Levels;

    public int Count => Rows.Length;

    public int LevelCount => _nodes.Length;

    /// <summary>Nodes that reach a level or go beyond it: the first ones.</summary>
    public int NodesOn(int level) => _nodes[level];

    /// <summary>The most links of a node that a level keeps.</summary>
    public int DegreeOn(int level) => level == 0 ? 2 * M : M;

    /// <summary>Places of a node: past its degree there is room for links that wait to be thinned out together.</summary>
    public int Room(int level) => DegreeOn(level) + Spare;

    public const int Spare = 8;

    public LinkTable Table(int level) => _tables[level];

    /// <summary>The distances that belong to a node's links, in their order.</summary>
    public float* Distances(int level, int node) => (float*)_distances[level].First + ((nint)node * (Room(level) + 1));

    public void Dispose()
    {
        foreach (var block in _links) block.Dispose();
        foreach (var block in _distances) block.Dispose();
    }
}
