using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index;

/// <summary>Graphs made from older ones: what is gone is bridged, what is new is inserted, and no answer is worse for it.</summary>
public sealed class HnswMergeTests
{
    [Theory]
    [InlineData(Metric.L2, 0.0, 0.5)]
    [InlineData(Metric.Cosine, 0.1, 0.0)]
    [InlineData(Metric.L2, 0.25, 0.0)]
    [InlineData(Metric.Dot, 0.25, 0.3)]
    [InlineData(Metric.L2, 0.6, 0.3)]
    [InlineData(Metric.L2, 1.0, 1.0)]
    public void A_merged_graph_finds_as_much_as_a_fresh_one(Metric metric, double dropped, double added)
    {
        var random = new Random(TestSeed.Value);
        var all = TestVectors.Clustered(random, 4000, 32, 60);
        var before = all[..2500];
        var survivors = before.Select((v, i) => (v, i)).Where(_ => random.NextDouble() >= dropped).ToArray();
        var fresh = all[2500..(2500 + (int)(added * 1500))];
        // The new ones go between the old ones, so that every row changes its number.
        var order = survivors.Select(s => (Old: s.i, s.v)).Concat(fresh.Select(v => (Old: -1, v))).ToArray();
        random.Shuffle(order);
        var newRows = Enumerable.Repeat(-1, 2500).ToArray();
        for (var row = 0; row < order.Length; row++)
            if (order[row].Old >= 0) newRows[order[row].Old] = row;

        using var oldVectors = new TestVectors(before, 32, metric);
        using var old = HnswIndex.Build(oldVectors.Rows, new HnswOptions());
        using var vectors = new TestVectors([.. order.Select(o => o.v)], 32, metric);
        using var merged = HnswIndex.Merge(old.Graph, newRows, vectors.Rows, new HnswOptions());
        using var built = HnswIndex.Build(vectors.Rows, new HnswOptions());
        Assert.Null(GraphCheck.Problem(merged.Graph));
        var (of, against) = (Recall(vectors, merged), Recall(vectors, built));
        Assert.True(of >= against - 0.005, $"seed {TestSeed.Value}: {of} merged, {against} built anew");
        Assert.True(SealGate.Judge(merged, 0.95).Problem is null, $"seed {TestSeed.Value}: {SealGate.Judge(merged, 0.95)}");
    }

    [Fact]
    public void One_thread_merges_to_the_same_graph_every_time()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 2000, 20, 0.2, 0.2);
        using var first = cycle.Merge(new HnswOptions());
        using var second = cycle.Merge(new HnswOptions());
        AssertSame(first.Graph, second.Graph);
    }

    [Fact]
    public void Keys_draw_the_same_levels_wherever_a_vector_stands()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 3000, 8, 0.2, 0.3);
        long[] keys = [.. Enumerable.Range(0, cycle.After.Rows.Count).Select(row => 77_000L + (row * 3))];
        var oldKeys = new long[cycle.Before.Rows.Count];
        for (var row = 0; row < oldKeys.Length; row++) oldKeys[row] = cycle.NewRows[row] < 0 ? -1 - row : keys[cycle.NewRows[row]];
        using var old = HnswIndex.Build(cycle.Before.Rows, new HnswOptions { Keys = oldKeys });
        using var merged = HnswIndex.Merge(old.Graph, cycle.NewRows, cycle.After.Rows, new HnswOptions { Keys = keys });
        using var built = HnswIndex.Build(cycle.After.Rows, new HnswOptions { Keys = keys });
        Assert.Equal(built.Graph.Shape.NodesOn, merged.Graph.Shape.NodesOn);
        Assert.True(built.Graph.Shape.NodesOn.Length > 1);
        for (var level = 1; level < built.Graph.Shape.NodesOn.Length; level++)
            Assert.Equal(RowsOn(built.Graph, level), RowsOn(merged.Graph, level));
    }

    [Fact]
    public void Beyond_what_may_be_mended_it_is_the_graph_of_a_build()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 1500, 8, 0.5, 0.2);
        using var merged = cycle.Merge(new HnswOptions());
        using var built = HnswIndex.Build(cycle.After.Rows, new HnswOptions());
        AssertSame(built.Graph, merged.Graph);
        using var mended = cycle.Merge(new HnswOptions { MostDropped = 1 });
        Assert.Null(GraphCheck.Problem(mended.Graph));
        Assert.True(SealGate.Judge(mended, 0.95).Problem is null, $"seed {TestSeed.Value}: {SealGate.Judge(mended, 0.95)}");
    }

    [Fact]
    public void Two_threads_merge_as_well()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 4000, 24, 0.2, 0.5);
        using var merged = cycle.Merge(new HnswOptions { Threads = 2 });
        Assert.True(SealGate.Judge(merged, 0.97).Problem is null, $"seed {TestSeed.Value}: {SealGate.Judge(merged, 0.97)}");
    }

    [Fact]
    public void Many_cycles_of_replacing_lose_nothing()
    {
        const int Count = 1500;
        var random = new Random(TestSeed.Value);
        var centres = TestVectors.Clustered(random, 30, 24, 30);
        float[] Draw() => TestVectors.Gaussian(random, 24, 0.5f).Zip(centres[random.Next(30)], (a, b) => a + b).ToArray();
        var current = Enumerable.Range(0, Count).Select(_ => Draw()).ToArray();
        var vectors = new TestVectors(current, 24, Metric.L2);
        var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        for (var cycle = 0; cycle < 12; cycle++)
        {
            var newRows = Enumerable.Range(0, Count).ToArray();
            foreach (var row in newRows.ToArray().Where(_ => random.Next(4) == 0))
                (current[row], newRows[row]) = (Draw(), -1);
            var next = new TestVectors(current, 24, Metric.L2);
            var merged = HnswIndex.Merge(index.Graph, newRows, next.Rows, new HnswOptions());
            index.Dispose();
            vectors.Dispose();
            (index, vectors) = (merged, next);
            Assert.Null(GraphCheck.Problem(index.Graph));
        }
        using var built = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var (of, against) = (Recall(vectors, index), Recall(vectors, built));
        index.Dispose();
        vectors.Dispose();
        Assert.True(of >= against - 0.005, $"seed {TestSeed.Value}: {of} after twelve cycles, {against} built anew");
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 11)]
    [InlineData(11, 3, 1)]
    [InlineData(11, 0, 0)]
    [InlineData(11, 0, 2000)]
    public void Tiny_graphs_merge_too(int count, int dropped, int added)
    {
        var random = new Random(TestSeed.Value);
        var list = Enumerable.Range(0, count + added).Select(_ => TestVectors.Gaussian(random, 6, 1f)).ToArray();
        using var oldVectors = new TestVectors(list[..count], 6, Metric.L2);
        using var old = HnswIndex.Build(oldVectors.Rows, new HnswOptions());
        using var vectors = new TestVectors(list[dropped..], 6, Metric.L2);
        var newRows = Enumerable.Range(0, count).Select(row => row < dropped ? -1 : row - dropped).ToArray();
        using var merged = HnswIndex.Merge(old.Graph, newRows, vectors.Rows, new HnswOptions());
        Assert.Equal(new SealVerdict(null, 1), SealGate.Judge(merged, 1) with { Recall = 1 });
        var hits = new Hit[12];
        var query = TestVectors.Gaussian(random, 6, 1f);
        var found = merged.Search(query, 200, hits, out _);
        Assert.Equal(vectors.Exact(query, 12), hits.Take(found).Select(h => h.Row));
    }

    [Fact]
    public void Equal_vectors_stay_within_reach()
    {
        float[] same = [1, 2, 3, 4];
        using var oldVectors = new TestVectors([.. Enumerable.Repeat(same, 6000)], 4, Metric.L2);
        using var old = HnswIndex.Build(oldVectors.Rows, new HnswOptions());
        using var vectors = new TestVectors([.. Enumerable.Repeat(same, 10_000)], 4, Metric.L2);
        var newRows = Enumerable.Range(0, 6000).Select(row => row % 5 == 0 ? -1 : row).ToArray();
        using var merged = HnswIndex.Merge(old.Graph, newRows, vectors.Rows, new HnswOptions());
        Assert.Equal(new SealVerdict(null, 1), SealGate.Judge(merged, 1));
        var hits = new Hit[500];
        Assert.Equal(500, merged.Search(same, 10, hits, out _));
        Assert.Equal(500, hits.Select(h => h.Row).Distinct().Count());
    }

    [Fact]
    public void Neighbours_on_a_line_and_monsters_are_bridged()
    {
        var list = Enumerable.Range(0, 3000).Select(i => new float[] { i, 7, 7 }).ToList();
        list[1500][1] = 2e30f;
        using var oldVectors = new TestVectors(list, 3, Metric.L2);
        using var old = HnswIndex.Build(oldVectors.Rows, new HnswOptions());
        // A gap of a hundred neighbours, wider than any list of links.
        var newRows = Enumerable.Range(0, 3000).Select(row => row is >= 1000 and < 1100 ? -1 : row >= 1100 ? row - 100 : row).ToArray();
        list.RemoveRange(1000, 100);
        using var vectors = new TestVectors(list, 3, Metric.L2);
        using var merged = HnswIndex.Merge(old.Graph, newRows, vectors.Rows, new HnswOptions());
        Assert.Null(GraphCheck.Problem(merged.Graph));
        var hits = new Hit[1];
        foreach (var at in (float[])[3, 990, 1105, 2950])
        {
            Assert.Equal(1, merged.Search([at, 7, 7], 200, hits, out _));
            // Codes tell 255 places on the line apart.
            Assert.InRange(list[hits[0].Row][0], at - 12, at + 12);
        }
        Assert.Equal(1, merged.Search([1500, 2e30f, 7], 50, hits, out _));
        Assert.Equal(1400, hits[0].Row);
    }

    [Fact]
    public void A_build_stops_when_it_is_told_to_and_pauses_on_the_way()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 3000, 16, 0.2, 0.5);
        foreach (var threads in (int[])[1, 2])
        {
            using var source = new CancellationTokenSource();
            var pauses = 0;
            var options = new HnswOptions
            {
                Threads = threads,
                Cancellation = source.Token,
                Pause = () =>
                {
                    if (Interlocked.Increment(ref pauses) == 60) source.Cancel();
                },
            };
            Assert.ThrowsAny<OperationCanceledException>(() => HnswIndex.Build(cycle.Before.Rows, options));
            Assert.InRange(pauses, 60, 64);
        }
        var all = 0;
        cycle.Merge(new HnswOptions { Pause = () => all++ }).Dispose();
        // At least once for every sixteen that are inserted.
        Assert.True(all > cycle.Added / 16, $"{all} pauses for {cycle.Added} vectors");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var random = new Random(TestSeed.Value);
        using var cycle = new Cycle(random, 100, 4, 0, 0.1);
        var (graph, rows, options) = (cycle.Old.Graph, cycle.After.Rows, new HnswOptions());
        Assert.Throws<ArgumentException>(() => HnswIndex.Merge(graph, cycle.NewRows.AsSpan(1), rows, options));
        Assert.Throws<ArgumentException>(() => HnswIndex.Merge(graph, new int[100], rows, options));
        Assert.Throws<ArgumentException>(() => HnswIndex.Merge(graph, [.. cycle.NewRows[1..], rows.Count], rows, options));
        Assert.Throws<ArgumentException>(() => HnswIndex.Merge(graph, cycle.NewRows, rows, options with { Keys = new long[3] }));
        using var other = new TestVectors([new float[5]], 5, Metric.L2);
        Assert.Throws<ArgumentException>(() => HnswIndex.Merge(graph, cycle.NewRows, other.Rows, options));
    }

    private static int[] RowsOn(HnswGraph graph, int level)
    {
        var rows = new int[graph.Shape.NodesOn[level]];
        unsafe
        {
            for (var node = 0; node < rows.Length; node++) rows[node] = graph.Rows[node];
        }
        return [.. rows.Order()];
    }

    private static unsafe void AssertSame(HnswGraph first, HnswGraph second)
    {
        foreach (var (a, b) in first.Parts.Zip(second.Parts))
            Assert.True(new ReadOnlySpan<byte>(a.First, (int)a.Bytes).SequenceEqual(new ReadOnlySpan<byte>(b.First, (int)b.Bytes)));
    }

    /// <summary>of the ten nearest of 60 queries near vectors, at an ef where some are missed.</summary>
    private static double Recall(TestVectors vectors, HnswIndex index)
    {
        var random = new Random(TestSeed.Value + 1);
        var (found, hits, dimension) = (0, new Hit[10], vectors.Rows.Dimension);
        for (var i = 0; i < 60; i++)
        {
            var near = vectors.Rows.Span(random.Next(vectors.Rows.Count)).ToArray();
            var query = TestVectors.Gaussian(random, dimension, 0.2f).Select((v, j) => v + near[j]).ToArray();
            var exact = vectors.Exact(query, 10);
            found += hits.Take(index.Search(query, 64, hits, out _)).Count(h => exact.Contains(h.Row));
        }
        return found / 600.0;
    }

    /// <summary>An index, and the vectors of the next one.</summary>
    private sealed class Cycle : IDisposable
    {
        public Cycle(Random random, int count, int dimension, double dropped, double added)
        {
            Added = (int)(count * added);
            var all = TestVectors.Clustered(random, count + Added, dimension, 20);
            var kept = Enumerable.Range(0, count).Where(_ => random.NextDouble() >= dropped).ToArray();
            NewRows = [.. Enumerable.Repeat(-1, count)];
            for (var i = 0; i < kept.Length; i++) NewRows[kept[i]] = i;
            Before = new TestVectors(all[..count], dimension, Metric.L2);
            After = new TestVectors([.. kept.Select(i => all[i]), .. all[count..]], dimension, Metric.L2);
            Old = HnswIndex.Build(Before.Rows, new HnswOptions());
        }

        public int Added { get; }

        public int[] NewRows { get; }

        public TestVectors Before { get; }

        public TestVectors After { get; }

        public HnswIndex Old { get; }

        public HnswIndex Merge(HnswOptions options) => HnswIndex.Merge(Old.Graph, NewRows, After.Rows, options);

        public void Dispose()
        {
            Old.Dispose();
            Before.Dispose();
            After.Dispose();
        }
    }
}
