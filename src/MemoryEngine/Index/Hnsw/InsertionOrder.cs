namespace MemoryEngine.Index;

/// <summary>
/// Which level each row reaches and in which order rows become nodes: by falling levels, so that the nodes of a level are the
/// first ones. Both come from a hash of the row's key, so that they are the same every time, and so that sorted input does not
/// make a graph of neighbours only.
/// </summary>
/// <param name="Rows">The row of each node.</param>
/// <param name="Levels">The highest level of each node, falling.</param>
/// <param name="From">The node of the older graph that each one was, or -1.</param>
/// <param name="To">The node that each node of the older graph becomes, or -1.</param>
internal sealed record InsertionOrder(int[] Rows, byte[] Levels, int[] From, int[] To)
{
    private const int HighestLevel = 30;

    /// <summary>Nodes that were in the older graph.</summary>
    public int Carried => To.Length - Dropped;

    /// <summary>Nodes of the older graph that are gone.</summary>
    public int Dropped { get; private init; }

    public static InsertionOrder Of(int count, HnswOptions options)
    {
        var (rows, order) = (new int[count], new ulong[count]);
        for (var row = 0; row < count; row++) (rows[row], order[row]) = (row, Drawn(row, options));
        return Sorted(rows, order, [], []);
    }

    /// <summary>
    /// The order of a merge. What comes from a graph keeps its level, whatever it was drawn from, and stands before what is new
    /// on the same level: so the first node is in the graph already, unless a new one reaches higher than all of them.
    /// </summary>
    /// <param name="start">The older graph.</param>
    /// <param name="newRows">The new row of each of its rows, or -1.</param>
    /// <param name="count">Rows of the new one.</param>
    /// <param name="options">Of the new one.</param>
    public static InsertionOrder Merged(HnswGraph start, ReadOnlySpan<int> newRows, int count, HnswOptions options)
    {
        var (rows, order, from) = (new int[count], new ulong[count], new int[count]);
        Array.Fill(from, -1);
        for (var row = 0; row < count; row++) (rows[row], order[row]) = (row, Drawn(row, options));
        var (nodesOn, dropped) = (start.Shape.NodesOn, 0);
        for (var (node, level) = (0, nodesOn.Length - 1); node < start.Shape.Count; node++)
        {
            while (node >= nodesOn[level]) level--;
            var row = RowOf(start, node, newRows);
            if (row < 0)
            {
                dropped++;
                continue;
            }
            if (row >= count || from[row] >= 0)
                throw new ArgumentException($"A row of the older graph becomes row {row}, which does not exist or is taken.", nameof(newRows));
            (from[row], order[row]) = (node, Place(level, isNew: false, (ulong)node));
        }
        return Sorted(rows, order, from, new int[start.Shape.Count]) with { Dropped = dropped };
    }

    private static InsertionOrder Sorted(int[] rows, ulong[] order, int[] fromOfRow, int[] to)
    {
        Array.Sort(order, rows);
        var levels = Array.ConvertAll(order, o => (byte)(HighestLevel - (int)(o >> 56)));
        var from = Array.ConvertAll(rows, row => fromOfRow.Length == 0 ? -1 : fromOfRow[row]);
        Array.Fill(to, -1);
        for (var node = 0; node < from.Length; node++)
            if (from[node] >= 0) to[from[node]] = node;
        return new InsertionOrder(rows, levels, from, to);
    }

    private static unsafe int RowOf(HnswGraph graph, int node, ReadOnlySpan<int> newRows) => newRows[graph.Rows[node]];

    private static ulong Drawn(int row, HnswOptions options)
    {
        var hash = Mix((ulong)(options.Keys.IsEmpty ? row : options.Keys.Span[row]) + 1);
        return Place(Level(hash, options.M), isNew: true, Mix(hash) >> 9);
    }

    /// <summary>Falling levels first, then what is there before what is new, then the rest.</summary>
    private static ulong Place(int level, bool isNew, ulong rest) =>
        ((ulong)(HighestLevel - level) << 56) | (isNew ? 1UL << 55 : 0UL) | rest;

    /// <summary>Each level has one in <paramref name="m"/> of the nodes of the one below.</summary>
    private static int Level(ulong hash, int m)
    {
        var uniform = ((hash >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min((int)(-Math.Log(uniform) / Math.Log(m)), HighestLevel);
    }

    /// <summary>The end of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
