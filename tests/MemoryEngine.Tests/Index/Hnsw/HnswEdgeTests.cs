using MemoryEngine.Index;
using MemoryEngine.Kernels;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors that break graphs: none, one, all the same, all on a line, monstrous and zero ones.</summary>
public sealed class HnswEdgeTests
{
    [Fact]
    public void Nothing_is_found_among_nothing()
    {
        using var vectors = new TestVectors([], 4, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        Assert.Equal(0, index.Search([1, 2, 3, 4], 10, new Hit[3], out _));
        Assert.Equal(0, index.Search([1, 2, 3, 4], 10, new RowBits([ulong.MaxValue >> 63]), [], out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    [InlineData(40)]
    public void All_are_found_where_more_are_asked_for_than_there_are(int count)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors([.. Enumerable.Range(0, count).Select(_ => TestVectors.Gaussian(random, 8, 1f))], 8, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var hits = new Hit[100];
        var query = TestVectors.Gaussian(random, 8, 1f);
        Assert.Equal(count, index.Search(query, 1, hits, out _));
        Assert.Equal(vectors.Exact(query, count), hits.Take(count).Select(h => h.Row));
    }

    [Fact]
    public void Ten_thousand_equal_vectors_can_all_be_reached()
    {
        var same = new float[] { 1, 2, 3, 4, 5, 6, 7, 8 };
        using var vectors = new TestVectors([.. Enumerable.Repeat(same, 10_000)], 8, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        Assert.Null(GraphCheck.Problem(index.Graph));
        var hits = new Hit[500];
        Assert.Equal(500, index.Search(same, 10, hits, out _));
        Assert.All(hits, h => Assert.Equal(0f, h.Score));
        Assert.Equal(500, hits.Select(h => h.Row).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_on_a_line_are_found(bool isDoubled)
    {
        var vectorList = Enumerable.Range(0, 3000).Select(i => new float[] { isDoubled ? i / 2 : i, 7, 7 }).ToList();
        using var vectors = new TestVectors(vectorList, 3, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        Assert.Null(GraphCheck.Problem(index.Graph));
        var hits = new Hit[10];
        foreach (var at in (float[])[0, 700.2f, 1499])
        {
            float[] query = [at, 7, 7];
            Assert.Equal(10, index.Search(query, 100, hits, out _));
            var worst = vectors.Exact(query, 10).Max(row => Math.Abs(vectorList[row][0] - at));
            // The codes tell 255 places on the line apart: some two of each six vectors.
            Assert.All(hits, h => Assert.True(Math.Abs(vectorList[h.Row][0] - at) <= worst + 12, $"{h.Row} for {at}"));
        }
    }

    [Theory]
    [InlineData(1e18f)]
    [InlineData(1e30f)]
    [InlineData(1e-25f)]
    public void Norms_may_be_huge_and_tiny(float scale)
    {
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 1000, 12, 10);
        foreach (var vector in list)
            for (var i = 0; i < vector.Length; i++) vector[i] *= scale;
        foreach (var metric in (Metric[])[Metric.Cosine, Metric.L2])
        {
            if (metric == Metric.L2 && scale is < 1f or > 1e18f) continue;
            using var vectors = new TestVectors(list, 12, metric);
            using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
            var found = Enumerable.Range(0, 100).Count(row => First(index, list[row]) == row);
            Assert.True(found >= 98, $"seed {TestSeed.Value}: {metric} finds {found} of 100 by themselves");
        }
    }

    [Fact]
    public void A_few_monsters_do_not_spoil_the_others()
    {
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 1000, 12, 10);
        for (var i = 0; i < 12; i++) list[500][i] = 3e37f * (i - 6);
        list[600][3] = -1e25f;
        list[700].AsSpan().Clear();
        using var vectors = new TestVectors(list, 12, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        Assert.Null(GraphCheck.Problem(index.Graph));
        Assert.Equal(700, First(index, new float[12]));
        Assert.Equal(600, First(index, list[600]));
        Assert.Equal(500, First(index, list[500]));
        var found = Enumerable.Range(0, 100).Count(row => First(index, list[row]) == row);
        Assert.True(found >= 98, $"seed {TestSeed.Value}: {found} of 100");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(3000)]
    public void Bits_past_the_last_row_mean_nothing(int count)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors([.. Enumerable.Range(0, count).Select(_ => TestVectors.Gaussian(random, 8, 1f))], 8, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        index.WarmUp();
        var words = new ulong[(count / 64) + 9];
        Array.Fill(words, ulong.MaxValue);
        Assert.Equal(count, new RowBits(words).CountOf(count));
        Assert.Equal(Math.Min(count, 64), new RowBits(words.AsSpan(0, 1)).CountOf(count));
        Assert.Equal(0, new RowBits([]).CountOf(count));
        var hit = new Hit[1];
        var query = vectors.Rows.Span(count - 1).ToArray();
        Assert.Equal(1, index.Search(query, 1, new RowBits(words), hit, out _));
        // Only bits of rows that do not exist.
        Array.Clear(words);
        words[^1] = ulong.MaxValue;
        Assert.Equal(0, index.Search(query, 1, new RowBits(words), hit, out var cost));
        Assert.Equal(SearchWay.Skipped, cost.Way);
    }

    [Fact]
    public void A_filter_that_a_walk_would_starve_on_still_gives_a_full_answer()
    {
        // Only the farthest match: a walk near the query sees none of them.
        using var vectors = new TestVectors([.. Enumerable.Range(0, 5000).Select(i => new float[] { i, 1 })], 2, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var words = new ulong[(5000 / 64) + 1];
        for (var row = 4000; row < 5000; row++) words[row / 64] |= 1UL << (row % 64);
        var hits = new Hit[5];
        Assert.Equal(5, index.Search([0, 1], 10, new RowBits(words), hits, out var cost));
        Assert.Equal([4000, 4001, 4002, 4003, 4004], hits.Select(h => h.Row));
        Assert.True(cost.Scanned);
    }

    [Theory]
    [InlineData(0.6, nameof(SearchWay.Hidden))]
    [InlineData(0.2, nameof(SearchWay.Acorn))]
    [InlineData(0.02, nameof(SearchWay.Exact))]
    [InlineData(0.0, nameof(SearchWay.Skipped))]
    public void The_way_follows_from_how_many_match(double part, string wayName)
    {
        var way = Enum.Parse<SearchWay>(wayName);
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 8000, 16, 20);
        using var vectors = new TestVectors(list, 16, Metric.Cosine);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var words = new ulong[8000 / 64];
        for (var row = 0; row < 8000; row++)
            if (random.NextDouble() < part) words[row / 64] |= 1UL << (row % 64);
        var hits = new Hit[10];
        var found = index.Search(list[7], 20, new RowBits(words), hits, out var cost);
        Assert.Equal((way, way == SearchWay.Exact), (cost.Way, cost.Scanned));
        Assert.Equal(part == 0 ? 0 : 10, found);
        Assert.Equal(new RowBits(words).Count(), way == SearchWay.Exact ? cost.FloatDistances : new RowBits(words).Count());
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.25)]
    [InlineData(0.6)]
    public void Matches_that_all_lie_far_away_or_all_near_are_found(double part)
    {
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 6000, 16, 60);
        using var vectors = new TestVectors(list, 16, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        foreach (var isFar in (bool[])[false, true])
        {
            var (found, hits) = (0, new Hit[10]);
            for (var i = 0; i < 20; i++)
            {
                var query = TestVectors.Gaussian(random, 16, 1f);
                var byDistance = vectors.Exact(query, 6000);
                var count = (int)(part * 6000);
                var matching = (isFar ? byDistance.TakeLast(count) : byDistance.Take(count)).ToArray();
                var words = new ulong[(6000 / 64) + 1];
                foreach (var row in matching) words[row / 64] |= 1UL << (row % 64);
                Assert.Equal(10, index.Search(query, 64, new RowBits(words), hits, out _));
                found += hits.Count(h => matching.Take(10).Contains(h.Row));
            }
            Assert.True(found >= 190, $"seed {TestSeed.Value}: {found} of 200, far: {isFar}");
        }
    }

    [Fact]
    public void One_thread_builds_the_same_graph_every_time()
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 3000, 20, 30), 20, Metric.Cosine);
        using var first = HnswIndex.Build(vectors.Rows, new HnswOptions());
        using var second = HnswIndex.Build(vectors.Rows, new HnswOptions());
        foreach (var (a, b) in first.Graph.Parts.Zip(second.Graph.Parts)) AssertSame(a, b);
        // Codes are whole numbers: every width of the kernels compares them alike.
        foreach (var variant in Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported))
        {
            using var other = HnswIndex.Build(vectors.Rows, new HnswOptions(), variant);
            foreach (var (a, b) in first.Graph.Parts.Zip(other.Graph.Parts)) AssertSame(a, b);
        }
    }

    [Fact]
    public async Task Many_threads_search_at_once()
    {
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 2000, 20, 30);
        using var vectors = new TestVectors(list, 20, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var alone = list.Take(200).Select(q => Rows(index, q)).ToArray();
        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => list.Take(200).Select(q => Rows(index, q)).ToArray())));
        foreach (var answers in together)
            for (var i = 0; i < alone.Length; i++) Assert.Equal(alone[i], answers[i]);
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        var random = new Random(TestSeed.Value);
        var list = TestVectors.Clustered(random, 2000, 20, 30);
        using var vectors = new TestVectors(list, 20, Metric.Cosine);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var hits = new Hit[10];
        for (var i = 0; i < 100; i++) index.Search(list[i], 64, hits, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) index.Search(list[i], 64, hits, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static int First(HnswIndex index, float[] query)
    {
        var hit = new Hit[1];
        Assert.Equal(1, index.Search(query, 64, hit, out _));
        return hit[0].Row;
    }

    private static int[] Rows(HnswIndex index, float[] query)
    {
        var hits = new Hit[10];
        return [.. hits.Take(index.Search(query, 40, hits, out _)).Select(h => h.Row)];
    }

    private static unsafe void AssertSame(NativeSpan a, NativeSpan b) =>
        Assert.True(new ReadOnlySpan<byte>(a.First, (int)a.Bytes).SequenceEqual(new ReadOnlySpan<byte>(b.First, (int)b.Bytes)));
}
