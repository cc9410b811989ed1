using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Nearest neighbours among vectors that do not change: a graph over codes, and float vectors that say how near the found
/// ones really are. Any number of threads may search at once.
/// </summary>
/// <remarks>
/// An answer has k hits, or as many as there are rows that may be found. What an answer lacks is only ever a nearer row that
/// the walk did not meet: more <c>ef</c>, fewer of those.
/// </remarks>
internal abstract class HnswIndex(HnswGraph graph, VectorRows rows) : IDisposable
{
    public HnswGraph Graph => graph;

    public VectorRows Rows => rows;

    /// <summary>Bytes that should be in memory: codes, links and row numbers, without the float vectors.</summary>
    public long Bytes => graph.Bytes;

    /// <summary>Builds the graph, repairs and checks it. The vectors must outlive the index.</summary>
    public static HnswIndex Build(VectorRows rows, HnswOptions options) => Build(rows, options, KernelDispatch.Variant);

    public static HnswIndex Build(VectorRows rows, HnswOptions options, KernelVariant variant)
    {
        options.Validate(rows.Count);
        var building = new Building(null, InsertionOrder.Of(rows.Count, options), rows, options);
        return Over(KernelDispatch.Use<Building, HnswGraph>(variant, building), rows, variant);
    }

    /// <summary>
    /// Builds the graph of a new set of vectors from that of a part of them, and inserts the others. Nodes whose vectors are
    /// gone are bridged; where more of them are than <see cref="HnswOptions.MostDropped"/> allows, the graph is built anew.
    /// Best from the graph of the largest part. The older graph is only read, and stays.
    /// </summary>
    /// <param name="start">The graph of a part, with any codes.</param>
    /// <param name="newRows">For each row of <paramref name="start"/> its row in the new set, or -1 where it is gone.</param>
    /// <param name="rows">The new set; it must outlive the index.</param>
    /// <param name="options">Of the new graph. A carried node keeps its level, so keys should be those of the older graph.</param>
    public static HnswIndex Merge(HnswGraph start, ReadOnlySpan<int> newRows, VectorRows rows, HnswOptions options)
    {
        options.Validate(rows.Count);
        if (newRows.Length != start.Shape.Count)
            throw new ArgumentException($"{newRows.Length} rows are given for a graph of {start.Shape.Count}.", nameof(newRows));
        if (start.Shape.Dimension != rows.Dimension || start.Coder.Metric != rows.Metric)
            throw new ArgumentException(
                $"The graph is of {start.Shape.Dimension} dimensions and {start.Coder.Metric}, the vectors of {rows.Dimension} and {rows.Metric}.");
        var order = InsertionOrder.Merged(start, newRows, rows.Count, options);
        if (order.Dropped > options.MostDropped * start.Shape.Count || start.Shape.M != options.M) return Build(rows, options);
        return Over(KernelDispatch.Use<Building, HnswGraph>(new Building(start, order, rows, options)), rows);
    }

    /// <summary>An index over a finished graph, which it then owns.</summary>
    public static HnswIndex Over(HnswGraph graph, VectorRows rows) => Over(graph, rows, KernelDispatch.Variant);

    public static HnswIndex Over(HnswGraph graph, VectorRows rows, KernelVariant variant) =>
        KernelDispatch.Use<Searching, HnswIndex>(variant, new Searching(graph, rows));

    /// <summary>Finds the nearest rows, best first, with their exact similarity; returns how many.</summary>
    /// <param name="query">As long as the dimension; finite; for cosine of any length but zero.</param>
    /// <param name="ef">Candidates that the walk keeps; at least as many as hits are taken.</param>
    /// <param name="hits">Takes as many as it has room for.</param>
    /// <param name="cost">What it took.</param>
    public int Search(ReadOnlySpan<float> query, int ef, Span<Hit> hits, out SearchCost cost) =>
        Search(query, ef, float.NegativeInfinity, hits, out cost);

    /// <summary>As without a filter, among the rows that it lets through.</summary>
    public int Search(ReadOnlySpan<float> query, int ef, RowBits allowed, Span<Hit> hits, out SearchCost cost) =>
        Search(query, ef, allowed, float.NegativeInfinity, hits, out cost);

    /// <summary>Finds those of the nearest rows that beat a score: what is no better may be missing, and is not looked for.</summary>
    /// <param name="query">As long as the dimension; finite; for cosine of any length but zero.</param>
    /// <param name="ef">Candidates that the walk keeps; at least as many as hits are taken.</param>
    /// <param name="toBeat">What was found elsewhere already; negative infinity looks for all.</param>
    /// <param name="hits">Takes as many as it has room for.</param>
    /// <param name="cost">What it took.</param>
    public abstract int Search(ReadOnlySpan<float> query, int ef, float toBeat, Span<Hit> hits, out SearchCost cost);

    /// <summary>As without a filter, among the rows that it lets through.</summary>
    public abstract int Search(ReadOnlySpan<float> query, int ef, RowBits allowed, float toBeat, Span<Hit> hits, out SearchCost cost);

    /// <summary>
    /// Searches for a few of its own vectors in every way there is, so that what searches run is compiled before anybody waits for
    /// it: some 60 ms of a process that has not searched yet, and next to nothing later on.
    /// </summary>
    public void WarmUp()
    {
        const int Searches = 32;
        if (rows.Count == 0) return;
        Span<Hit> hits = stackalloc Hit[1];
        var words = new ulong[(rows.Count + 63) / 64];
        // All match, one in four, 64 of them.
        foreach (var pattern in (ReadOnlySpan<ulong>)[ulong.MaxValue, 0x1111_1111_1111_1111, 0])
        {
            Array.Fill(words, pattern);
            words[0] = ulong.MaxValue;
            for (var i = 0; i < Searches; i++)
            {
                var query = rows.Span((int)((long)i * rows.Count / Searches));
                Search(query, 1, hits, out _);
                Search(query, 1, new RowBits(words), hits, out _);
            }
        }
    }

    public void Dispose()
    {
        Release();
        graph.Dispose();
    }

    protected abstract void Release();

    private readonly struct Building(HnswGraph? start, InsertionOrder order, VectorRows rows, HnswOptions options) : IKernelUser<HnswGraph>
    {
        public HnswGraph Use<TKernels>()
            where TKernels : struct, IKernels
        {
            using var building = new BuildGraph(order, options);
            using var codes = new BuildCodes(rows, order.Rows, options);
            if (start is not null) GraphCarrying<ByteCodes<TKernels>>.Run(start, building, codes, options);
            var builder = new HnswBuilder<ByteCodes<TKernels>>(building, codes, options);
            builder.Build();
            new GraphRepair<ByteCodes<TKernels>>(building, builder, new Workers(options).AsOne()).Run();
            return GraphPacking.Pack(building, rows, options);
        }
    }

    private readonly struct Searching(HnswGraph graph, VectorRows rows) : IKernelUser<HnswIndex>
    {
        public HnswIndex Use<TKernels>()
            where TKernels : struct, IKernels => graph.Shape.Bits switch
            {
                8 => new HnswSearcher<TKernels, ByteCodes<TKernels>>(graph, rows),
                4 => new HnswSearcher<TKernels, NibbleCodes<TKernels>>(graph, rows),
                _ => new HnswSearcher<TKernels, BitCodes<TKernels>>(graph, rows),
            };
    }
}
