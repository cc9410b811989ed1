using MemoryEngine.Index;
using MemoryEngine.Kernels;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index;

/// <summary>What the graph finds against exact search, for every metric, every kind of code and every variant of the kernels.</summary>
public sealed class HnswRecallTests
{
    public static TheoryData<string> Variants() =>
        [.. Enum.GetValues<KernelVariant>().Where(KernelDispatch.IsSupported).Select(v => v.ToString())];

    [Theory]
    [InlineData(Metric.L2, 8, 48)]
    [InlineData(Metric.Cosine, 8, 48)]
    [InlineData(Metric.Dot, 8, 48)]
    [InlineData(Metric.L2, 4, 100)]
    [InlineData(Metric.Cosine, 4, 100)]
    [InlineData(Metric.Dot, 4, 100)]
    [InlineData(Metric.L2, 1, 300)]
    [InlineData(Metric.Cosine, 1, 300)]
    public void Most_of_the_nearest_are_found(Metric metric, int bits, int ef)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 4000, 40, 60), 40, metric);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions { Bits = bits });
        var recall = Recall(vectors, index, random, ef);
        Assert.True(recall >= 0.95, $"seed {TestSeed.Value}: recall {recall}");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_variant_finds_as_much(string variant)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 1500, 33, 20), 33, Metric.L2);
        foreach (var bits in (int[])[8, 4])
        {
            using var index = HnswIndex.Build(vectors.Rows, new HnswOptions { Bits = bits }, Enum.Parse<KernelVariant>(variant));
            var recall = Recall(vectors, index, random, 80);
            Assert.True(recall >= 0.95, $"seed {TestSeed.Value}: recall {recall} with {bits} bits");
        }
    }

    [Fact]
    public void Two_threads_build_as_good_a_graph()
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 4000, 24, 60), 24, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions { Threads = 2 });
        Assert.Null(GraphCheck.Problem(index.Graph));
        var recall = Recall(vectors, index, random, 64);
        Assert.True(recall >= 0.95, $"seed {TestSeed.Value}: recall {recall}");
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Only_what_beats_what_was_found_elsewhere_is_looked_for(int bits)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 4000, 40, 60), 40, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions { Bits = bits });
        var every = new ulong[BitWords.WordsFor(4000)];
        Array.Fill(every, ulong.MaxValue);
        var (all, some, others) = (new Hit[20], new Hit[20], new Hit[20]);
        var (wanted, found, compared, comparedAll) = (0, 0, 0L, 0L);
        for (var i = 0; i < 100; i++)
        {
            var query = vectors.Rows.Span(random.Next(4000)).ToArray();
            for (var at = 0; at < query.Length; at++) query[at] += 0.1f * random.NextSingle();
            Assert.Equal(20, index.Search(query, 100, all, out var cost));
            comparedAll += cost.FloatDistances;
            var toBeat = all[5].Score;
            var better = all.Where(hit => hit.Score > toBeat).ToHashSet();
            wanted += better.Count;
            found += some.AsSpan(0, index.Search(query, 100, toBeat, some, out cost)).ToArray().Count(better.Contains);
            Assert.False(cost.Scanned);
            compared += cost.FloatDistances;
            Assert.Equal(
                some.Count(better.Contains),
                others.AsSpan(0, index.Search(query, 100, new RowBits(every), toBeat, others, out _)).ToArray().Count(better.Contains));
            // Nothing beats what is nearer than all: a few are compared to see it, and it is no reason to compare all.
            index.Search(query, 100, float.MaxValue, some, out cost);
            Assert.InRange(cost.FloatDistances, 0, 9);
        }
        Assert.True(found >= 0.99 * wanted, $"seed {TestSeed.Value}: {found} of {wanted} with {bits} bits");
        Assert.True(compared < 0.8 * comparedAll, $"{compared} vectors were compared, of {comparedAll}.");
    }

    [Fact]
    public void Scores_are_those_of_the_vectors_best_first()
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 1000, 16, 10), 16, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var query = TestVectors.Gaussian(random, 16, 1f);
        var hits = new Hit[25];
        Assert.Equal(25, index.Search(query, 50, hits, out var cost));
        Assert.True(cost.CodeDistances > 25 && cost.FloatDistances >= 25 && !cost.Scanned);
        foreach (var hit in hits)
        {
            var distance = vectors.Rows.Span(hit.Row).ToArray().Zip(query, (a, b) => ((double)a - b) * (a - b)).Sum();
            Assert.Equal(-distance, hit.Score, 1e-3);
        }
        Assert.Equal(hits.OrderByDescending(h => h.Score).ThenBy(h => h.Row), hits);
        Assert.Equal(25, hits.Select(h => h.Row).Distinct().Count());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(700)]
    public void Filtered_answers_are_full_and_right(int oneIn)
    {
        var random = new Random(TestSeed.Value);
        using var vectors = new TestVectors(TestVectors.Clustered(random, 6000, 24, 60), 24, Metric.L2);
        using var index = HnswIndex.Build(vectors.Rows, new HnswOptions());
        var words = new ulong[(6000 / 64) + 1];
        for (var row = 0; row < 6000; row++)
            if (random.Next(oneIn) == 0) words[row / 64] |= 1UL << (row % 64);
        var (found, wanted) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            var query = TestVectors.Gaussian(random, 24, 1f);
            var hits = new Hit[10];
            var count = index.Search(query, 40, new RowBits(words), hits, out _);
            var exact = vectors.Exact(query, 10, row => new RowBits(words).Has(row));
            Assert.Equal(exact.Length, count);
            foreach (var hit in hits.AsSpan(0, count)) Assert.True(new RowBits(words).Has(hit.Row));
            found += hits.Take(count).Count(h => exact.Contains(h.Row));
            wanted += exact.Length;
        }
        Assert.True(found >= 0.95 * wanted, $"seed {TestSeed.Value}: {found} of {wanted}");
    }

    private static double Recall(TestVectors vectors, HnswIndex index, Random random, int ef)
    {
        const int Queries = 60;
        var (found, dimension) = (0, vectors.Rows.Dimension);
        var hits = new Hit[10];
        for (var i = 0; i < Queries; i++)
        {
            // Near some vector, as a question is near what answers it.
            var near = vectors.Rows.Span(random.Next(vectors.Rows.Count)).ToArray();
            var spread = vectors.Rows.Metric == Metric.Cosine ? 0.05f : 0.3f;
            var query = TestVectors.Gaussian(random, dimension, spread).Select((v, j) => v + near[j]).ToArray();
            var count = index.Search(query, ef, hits, out _);
            var exact = vectors.Exact(query, 10);
            found += hits.Take(count).Count(h => exact.Contains(h.Row));
        }
        return found / (10.0 * Queries);
    }
}
