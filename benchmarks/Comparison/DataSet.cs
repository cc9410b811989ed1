using MemoryEngine.Index;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Vectors, queries and the exact ten nearest of each query.</summary>
internal sealed unsafe class DataSet(string name, VectorRows rows, VectorRows queries)
{
    public const int K = 10;

    public string Name => name;

    public VectorRows Rows => rows;

    public VectorRows Queries => queries;

    /// <summary>The exact ten nearest of every query, one behind the other. Kept in a folder, if there is one: it takes a while.</summary>
    public int[] Truth { get; private set; } = [];

    public void FindTruth(string? keep)
    {
        var kept = keep is null ? null : Path.Combine(keep, $"{name}-{rows.Count}-{queries.Count}.truth");
        if (File.Exists(kept))
        {
            Truth = [.. File.ReadLines(kept).Select(int.Parse)];
            return;
        }
        Truth = Exact(rows, queries);
        if (kept is not null) File.WriteAllLines(kept, Truth.Select(row => row.ToString()));
    }

    public ReadOnlySpan<float> Query(int i) => queries.Span(i);

    public double Recall(long* ids)
    {
        var hits = 0;
        for (var i = 0; i < queries.Count * K; i++)
        {
            var truth = Truth.AsSpan(i / K * K, K);
            if (ids[i] >= 0 && truth.Contains((int)ids[i])) hits++;
        }
        return (double)hits / (queries.Count * K);
    }

    private static int[] Exact(VectorRows rows, VectorRows queries)
    {
        var truth = new int[queries.Count * K];
        Parallel.For(0, queries.Count, i => KernelDispatch.Use<Exactly, int>(new Exactly(rows, queries[i], truth, i * K)));
        return truth;
    }

    private readonly struct Exactly(VectorRows rows, float* query, int[] truth, int at) : IKernelUser<int>
    {
        public int Use<TKernels>()
            where TKernels : struct, IKernels
        {
            var top = new TopHits(new Hit[K]);
            for (var row = 0; row < rows.Count; row++) top.Add(row, -rows.Distance<TKernels>(query, row));
            for (var j = 0; j < top.Count; j++) truth[at + j] = top.Best[j].Row;
            return top.Count;
        }
    }
}
