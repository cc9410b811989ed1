using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>The index for one variant of the kernels and one kind of codes.</summary>
internal sealed unsafe class HnswSearcher<TKernels, TCodes>(HnswGraph graph, VectorRows rows) : HnswIndex(graph, rows)
    where TKernels : struct, IKernels
    where TCodes : struct, ICodeKind
{
    // Float vectors asked for ahead of the one that is compared, and of each its first lines: the processor sees the rest.
    private const int RowsAhead = 4;
    private const int AheadBytes = 512;

    // Rows that match, listed before they are compared.
    private const int Listed = 4 * RowBits.LeastListed;

    private readonly Rescoring<TKernels> _rescoring = new(graph, rows);
    private readonly ScratchPool _scratches = new(graph);

    public override int Search(ReadOnlySpan<float> query, int ef, float toBeat, Span<Hit> hits, out SearchCost cost)
    {
        cost = default;
        var wanted = Math.Min(hits.Length, Rows.Count);
        if (wanted == 0) return 0;
        var scratch = _scratches.Rent();
        Prepare(scratch, query);
        Encode(scratch);
        scratch.Begin(Math.Min(Math.Max(ef, wanted), Rows.Count));
        Walk(scratch);
        var isFound = scratch.Pool[wanted - 1] != DistanceKey.None;
        var found = _rescoring.Run(scratch, toBeat, hits[..wanted], out var exact);
        cost = new SearchCost(scratch.Distances, exact, SearchWay.Walk, Scanned: false);
        if (!isFound) found = ScanAll(scratch, hits[..wanted], ref cost);
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return found;
    }

    public override int Search(ReadOnlySpan<float> query, int ef, RowBits allowed, float toBeat, Span<Hit> hits, out SearchCost cost)
    {
        cost = default;
        var matching = allowed.CountOf(Rows.Count);
        var wanted = Math.Min(hits.Length, matching);
        if (wanted == 0) return 0;
        ef = Math.Max(ef, wanted);
        var way = FilterPlan.Choose(matching, Rows.Count, ef);
        var scratch = _scratches.Rent();
        Prepare(scratch, query);
        if (way != SearchWay.Exact) Encode(scratch);
        cost = new SearchCost(0, 0, way, Scanned: false);
        var limit = FilterPlan.Limit(way, matching, Rows.Count, ef);
        fixed (ulong* words = allowed.Words)
        {
            var filter = new NodeFilter(Graph.Rows, words, allowed.Words.Length);
            var isFound = way switch
            {
                SearchWay.Hidden => IsFoundHidden(scratch, filter, limit, Math.Max(wanted, (int)(ef * FilterPlan.LeastOfExpected))),
                SearchWay.Acorn => IsFoundByMatches(scratch, filter, limit, matching),
                _ => false,
            };
            var found = isFound ? Rescore(scratch, allowed, toBeat, hits[..wanted], ref cost) : Scan(scratch, allowed, hits[..wanted], ref cost);
            _scratches.Return(scratch);
            GC.KeepAlive(this);
            return found;
        }
    }

    protected override void Release() => _scratches.Dispose();

    private void Prepare(SearchScratch scratch, ReadOnlySpan<float> query)
    {
        var target = new Span<float>(scratch.Query, Rows.Dimension);
        if (Rows.Metric == Metric.Cosine) VectorColumn.Normalise(query, target);
        else query.CopyTo(target);
    }

    private void Encode(SearchScratch scratch)
    {
        var target = new ReadOnlySpan<float>(scratch.Query, Rows.Dimension);
        scratch.CodeQuery = Graph.Coder.EncodeQuery(target, new Span<sbyte>(scratch.QueryCode, Graph.Coder.QueryBytes));
    }

    private void Walk(SearchScratch scratch)
    {
        WalkDown(scratch);
        Beam<TCodes>.Search(scratch, Graph.Codes, Graph.Links(0));
    }

    private void WalkDown(SearchScratch scratch)
    {
        var codes = Graph.Codes;
        Beam<TCodes>.Enter(scratch, codes, 0);
        for (var level = Graph.Shape.NodesOn.Length - 1; level > 0; level--) Beam<TCodes>.Descend(scratch, codes, Graph.Links(level));
    }

    /// <summary>
    /// Walks over all rows. With too few matches among the nearest it goes on once, to twice as many; where hardly any are there
    /// the others may be anywhere, and their nearest on all sides of the query: then it gives up.
    /// </summary>
    private bool IsFoundHidden(SearchScratch scratch, in NodeFilter filter, int limit, int least)
    {
        for (var (turn, compared) = (0, 0L); ; turn++)
        {
            scratch.Begin(Math.Min(limit << turn, Rows.Count));
            scratch.Distances = compared;
            Walk(scratch);
            compared = scratch.Distances;
            var matches = 0;
            for (var i = 0; i < scratch.Pool.Limit && scratch.Pool[i] != DistanceKey.None; i++)
                if (filter.Has(DistanceKey.Node(scratch.Pool[i]))) matches++;
            if (matches >= least || turn == 1 || matches < least * FilterPlan.LeastOfExpected) return matches >= least;
        }
    }

    /// <summary>Walks from match to match. Gives up where there are few about, and where it came to an end too soon.</summary>
    private bool IsFoundByMatches(SearchScratch scratch, in NodeFilter filter, int limit, int matching)
    {
        scratch.Begin(1);
        WalkDown(scratch);
        var (distances, entry) = (scratch.Distances, DistanceKey.Node(scratch.Pool[0]));
        scratch.Begin(limit);
        scratch.Distances = distances;
        var (looks, matches) = MatchingBeam<TCodes>.Enter(scratch, Graph, filter, entry);
        if (matches < FilterPlan.LeastOfExpected * looks * matching / Rows.Count) return false;
        MatchingBeam<TCodes>.Search(scratch, Graph, filter);
        return scratch.Pool[limit - 1] != DistanceKey.None;
    }

    private int Rescore(SearchScratch scratch, RowBits allowed, float toBeat, Span<Hit> hits, ref SearchCost cost)
    {
        var found = _rescoring.Run(scratch, allowed, toBeat, hits, out var exact);
        cost = cost with { CodeDistances = scratch.Distances, FloatDistances = exact };
        return found;
    }

    /// <summary>Compares with every row that matches, exactly.</summary>
    private int Scan(SearchScratch scratch, RowBits allowed, Span<Hit> hits, ref SearchCost cost)
    {
        var top = new TopHits(hits);
        var (rows, compared, word) = (Rows, 0L, 0);
        var query = scratch.Query;
        var listed = stackalloc int[Listed];
        while (word < allowed.Words.Length)
        {
            var count = allowed.List(ref word, new Span<int>(listed, Listed));
            // Bits may go on behind the rows.
            while (count > 0 && listed[count - 1] >= rows.Count) count--;
            for (var i = 0; i < Math.Min(RowsAhead, count); i++) AskFor(rows, listed[i]);
            for (var i = 0; i < count; i++)
            {
                if (i + RowsAhead < count) AskFor(rows, listed[i + RowsAhead]);
                top.Add(listed[i], VectorRows.Similarity(rows.Distance<TKernels>(query, listed[i])));
            }
            compared += count;
        }
        cost = cost with { FloatDistances = cost.FloatDistances + compared, Scanned = true };
        return top.Count;
    }

    /// <summary>Compares with every row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ScanAll(SearchScratch scratch, Span<Hit> hits, ref SearchCost cost)
    {
        var top = new TopHits(hits);
        for (var row = 0; row < Rows.Count; row++) top.Add(row, Score(scratch, row));
        cost = cost with { FloatDistances = cost.FloatDistances + Rows.Count, Scanned = true };
        return top.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AskFor(in VectorRows rows, int row) =>
        Prefetch.Range((byte*)rows[row], Math.Min(AheadBytes, rows.Dimension * sizeof(float)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Score(SearchScratch scratch, int row) => VectorRows.Similarity(Rows.Distance<TKernels>(scratch.Query, row));
}
