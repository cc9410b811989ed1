using System.Runtime.CompilerServices;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>The index for one variant of the kernels and one kind of codes.</summary>
internal sealed unsafe class HnswSearcher<TKernels, TCodes>(HnswGraph graph, VectorRows rows) : HnswIndex(graph, rows)
    where TKernels : struct, IKernels
    where TCodes : struct, ICodeKind
{
    // A walk compares some fifteen nodes for each that it keeps: with fewer allowed rows than that, a scan is cheaper.
    private const int ComparedPerCandidate = 15;

    private readonly Rescoring<TKernels> _rescoring = new(graph, rows);
    private readonly ScratchPool _scratches = new(graph);

    public override int Search(ReadOnlySpan<float> query, int ef, Span<Hit> hits, out SearchCost cost)
    {
        cost = default;
        var wanted = Math.Min(hits.Length, Rows.Count);
        if (wanted == 0) return 0;
        var scratch = _scratches.Rent();
        Prepare(scratch, query, Math.Min(Math.Max(ef, wanted), Rows.Count));
        Walk(scratch);
        var found = _rescoring.Run(scratch, hits[..wanted], out var exact);
        cost = new SearchCost(scratch.Distances, exact, Scanned: false);
        if (found < wanted) found = ScanAll(scratch, default, isFiltered: false, hits[..wanted], ref cost);
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return found;
    }

    public override int Search(ReadOnlySpan<float> query, int ef, RowBits allowed, Span<Hit> hits, out SearchCost cost)
    {
        cost = default;
        var matching = allowed.Count();
        var wanted = Math.Min(hits.Length, matching);
        if (wanted == 0) return 0;
        var scratch = _scratches.Rent();
        // The walk keeps so many that, of evenly spread rows, ef of them are allowed.
        var limit = (long)Math.Max(ef, wanted) * Rows.Count / matching;
        var found = 0;
        while (found < wanted && limit * ComparedPerCandidate < matching)
        {
            Prepare(scratch, query, (int)limit);
            Walk(scratch);
            found = _rescoring.Run(scratch, allowed, hits[..wanted], out var exact);
            cost = new SearchCost(cost.CodeDistances + scratch.Distances, cost.FloatDistances + exact, Scanned: false);
            limit *= 4;
        }
        if (found < wanted)
        {
            Prepare(scratch, query, 1);
            found = ScanAll(scratch, allowed, isFiltered: true, hits[..wanted], ref cost);
        }
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return found;
    }

    protected override void Release() => _scratches.Dispose();

    private void Prepare(SearchScratch scratch, ReadOnlySpan<float> query, int limit)
    {
        var target = new Span<float>(scratch.Query, Rows.Dimension);
        if (Rows.Metric == Metric.Cosine) VectorColumn.Normalise(query, target);
        else query.CopyTo(target);
        scratch.CodeQuery = Graph.Coder.EncodeQuery(target, new Span<sbyte>(scratch.QueryCode, Graph.Coder.QueryBytes));
        scratch.Begin(limit);
    }

    private void Walk(SearchScratch scratch)
    {
        var codes = Graph.Codes;
        Beam<TCodes>.Enter(scratch, codes, 0);
        for (var level = Graph.Shape.NodesOn.Length - 1; level > 0; level--) Beam<TCodes>.Descend(scratch, codes, Graph.Links(level));
        Beam<TCodes>.Search(scratch, codes, Graph.Links(0));
    }

    /// <summary>Compares with every row that may be found, exactly.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ScanAll(SearchScratch scratch, RowBits allowed, bool isFiltered, Span<Hit> hits, ref SearchCost cost)
    {
        var top = new TopHits(hits);
        var exact = cost.FloatDistances;
        for (var row = 0; row < Rows.Count; row++)
        {
            if (isFiltered && !allowed.Has(row)) continue;
            top.Add(row, VectorRows.Similarity(Rows.Distance<TKernels>(scratch.Query, row)));
            exact++;
        }
        cost = new SearchCost(cost.CodeDistances, exact, Scanned: true);
        return top.Count;
    }
}
