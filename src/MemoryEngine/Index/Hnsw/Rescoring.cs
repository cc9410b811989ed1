using System.Diagnostics;
using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>
/// Puts the candidates of a walk into their true order by their float vectors, from the nearest on, until nothing changes any
/// more: eight in a row that did not get in, or the next one so far behind that the codes' error cannot explain it. A float
/// vector costs as much memory traffic as four to eight codes, so each one counts.
/// </summary>
/// <remarks>
/// The error is learnt from the candidates already re-scored, so that it fits the query, the metric and the codes.
/// </remarks>
internal sealed unsafe class Rescoring<TKernels>(HnswGraph graph, VectorRows rows)
    where TKernels : struct, IKernels
{
    // The first lines of three vectors. Whole ones would wait for free buffers; the processor sees the stream and goes on.
    private const int AheadBytes = 512;
    private const int Ahead = 3;

    // Three deviations end re-scoring after 12 vectors where eight idle ones take 18, at the same recall (MNIST).
    private const int Fewest = 8;
    private const float Deviations = 3f;

    private readonly PageRequests _pages = new(rows);
    private readonly int _patience = graph.Shape.Bits == 1 ? 16 : 8;

    // Codes of unit vectors estimate 2 − 2·cos, and of scaled ones the scaled distance.
    private readonly float _unit = rows.Metric == Metric.Cosine ? 0.5f : 1f / (graph.Coder.Scale * graph.Coder.Scale);

    public int Run(SearchScratch scratch, float toBeat, Span<Hit> hits, out long exact) =>
        Run(scratch, default, isFiltered: false, toBeat, hits, out exact);

    public int Run(SearchScratch scratch, RowBits allowed, float toBeat, Span<Hit> hits, out long exact) =>
        Run(scratch, allowed, isFiltered: true, toBeat, hits, out exact);

    private int Run(SearchScratch scratch, RowBits allowed, bool isFiltered, float toBeat, Span<Hit> hits, out long exact)
    {
        var pool = scratch.Pool;
        var top = new TopHits(hits);
        var idle = 0;
        var (count, sum, squares) = (0, 0f, 0f);
        var isOnDevice = _pages.IsOnDevice;
        for (var i = 0; i < PageRequests.Ahead && isOnDevice; i++) AskDevice(pool, i, allowed, isFiltered);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Ahead; i++) Ask(pool, i);
        for (var i = 0; i < pool.Limit && pool[i] != DistanceKey.None && idle < _patience; i++)
        {
            var estimate = DistanceKey.Distance(pool[i]) * _unit;
            var least = MathF.Max(top.Threshold, toBeat);
            if (!float.IsNegativeInfinity(least) && count >= Fewest)
            {
                var mean = sum / count;
                var deviation = MathF.Sqrt(MathF.Max(0f, (squares / count) - (mean * mean)));
                if (estimate + mean - (Deviations * deviation) > -least) break;
            }
            if (isOnDevice) AskDevice(pool, i + PageRequests.Ahead, allowed, isFiltered);
            Ask(pool, i + Ahead);
            var row = graph.Rows[DistanceKey.Node(pool[i])];
            if (isFiltered && !allowed.Has(row)) continue;
            var distance = rows.Distance<TKernels>(scratch.Query, row);
            var score = VectorRows.Similarity(distance);
            idle = score > least ? 0 : idle + 1;
            top.Add(row, score);
            var error = distance - estimate;
            (count, sum, squares) = (count + 1, sum + error, squares + (error * error));
        }
        _pages.Took(Stopwatch.GetTimestamp() - started, isOnDevice);
        exact = count;
        return top.Count;
    }

    private void AskDevice(CandidatePool pool, int at, RowBits allowed, bool isFiltered)
    {
        if (at >= pool.Limit || pool[at] == DistanceKey.None) return;
        var row = graph.Rows[DistanceKey.Node(pool[at])];
        if (!isFiltered || allowed.Has(row)) rows.Ask(row);
    }

    private void Ask(CandidatePool pool, int at)
    {
        if (at < pool.Limit && pool[at] != DistanceKey.None)
            Prefetch.Range((byte*)rows[graph.Rows[DistanceKey.Node(pool[at])]], Math.Min(AheadBytes, rows.Dimension * sizeof(float)));
    }
}
