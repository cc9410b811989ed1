using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using MemoryEngine.Index;
using MemoryEngine.Segments;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// What a recall takes while nothing else goes on, and while memories are imported, sealed and merged beside it; what it finds of the
/// true nearest before and after; and how many bytes are written into segments for each byte that is there in the end.
/// </summary>
internal static class ImportingBenchmark
{
    private const int Dimension = 384;
    private const int Batch = 1_000;
    private const int Topics = 2_000;
    private const int Judged = 500;
    private const int K = 10;
    private static readonly VectorSpace Space = new("v", Dimension, Metric.Cosine);

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var (count, more) = ((int)arguments.Number("count", 100_000), (int)arguments.Number("more", 30_000));
        var usual = new SegmentLimits();
        var limits = new SegmentLimits((int)arguments.Number("seal", usual.SealRows), (int)arguments.Number("graph", usual.GraphVectors));
        var directory = Directory.CreateTempSubdirectory("memengine-importing-").FullName;
        try
        {
            RunAsync(Path.Combine(directory, "pool"), count, more, (int)arguments.Number("quiet", 20), limits).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RunAsync(string root, int count, int more, int quietSeconds, SegmentLimits limits)
    {
        var disk = new CountingFiles($"{Path.DirectorySeparatorChar}segments{Path.DirectorySeparatorChar}");
        var options = new MemoryStoreOptions
        {
            LexicalOnly = true,
            Spaces = [Space],
            Durability = Durability.Process,
            Files = disk,
            SegmentLimits = limits,
        };
        var source = new Source();
        var truth = Nearest(source, 0, count, earlier: null);
        var truthAfter = Nearest(source, count, count + more, truth);
        var store = await MemoryStore.OpenAsync(root, options);
        var watch = Stopwatch.StartNew();
        await ImportAsync(store, source, 0, count);
        var imported = watch.Elapsed;
        await store.SettleAsync();
        Say("import", $"{count:N0} memories in {imported.TotalSeconds:F1} s, settled {(watch.Elapsed - imported).TotalSeconds:F1} s later");
        var first = disk.Written;

        var before = Recall(store, source, quietSeconds, static () => false);
        Say("quiet, before", before);
        SayRecall("  found of the nearest", store, source, truth);
        var written = disk.Written;
        watch.Restart();
        var import = Task.Run(async () =>
        {
            await ImportAsync(store, source, count, count + more);
            var came = watch.Elapsed;
            await store.SettleAsync();
            return (came, Settled: watch.Elapsed);
        });
        var during = Recall(store, source, int.MaxValue, () => import.IsCompleted);
        var (came, settled) = await import;
        Say("while importing", during);
        Say("  it took", $"{more:N0} memories in {came.TotalSeconds:F1} s, settled after {settled.TotalSeconds:F1} s");
        var after = Recall(store, source, quietSeconds, static () => false);
        Say("quiet, after", after);
        SayRecall("  found of the nearest", store, source, truthAfter);
        SayTimes("p99 against quiet", r => r.Walls.P99);
        SayTimes("  of processor time", r => r.Processor.P99);
        Say("written", $"{first / 1e6:N0} MB into segments at first, {(disk.Written - written) / 1e6:N0} MB while importing");
        // The close leaves the files that are needed, and no other.
        await store.DisposeAsync();
        SayBytes("written in all", disk.Written, root);
        Say("limits", $"{limits}");
        Say("host", Host.Load);

        void SayTimes(string what, Func<Recalls, double> of) =>
            Say(what, $"{of(during) / of(before):F2} times that before, {of(during) / of(after):F2} times that after");
    }

    private static async Task ImportAsync(MemoryStore store, Source source, int from, int to)
    {
        for (var at = from; at < to; at += Batch)
            await store.RememberManyAsync([.. Enumerable.Range(at, Math.Min(Batch, to - at)).Select(source.Draft)]);
    }

    private static Recalls Recall(MemoryStore store, Source source, int seconds, Func<bool> isOver)
    {
        var queries = Enumerable.Range(0, 1_000).Select(i => new RecallQuery { Vector = source.Query(i), Space = "v", K = 3 }).ToArray();
        var (walls, processor) = (new List<double>(), new List<double>());
        for (var (begun, i) = (Stopwatch.GetTimestamp(), 0); !isOver() && Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds; i++)
        {
            var (start, used) = (Stopwatch.GetTimestamp(), ThreadTime.Now);
            var recall = store.RecallAsync(queries[i % queries.Length]);
            var result = recall.IsCompleted ? recall.Result : recall.AsTask().GetAwaiter().GetResult();
            walls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            processor.Add((ThreadTime.Now - used).TotalMilliseconds);
            if (result.Memories.Count != 3) throw new InvalidOperationException($"A recall found {result.Memories.Count} memories.");
        }
        return new Recalls(Percentiles.Of(walls), Percentiles.Of(processor));
    }

    // The nearest of each of the first queries, among memories from one to another and those of an earlier range.
    private static Hit[][] Nearest(Source source, int from, int to, Hit[][]? earlier)
    {
        var queries = Enumerable.Range(0, Judged).Select(i => Unit(source.Query(i))).ToArray();
        var nearest = Enumerable.Range(0, Judged).Select(i => earlier?[i].ToList() ?? []).ToArray();
        for (var memory = from; memory < to; memory++)
        {
            var vector = Unit(source.Draft(memory).Vectors["v"].ToArray());
            for (var i = 0; i < Judged; i++)
            {
                var score = TensorPrimitives.Dot<float>(queries[i], vector);
                if (nearest[i].Count == K && score <= nearest[i][^1].Score) continue;
                if (nearest[i].Count == K) nearest[i].RemoveAt(K - 1);
                var at = nearest[i].FindIndex(hit => hit.Score < score);
                nearest[i].Insert(at < 0 ? nearest[i].Count : at, new Hit(memory, score));
            }
        }
        return [.. nearest.Select(hits => hits.ToArray())];

        static float[] Unit(float[] vector)
        {
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            return vector;
        }
    }

    // As they are timed: nothing is explained, since that searches deeper. None of the memories is left out of an answer for another.
    private static void SayRecall(string what, MemoryStore store, Source source, Hit[][] truth)
    {
        var shares = new int[] { 3, K }.Select(k => $"{Share(k):F4} at k = {k}");
        Say(what, $"{string.Join(", ", shares)} ({Judged} queries, beside comparing with all)");

        double Share(int k) => Enumerable.Range(0, Judged).Sum(i => Found(i, k)) / (double)(Judged * k);

        int Found(int i, int k)
        {
            var result = store.RecallAsync(new RecallQuery { Vector = source.Query(i), Space = "v", K = k, Record = false })
                .AsTask().GetAwaiter().GetResult();
            var numbers = result.Memories.Select(memory => Source.NumberOf(memory.Memory.Text)).ToHashSet();
            return truth[i].Take(k).Count(hit => numbers.Contains(hit.Row));
        }
    }

    private static void SayBytes(string what, long written, string root)
    {
        var there = new DirectoryInfo(Path.Combine(root, "segments")).GetFiles().Sum(f => f.Length);
        Say(what, $"{written / 1e6:N0} MB into segments, of which there are {there / 1e6:N0} MB: {(double)written / there:F2} times");
    }

    private static void Say(string what, string how) => Console.WriteLine($"{what,-24} {how}");

    private static void Say(string what, Recalls recalls)
    {
        Say(what, recalls.Walls.ToString());
        Say("  of processor time", recalls.Processor.ToString());
    }

    /// <summary>What recalls took, and what their thread had of the processor meanwhile: on a busy host the others' turns are not in it.</summary>
    private readonly record struct Recalls(Percentiles Walls, Percentiles Processor);

    private readonly record struct Percentiles(int Count, double P50, double P99, double P999, double Max)
    {
        public static Percentiles Of(List<double> times)
        {
            times.Sort();
            return new Percentiles(times.Count, At(0.5), At(0.99), At(0.999), times[^1]);

            double At(double share) => times[Math.Min(times.Count - 1, (int)(share * times.Count))];
        }

        public override string ToString() => $"p50 {P50:F3} ms, p99 {P99:F3} ms, p99.9 {P999:F3} ms, max {Max:F1} ms ({Count:N0} timed one by one)";
    }

    /// <summary>Vectors around topics, as those of texts lie.</summary>
    private sealed class Source
    {
        private readonly float[][] _topics = [.. Enumerable.Range(0, Topics).Select(t => Direction(new Random(t)))];

        public MemoryDraft Draft(int i) => new()
        {
            Text = $"memory {i} of topic {i % Topics}",
            Vectors = new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = Near(i % Topics, new Random(i)) },
        };

        public static int NumberOf(string text) => int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);

        public float[] Query(int i) => Near(i * 7 % Topics, new Random(-1 - i));

        private float[] Near(int topic, Random random)
        {
            var (centre, offset) = (_topics[topic], Direction(random));
            return [.. centre.Zip(offset, (c, o) => c + (0.7f * o))];
        }

        private static float[] Direction(Random random) => [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
    }
}
