using MemoryEngine.Kernels;

namespace MemoryEngine.Index;

/// <summary>What <see cref="SealGate"/> found.</summary>
/// <param name="Problem">Why the graph is not fit to be used, or null.</param>
/// <param name="Recall">Of the ten nearest of each of a sample, the part that the graph finds; what the next graph is held to.</param>
internal readonly record struct SealVerdict(string? Problem, double Recall);

/// <summary>
/// The last look at a graph before it answers. All of its structure, by <see cref="GraphCheck"/>; and with a sample of its own
/// vectors whether it finds them, and of their neighbours as many as the graph before it did. The exact answers are found in
/// one pass over the vectors: a hundredth of what building takes.
/// </summary>
internal static unsafe class SealGate
{
    private const int Sample = 100;
    private const int K = 10;
    private const int Ef = 100;

    /// <summary>Of the sampled vectors, those that must be found by themselves.</summary>
    private const double SelfFloor = 0.95;

    /// <summary>Judges an index.</summary>
    /// <param name="index">The graph and the vectors that it is of.</param>
    /// <param name="floor">The recall that is asked for: what the graph before had, less a margin.</param>
    /// <param name="cancellation">Looked at between queries, and every thousand vectors.</param>
    public static SealVerdict Judge(HnswIndex index, double floor, CancellationToken cancellation = default)
    {
        if (index.Graph.Shape.Count != index.Rows.Count)
            return new SealVerdict($"the graph has {index.Graph.Shape.Count} nodes for {index.Rows.Count} vectors", 0);
        if (GraphCheck.Problem(index.Graph) is { } problem) return new SealVerdict(problem, 0);
        if (index.Rows.Count == 0) return new SealVerdict(null, 1);
        var (selves, recall) = Measure(index, cancellation);
        if (selves < SelfFloor) return new SealVerdict($"it finds {selves:P0} of a sample of its own vectors, fewer than {SelfFloor:P0}", recall);
        if (recall < floor) return new SealVerdict($"it finds {recall:P1} of the ten nearest of a sample, fewer than {floor:P1}", recall);
        return new SealVerdict(null, recall);
    }

    private static (double Selves, double Recall) Measure(HnswIndex index, CancellationToken cancellation)
    {
        var rows = index.Rows;
        var count = Math.Min(Sample, rows.Count);
        var samples = Enumerable.Range(0, count).Select(i => (int)((long)i * rows.Count / count)).ToArray();
        // A vector is the nearest to itself, so its ten nearest are those behind it.
        var wanted = Math.Min(K + 1, rows.Count);
        var exact = KernelDispatch.Use<Scanning, float[]>(new Scanning(rows, samples, wanted, cancellation));
        var (hits, selves, found) = (new Hit[wanted], 0, 0);
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var got = hits.AsSpan(0, index.Search(rows.Span(samples[i]), Ef, hits, out _));
            // Equal vectors are equally right, so it is similarities that are compared.
            var (best, last) = (exact[i * wanted], exact[(i * wanted) + wanted - 1]);
            if (got.Length > 0 && IsAsNear(got[0].Score, best)) selves++;
            foreach (var hit in got)
                if (IsAsNear(hit.Score, last)) found++;
        }
        return ((double)selves / count, (double)found / (count * wanted));
    }

    /// <summary>A query is normalised again for the search, which may change its last digits.</summary>
    private static bool IsAsNear(float score, float exact) => score >= exact - (1e-5f * MathF.Abs(exact)) - 1e-6f;

    /// <summary>The similarities of the nearest of each sample, best first.</summary>
    private readonly struct Scanning(VectorRows rows, int[] samples, int wanted, CancellationToken cancellation) : IKernelUser<float[]>
    {
        private const int Block = 64;

        public float[] Use<TKernels>()
            where TKernels : struct, IKernels
        {
            var (best, worst) = (new float[samples.Length * wanted], new float[samples.Length]);
            Array.Fill(best, float.NegativeInfinity);
            Array.Fill(worst, float.NegativeInfinity);
            // A block of vectors stays in the cache while it is compared with every sample.
            for (var first = 0; first < rows.Count; first += Block)
            {
                if ((first & 1023) == 0) cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < samples.Length; i++)
                    for (var row = first; row < Math.Min(first + Block, rows.Count); row++)
                    {
                        var score = VectorRows.Similarity(rows.Distance<TKernels>(rows[samples[i]], row));
                        if (score > worst[i]) worst[i] = Insert(best.AsSpan(i * wanted, wanted), score);
                    }
            }
            return best;
        }

        private static float Insert(Span<float> best, float score)
        {
            var at = best.Length - 1;
            for (; at > 0 && best[at - 1] < score; at--) best[at] = best[at - 1];
            best[at] = score;
            return best[^1];
        }
    }
}
