namespace MemoryEngine.Index;

/// <summary>
/// Takes what is left of a finished graph over into one that grows. A node that lost neighbours keeps the others, and gets
/// from among the neighbours of the lost ones those that a choice adds: so where a walk went through a lost node it goes past
/// it. Every node writes its own list alone, so threads need not take turns.
/// </summary>
internal sealed unsafe class GraphCarrying<TCodes>
    where TCodes : struct, ICodeKind
{
    // Lost nodes that are looked through for one list, and what is found there: beyond that more costs and hardly helps.
    private const int MostLost = 64;
    private const int MostFound = 512;

    private readonly HnswGraph _old;
    private readonly BuildGraph _graph;
    private readonly BuildCodes _codes;
    private readonly long[] _keys = new long[MostFound];
    private readonly HashSet<int> _met = [];
    private readonly Queue<int> _lost = new();

    private GraphCarrying(HnswGraph old, BuildGraph graph, BuildCodes codes) => (_old, _graph, _codes) = (old, graph, codes);

    public static void Run(HnswGraph old, BuildGraph graph, BuildCodes codes, HnswOptions options) =>
        new Workers(options).Run(0, graph.Count, 64, () => new GraphCarrying<TCodes>(old, graph, codes).Carry);

    private void Carry(int node)
    {
        if (_graph.Order.From[node] < 0) return;
        for (int level = _graph.Levels[node]; level >= 0; level--) Carry(node, level);
    }

    private void Carry(int node, int level)
    {
        var (from, kept) = (_graph.Order.From[node], 0);
        _met.Clear();
        _met.Add(from);
        Meet(from, level, node, ref kept);
        var count = kept;
        for (var looked = 0; _lost.TryDequeue(out var lost);)
            if (looked++ < MostLost || count == 0) Meet(lost, level, node, ref count);
        fixed (long* keys = _keys)
        {
            Array.Sort(_keys, 0, kept);
            Array.Sort(_keys, kept, count - kept);
            count = NeighbourSelection<TCodes>.Extend(_codes, keys, kept, count, _graph.DegreeOn(level));
        }
        var links = _graph.Table(level).Of(node);
        var distances = _graph.Distances(level, node);
        *links = count;
        for (var i = 0; i < count; i++) (links[i + 1], distances[i]) = (DistanceKey.Node(_keys[i]), DistanceKey.Distance(_keys[i]));
    }

    /// <summary>Adds the neighbours of an older node that are left, and notes those that are not.</summary>
    private void Meet(int from, int level, int node, ref int count)
    {
        var links = _old.Links(level).Of(from);
        for (var i = 1; i <= *links; i++)
        {
            if (!_met.Add(links[i])) continue;
            var to = _graph.Order.To[links[i]];
            if (to < 0) _lost.Enqueue(links[i]);
            else if (count < MostFound) _keys[count++] = Between(node, to);
        }
    }

    private long Between(int node, int other)
    {
        var table = _codes.Table;
        var query = _codes.Coder.AsQuery(table.Tail(node));
        var product = TCodes.Product((sbyte*)table.Code(node), table.Code(other), table.CodeBytes);
        return DistanceKey.Of(query.Distance(product, table.Tail(other)), other);
    }
}
