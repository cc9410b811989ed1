namespace MemoryEngine.Index;

/// <summary>
/// Makes every node reachable from the entry on every level. Thinning out drops links that others relied on, and of many equal
/// vectors nearly all end up without a link that leads to them.
/// </summary>
/// <remarks>
/// Every step reaches one node more and loses none: a lost node is linked from the nearest reached node that has room; where
/// none has, the nearest gives its farthest link up, and the lost node takes that link over.
/// </remarks>
internal sealed unsafe class GraphRepair<TCodes>(BuildGraph graph, HnswBuilder<TCodes> builder, Workers worker)
    where TCodes : struct, ICodeKind
{
    private const int Candidates = 64;
    private readonly bool[] _reached = new bool[graph.Count];
    private readonly Stack<int> _pending = new();

    /// <summary>Returns how many nodes had to be linked.</summary>
    public int Run()
    {
        var repaired = 0;
        using var scratch = builder.NewScratch();
        var keys = new long[Candidates];
        for (var level = 0; level < graph.LevelCount; level++)
        {
            var nodes = graph.NodesOn(level);
            if (nodes == 0) continue;
            Array.Clear(_reached, 0, nodes);
            Reach(0, level);
            var on = level;
            worker.Run(nodes, 256, node =>
            {
                if (_reached[node]) return;
                LinkTo(node, on, scratch, keys);
                Reach(node, on);
                repaired++;
            });
        }
        return repaired;
    }

    private void Reach(int start, int level)
    {
        _reached[start] = true;
        _pending.Push(start);
        while (_pending.TryPop(out var node))
        {
            var links = graph.Table(level).Of(node);
            for (var i = 1; i <= *links; i++)
            {
                if (_reached[links[i]]) continue;
                _reached[links[i]] = true;
                _pending.Push(links[i]);
            }
        }
    }

    private void LinkTo(int lost, int level, SearchScratch scratch, long[] keys)
    {
        builder.Ask(scratch, lost, Candidates);
        builder.Walk(scratch, level);
        var count = HnswBuilder<TCodes>.Candidates(scratch, lost, keys);
        var (table, degree) = (graph.Table(level), graph.DegreeOn(level));
        for (var i = 0; i < count; i++)
        {
            var links = table.Of(DistanceKey.Node(keys[i]));
            if (*links >= degree) continue;
            links[++*links] = lost;
            return;
        }
        // The walk began at the entry, so there is a candidate, and all of them are reached.
        var from = table.Of(DistanceKey.Node(keys[0]));
        var given = from[*from];
        from[*from] = lost;
        TakeOver(table.Of(lost), given, degree);
    }

    private void TakeOver(int* links, int given, int degree)
    {
        for (var i = 1; i <= *links; i++)
            if (links[i] == given) return;
        if (*links < degree)
        {
            links[++*links] = given;
            return;
        }
        // A link to a reached node leads nowhere new; one to another lost node is that node's own repair.
        for (var i = 1; i <= *links; i++)
        {
            if (!_reached[links[i]]) continue;
            links[i] = given;
            return;
        }
        links[*links] = given;
    }
}
