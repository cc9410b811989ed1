namespace MemoryEngine.Index;

/// <summary>
/// Inserts nodes into a <see cref="BuildGraph"/>. Threads share it without locks on the reading side: every node number in a
/// list of links, also one that another thread has half rewritten, is that of a node whose code is there; so a walk may
/// see an older link or one twice, and never a wrong one. Writers of one list take turns.
/// </summary>
/// <remarks>
/// 84 % of the time goes into the walks; the rest is choosing. A full list is therefore not thinned out at every new
/// link but every eighth, for all at once.
/// </remarks>
internal sealed unsafe class HnswBuilder<TCodes>(BuildGraph graph, BuildCodes codes, HnswOptions options)
    where TCodes : struct, ICodeKind
{
    // Alone at first: two threads that insert the first nodes would not see each other.
    private const int First = 1000;
    private readonly int[] _owners = new int[graph.Count];
    private readonly Workers _workers = new(options);

    // Where walks begin: the first node, once it is in the graph.
    private int _entry;

    /// <summary>Inserts every node that did not come from an older graph.</summary>
    public void Build()
    {
        if (graph.Count == 0) return;
        var (order, added) = (graph.Order, new List<int>());
        _entry = order.Carried == 0 ? 0 : Array.FindIndex(order.From, from => from >= 0);
        for (var node = order.Carried == 0 ? 1 : 0; node < graph.Count; node++)
            if (order.From[node] < 0) added.Add(node);
        // One that reaches higher than the graph does comes first, and all after it begin there.
        var alone = Math.Min(added.Count, Math.Max(First - order.Carried, 1));
        _workers.AsOne().Run(0, alone, 16, () => Inserter(added));
        _workers.Run(alone, added.Count, 16, () => Inserter(added));
        _workers.Run(0, graph.Count, 256, Trimmer);
    }

    public SearchScratch NewScratch() =>
        new(graph.Count, graph.Room(0), codes.Coder.QueryBytes, 1, options.Advise);

    /// <summary>The pool of <paramref name="scratch"/> as sorted keys without marks, of nodes other than <paramref name="node"/>.</summary>
    public static int Candidates(SearchScratch scratch, int node, Span<long> keys)
    {
        var (pool, count) = (scratch.Pool, 0);
        for (var i = 0; i < pool.Limit && pool[i] != DistanceKey.None; i++)
            if (DistanceKey.Node(pool[i]) != node) keys[count++] = pool[i] & ~DistanceKey.Expanded;
        return count;
    }

    /// <summary>Makes a node the query of a search and puts it before the entry.</summary>
    public void Ask(SearchScratch scratch, int node, int limit)
    {
        var table = codes.Table;
        scratch.Begin(limit);
        Buffer.MemoryCopy(table.Code(node), scratch.QueryCode, table.CodeBytes, table.CodeBytes);
        scratch.CodeQuery = codes.Coder.AsQuery(table.Tail(node));
        Beam<TCodes>.Enter(scratch, table, _entry);
    }

    /// <summary>Walks down from the entry and through a level.</summary>
    public void Walk(SearchScratch scratch, int level)
    {
        for (int above = graph.Levels[_entry]; above > level; above--)
            Beam<TCodes>.Descend(scratch, codes.Table, graph.Table(above));
        Beam<TCodes>.Search(scratch, codes.Table, graph.Table(level));
    }

    private Action<int> Inserter(List<int> nodes)
    {
        var scratch = NewScratch();
        var keys = new long[Math.Max(options.EfConstruction, graph.Room(0) + 1)];
        var sorted = new long[graph.Room(0) + 1];
        return i => Insert(nodes[i], scratch, keys, sorted);
    }

    private void Insert(int node, SearchScratch scratch, long[] keys, long[] sorted)
    {
        Ask(scratch, node, options.EfConstruction);
        int top = graph.Levels[_entry];
        var own = Math.Min(graph.Levels[node], top);
        for (var level = top; level > own; level--) Beam<TCodes>.Descend(scratch, codes.Table, graph.Table(level));
        fixed (long* candidates = keys)
            for (var level = own; level >= 0; level--)
            {
                Beam<TCodes>.Search(scratch, codes.Table, graph.Table(level));
                var count = Candidates(scratch, node, keys);
                if (level > 0) Reenter(scratch, candidates, count);
                Connect(node, level, candidates, NeighbourSelection<TCodes>.Choose(codes, candidates, count, graph.M), sorted);
            }
        if (node < _entry) _entry = node;
    }

    /// <summary>The nearest of a level are where the walk of the level below starts.</summary>
    private static void Reenter(SearchScratch scratch, long* keys, int count)
    {
        scratch.Begin(scratch.Pool.Limit);
        for (var i = 0; i < count; i++)
        {
            scratch.Visit(DistanceKey.Node(keys[i]));
            scratch.Pool.Insert(keys[i]);
        }
    }

    private void Connect(int node, int level, long* chosen, int count, long[] sorted)
    {
        for (var i = 0; i < count; i++) Link(node, chosen[i], level, sorted);
        for (var i = 0; i < count; i++)
            Link(DistanceKey.Node(chosen[i]), DistanceKey.Of(DistanceKey.Distance(chosen[i]), node), level, sorted);
    }

    /// <summary>Adds a link; when there is no room, all of the node's links are chosen anew.</summary>
    private void Link(int node, long key, int level, long[] sorted)
    {
        Own(node);
        var links = graph.Table(level).Of(node);
        var distances = graph.Distances(level, node);
        if (*links == graph.Room(level)) Thin(node, level, sorted);
        var at = *links;
        (links[at + 1], distances[at]) = (DistanceKey.Node(key), DistanceKey.Distance(key));
        Volatile.Write(ref *links, at + 1);
        Volatile.Write(ref _owners[node], 0);
    }

    private void Own(int node)
    {
        var spin = new SpinWait();
        while (options.Threads > 1 && Interlocked.CompareExchange(ref _owners[node], 1, 0) != 0) spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Leaves the links that a choice among them keeps.</summary>
    private void Thin(int node, int level, long[] sorted)
    {
        var links = graph.Table(level).Of(node);
        var distances = graph.Distances(level, node);
        var count = *links;
        for (var i = 0; i < count; i++) sorted[i] = DistanceKey.Of(distances[i], links[i + 1]);
        Array.Sort(sorted, 0, count);
        fixed (long* keys = sorted)
        {
            count = NeighbourSelection<TCodes>.Choose(codes, keys, count, graph.DegreeOn(level));
            for (var i = 0; i < count; i++) (links[i + 1], distances[i]) = (DistanceKey.Node(keys[i]), DistanceKey.Distance(keys[i]));
        }
        Volatile.Write(ref *links, count);
    }

    private Action<int> Trimmer()
    {
        var sorted = new long[graph.Room(0) + 1];
        return node =>
        {
            for (var level = graph.Levels[node]; ; level--)
            {
                if (*graph.Table(level).Of(node) > graph.DegreeOn(level)) Thin(node, level, sorted);
                if (level == 0) return;
            }
        };
    }
}
