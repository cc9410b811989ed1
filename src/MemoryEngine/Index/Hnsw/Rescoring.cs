using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Puts the candidates of a walk into their true order by their float vectors, from the nearest on, until nothing changes any
/// more. A float vector costs as much memory traffic as four to eight codes, so each one counts.
/// </summary>
internal sealed unsafe class Rescoring<TKernels>(HnswGraph graph, VectorRows rows)
    where TKernels : struct, IKernels
{
    private readonly int _patience = graph.Shape.Bits == 1 ? 16 : 8;

    public int Run(SearchScratch scratch, Span<Hit> hits, out long exact) => Run(scratch, default, isFiltered: false, hits, out exact);

    public int Run(SearchScratch scratch, RowBits allowed, Span<Hit> hits, out long exact) =>
        Run(scratch, allowed, isFiltered: true, hits, out exact);

    private int Run(SearchScratch scratch, RowBits allowed, bool isFiltered, Span<Hit> hits, out long exact)
    {
        var pool = scratch.Pool;
        var top = new TopHits(hits);
        var idle = 0;
        exact = 0;
        Ask(pool, 0);
        for (var i = 0; i < pool.Limit && pool[i] != DistanceKey.None && idle < _patience; i++)
        {
            Ask(pool, i + 1);
            var row = graph.Rows[DistanceKey.Node(pool[i])];
            if (isFiltered && !allowed.Has(row)) continue;
            var score = VectorRows.Similarity(rows.Distance<TKernels>(scratch.Query, row));
            idle = top.Count < hits.Length || score > top.Threshold ? 0 : idle + 1;
            top.Add(row, score);
            exact++;
        }
        return top.Count;
    }

    private void Ask(CandidatePool pool, int at)
    {
        if (at < pool.Limit && pool[at] != DistanceKey.None)
            Prefetch.Range((byte*)rows[graph.Rows[DistanceKey.Node(pool[at])]], rows.Dimension * sizeof(float));
    }
}
