using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Kernels;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>
/// Builds an index, writes it to a file, opens that, and searches with every query that has a truth. Threads share the
/// building, and then the queries.
/// </summary>
internal sealed class SearchBenchmark(VectorMatrix vectors, VectorMatrix queries, int[][]? givenTruth, HnswOptions options)
{
    public const int K = 10;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>As many as can be found.</summary>
    private readonly int _k = Math.Min(K, vectors.Rows.Count);

    public SearchFigures Run(IReadOnlyList<int> efs, string directory, CancellationToken cancellation)
    {
        var (cpu, started) = (CpuSeconds(), Stopwatch.GetTimestamp());
        var built = HnswIndex.Build(vectors.Rows, options);
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, CpuSeconds() - cpu);
        var path = Path.Combine(directory, "vectors.graph");
        var fileBytes = GraphFile.Write(PhysicalFileSystem.Instance, path, built.Graph);
        built.Dispose();
        using var index = HnswIndex.Over(GraphFile.Read(PhysicalFileSystem.Instance, path, options.Advise), vectors.Rows);
        cancellation.ThrowIfCancellationRequested();
        var truth = givenTruth ?? [.. Enumerable.Range(0, queries.Rows.Count).AsParallel().AsOrdered().Select(Exact)];
        var points = new List<SearchPoint>();
        foreach (var ef in efs)
        {
            cancellation.ThrowIfCancellationRequested();
            points.Add(Measure(index, truth, ef));
        }
        return new SearchFigures
        {
            BuildSeconds = seconds,
            BuildCpuSeconds = cpuSeconds,
            ResidentBytes = index.Bytes,
            FileBytes = fileBytes,
            Results = points,
        };
    }

    private SearchPoint Measure(HnswIndex index, int[][] truth, int ef)
    {
        // The first pass counts what is found and warms up; the others are timed.
        var hits = new Hit[_k];
        var (found, distances) = (0, 0L);
        for (var i = 0; i < truth.Length; i++)
        {
            var count = index.Search(queries[i], ef, hits, out var cost);
            distances += cost.CodeDistances;
            found += Right(truth[i], queries[i], hits.AsSpan(0, count));
        }
        var (cpu, started, timed) = (CpuSeconds(), Stopwatch.GetTimestamp(), new List<double>());
        do
            timed.AddRange(Pass(index, truth.Length, ef));
        while (Stopwatch.GetElapsedTime(started) < Shortest);
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, CpuSeconds() - cpu);
        timed.Sort();
        return new SearchPoint(
            ef, (double)found / Math.Max(1, truth.Length * _k), timed.Count / seconds, timed.Count / Math.Max(cpuSeconds, 1e-9),
            timed[timed.Count / 2], timed[(int)(timed.Count * 0.99)], (double)distances / truth.Length);
    }

    /// <summary>Every query once; the microseconds of each.</summary>
    private double[] Pass(HnswIndex index, int count, int ef)
    {
        var microseconds = new double[count];
        new Workers(options).Run(0, count, 16, () =>
        {
            var hits = new Hit[_k];
            return i =>
            {
                var started = Stopwatch.GetTimestamp();
                index.Search(queries[i], ef, hits, out _);
                microseconds[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            };
        });
        return microseconds;
    }

    /// <summary>Hits that are among the true ones, or as near as the last of them: equal vectors are equally right.</summary>
    private unsafe int Right(int[] truth, ReadOnlySpan<float> query, ReadOnlySpan<Hit> hits)
    {
        var right = 0;
        fixed (float* first = query)
        {
            var last = -KernelDispatch.Use<Measuring, float>(new Measuring(vectors.Rows, first, truth[^1]));
            foreach (var hit in hits)
                if (hit.Score >= last || truth.Contains(hit.Row)) right++;
        }
        return right;
    }

    private unsafe int[] Exact(int query)
    {
        var top = new TopHits(new Hit[_k]);
        var rows = vectors.Rows;
        for (var row = 0; row < rows.Count; row++)
            top.Add(row, -KernelDispatch.Use<Measuring, float>(new Measuring(rows, queries.Rows[query], row)));
        return [.. top.Best.ToArray().Select(h => h.Row)];
    }

    private static double CpuSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private readonly unsafe struct Measuring(VectorRows rows, float* query, int row) : IKernelUser<float>
    {
        public float Use<TKernels>()
            where TKernels : struct, IKernels => rows.Distance<TKernels>(query, row);
    }
}
