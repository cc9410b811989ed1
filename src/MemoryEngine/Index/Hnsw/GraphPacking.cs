namespace MemoryEngine.Index;

/// <summary>
/// Makes the finished graph of one that was built: nodes numbered in the order of a breadth-first walk, so that those met
/// together lie together, and the codes that searches read.
/// </summary>
internal static unsafe class GraphPacking
{
    public static HnswGraph Pack(BuildGraph graph, VectorRows rows, HnswOptions options)
    {
        var bits = options.BitsOf(rows.Dimension);
        var coder = VectorCoder.For(rows, bits);
        var nodesOn = Enumerable.Range(0, graph.LevelCount).Select(graph.NodesOn).ToArray();
        var packed = new HnswGraph(new GraphShape(rows.Dimension, bits, coder.CodeBytes, graph.M, nodesOn), coder, options.Advise);
        try
        {
            Fill(packed, graph, rows, options);
            return packed;
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    private static void Fill(HnswGraph packed, BuildGraph graph, VectorRows rows, HnswOptions options)
    {
        var (order, coder) = (Order(graph), packed.Coder);
        var numbers = new int[order.Length];
        for (var number = 0; number < order.Length; number++) numbers[order[number]] = number;
        new Workers(options).Run(order.Length, 256, number =>
        {
            var node = order[number];
            packed.Rows[number] = graph.Rows[node];
            packed.Codes.Tail(number) =
                coder.Encode(rows.Span(graph.Rows[node]), new Span<byte>(packed.Codes.Code(number), coder.CodeBytes));
            for (var level = 0; level <= graph.Levels[node]; level++)
                CopyLinks(graph.Table(level).Of(node), packed.Links(level).Of(number), numbers);
        });
    }

    private static void CopyLinks(int* from, int* to, int[] numbers)
    {
        *to = *from;
        for (var i = 1; i <= *from; i++) to[i] = numbers[from[i]];
    }

    /// <summary>
    /// The nodes in their new order. Upper levels stay in front, each level for itself: their tables are dense, and what every
    /// search passes through stays together in the cache.
    /// </summary>
    private static int[] Order(BuildGraph graph)
    {
        var order = new int[graph.Count];
        var met = new bool[graph.Count];
        var tail = 0;
        for (var head = 0; tail < order.Length || head < tail; head++)
        {
            // What no link leads to comes last; the check before has seen to it that there is none.
            if (head == tail) Meet(Array.IndexOf(met, false));
            var links = graph.Table(0).Of(order[head]);
            for (var i = 1; i <= *links; i++)
                if (!met[links[i]]) Meet(links[i]);
        }
        // A stable sort: within a level the order of the walk remains.
        return [.. order.OrderByDescending(node => graph.Levels[node])];

        void Meet(int node)
        {
            met[node] = true;
            order[tail++] = node;
        }
    }
}
