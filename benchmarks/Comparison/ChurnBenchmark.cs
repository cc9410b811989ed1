using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>
/// Replaces a part of the vectors again and again, each time with a merge from the graph before, and compares what is left
/// with a graph built anew of the same vectors. Replaced vectors come from the same distribution.
/// </summary>
internal static unsafe class ChurnBenchmark
{
    private const int Ef = 80;

    public static void Run(Arguments arguments)
    {
        var count = arguments.Number("--count") ?? 10_000;
        var cycles = arguments.Number("--cycles") ?? 100;
        var percent = arguments.Number("--percent") ?? 33;
        var most = (arguments.Number("--most-dropped") ?? 30) / 100.0;
        var name = arguments.Text("--set") ?? "clustered128";
        // All that will ever be in it is drawn beforehand, so that queries and vectors are of one distribution.
        var replaced = (int)((long)count * percent / 100);
        var pool = DataSets.Make(name, count + (cycles * replaced), Environment.GetEnvironmentVariable("MEMORYENGINE_DATA"));
        var options = arguments.Options with { MostDropped = most };
        var random = new Random(1);
        var dimension = pool.Rows.Dimension;
        var first = (float*)NativeMemory.AlignedAlloc((nuint)count * (nuint)dimension * sizeof(float), 64);
        var rows = new VectorRows(first, count, dimension, pool.Rows.Metric);
        var keys = new long[count];
        for (var row = 0; row < count; row++) Put(row, row);
        var index = HnswIndex.Build(rows, options with { Keys = keys.ToArray() });
        var lines = new List<string>
        {
            $"{name}: {count:N0} vectors of {dimension} dimensions, {cycles} cycles that replace {percent} % each; more than " +
            $"{most:P0} gone is built anew. recall@10 at ef {Ef} of {pool.Queries.Count:N0} queries.",
            "cycle  recall  built anew  difference  ms of processor time a replaced vector",
        };
        var (next, spent) = (count, 0.0);
        for (var cycle = 1; cycle <= cycles; cycle++)
        {
            var newRows = Enumerable.Range(0, count).ToArray();
            foreach (var row in Enumerable.Range(0, count).OrderBy(_ => random.Next()).Take(replaced).ToArray())
            {
                Put(row, next++);
                newRows[row] = -1;
            }
            var before = Cpu.Seconds();
            var merged = HnswIndex.Merge(index.Graph, newRows, rows, options with { Keys = keys.ToArray() });
            spent += Cpu.Seconds() - before;
            index.Dispose();
            index = merged;
            if (cycle is not (1 or 3 or 10 or 30) && cycle != cycles) continue;
            using var built = HnswIndex.Build(rows, options with { Keys = keys.ToArray() });
            var set = new DataSet(name, rows, pool.Queries);
            set.FindTruth(null);
            var (of, against) = (Recall(set, index), Recall(set, built));
            lines.Add($"{cycle,5}  {of:0.0000}  {against:0.0000}      {of - against,7:0.0000}    {spent * 1000 / ((double)cycle * replaced):0.000}");
            if (SealGate.Judge(index, 0).Problem is { } problem) lines.Add($"NOT FIT: {problem}");
        }
        arguments.Write($"churn-{name}-{percent}-{most * 100:0}.txt", to => lines.ForEach(to.WriteLine));

        void Put(int row, int from)
        {
            pool.Rows.Span(from).CopyTo(new Span<float>(rows[row], dimension));
            keys[row] = from;
        }
    }

    private static double Recall(DataSet set, HnswIndex index)
    {
        var ids = new long[set.Queries.Count * DataSet.K];
        Span<Hit> hits = stackalloc Hit[DataSet.K];
        for (var i = 0; i < set.Queries.Count; i++)
        {
            var found = index.Search(set.Query(i), Ef, hits, out _);
            for (var j = 0; j < DataSet.K; j++) ids[(i * DataSet.K) + j] = j < found ? hits[j].Row : -1;
        }
        fixed (long* pointer = ids) return set.Recall(pointer);
    }
}
