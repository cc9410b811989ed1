using MemoryEngine.Index;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors in memory: what their codes and the vectors of the nearest find, beside comparing with every one of them.</summary>
public sealed class ColumnCodesTests(ITestOutputHelper output)
{
    private const int Dimension = 96;
    private const int K = 10;

    [Theory]
    [InlineData(Metric.Cosine, 1f, false)]
    [InlineData(Metric.Cosine, 1f, true)]
    [InlineData(Metric.Dot, 1f, false)]
    [InlineData(Metric.L2, 1f, true)]
    [InlineData(Metric.L2, 1e15f, false)]
    public void Many_are_found_by_their_codes_with_the_scores_of_an_exact_search(Metric metric, float scale, bool movesOn)
    {
        var random = new Random(TestSeed.Value);
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        const int Vectors = 3_000;
        var (column, rows) = (new VectorColumn(Dimension, metric), new List<int>());
        for (var row = 7; rows.Count < Vectors; row += 1 + (random.Next(50) == 0 ? random.Next(3) : 0))
        {
            // Later ones may lie elsewhere than the first chunk, around which all are coded.
            column.Add(row, Vector(random, scale, movesOn ? rows.Count / 1_000 : 0));
            rows.Add(row);
        }
        var (found, wanted) = (0, 0);
        for (var round = 0; round < 60; round++)
        {
            var share = round % 3 == 0 ? 1 : 0.7;
            var seen = round % 2 == 0 ? rows[^1] + 1 : rows[random.Next(2_000, Vectors)];
            var match = new ulong[BitWords.WordsFor(seen)];
            for (var row = 0; row < seen; row++) if (random.NextDouble() < share) match[row >> 6] |= 1UL << row;
            var query = new float[Dimension];
            VectorColumn.Prepare(Vector(random, scale, movesOn ? random.Next(3) : 0), metric, query);
            var hits = new TopHits(new Hit[K]);
            var candidates = Candidates();
            var cost = column.Search(query, match, ref candidates, ref hits, out var matching);
            var matches = rows.Where(row => row < seen && BitWords.Has(match, row)).ToHashSet();
            Assert.Equal(matches.Count, matching);
            // All but the last chunk, which is not whole, have codes.
            Assert.InRange(cost.CodeDistances, 1_000, matching);
            Assert.InRange(cost.FloatDistances, K, 600);
            var expected = Exact(column, query, metric, matches);
            foreach (var hit in hits.Best)
            {
                Assert.Contains(hit.Row, matches);
                if (expected.TryGetValue(hit.Row, out var score)) Assert.Equal(score, hit.Score, Math.Abs(score) * 1e-4f);
            }
            found += hits.Best.ToArray().Count(hit => expected.ContainsKey(hit.Row));
            wanted += K;
        }
        output.WriteLine($"{found} of {wanted}");
        Assert.True(found >= 0.99 * wanted, $"Only {found} of {wanted} were found.");
    }

    [Fact]
    public void A_thousand_are_compared_one_by_one_and_so_are_few_that_match()
    {
        var random = new Random(TestSeed.Value);
        var column = new VectorColumn(Dimension, Metric.Cosine);
        for (var row = 0; row < 2_000; row++)
        {
            column.Add(row, Vector(random, 1, 0));
            if (row is not (999 or 1_999)) continue;
            var hits = new TopHits(new Hit[K]);
            var match = new ulong[BitWords.WordsFor(2_000)];
            match.AsSpan(0, 15).Fill(ulong.MaxValue);
            var candidates = Candidates();
            var cost = column.Search(column.Vector(3), match, ref candidates, ref hits, out var matching);
            Assert.Equal((960, 0L, 960L), (matching, cost.CodeDistances, cost.FloatDistances));
            Assert.Equal(3, hits.Best[0].Row);
        }
    }

    [Fact]
    public void What_was_erased_left_neither_a_vector_nor_a_code()
    {
        var random = new Random(TestSeed.Value);
        var column = new VectorColumn(Dimension, Metric.Dot);
        for (var row = 0; row < 2_048; row++) column.Add(row, Vector(random, 1, 1));
        var query = column.Vector(700).ToArray();
        column.Erase(700);
        var match = new ulong[BitWords.WordsFor(2_048)];
        Array.Fill(match, ulong.MaxValue);
        var hits = new TopHits(new Hit[K]);
        var candidates = Candidates();
        Assert.Equal(2_048, column.Search(query, match, ref candidates, ref hits, out _).CodeDistances);
        Assert.DoesNotContain(hits.Best.ToArray(), hit => hit.Row == 700);
        Assert.Equal(new float[Dimension], column.Vector(700).ToArray());
    }

    private static CodeCandidates Candidates() => new(new Hit[CodeCandidates.RoomFor(Dimension, K)]);

    private static Dictionary<int, float> Exact(VectorColumn column, float[] query, Metric metric, HashSet<int> matches)
    {
        var all = new List<Hit>();
        for (var slot = 0; slot < column.Count; slot++)
        {
            if (!matches.Contains(column.Row(slot))) continue;
            var sum = 0.0;
            var vector = column.Vector(slot);
            for (var i = 0; i < Dimension; i++)
                sum += metric == Metric.L2 ? -((double)query[i] - vector[i]) * ((double)query[i] - vector[i]) : (double)query[i] * vector[i];
            all.Add(new Hit(column.Row(slot), (float)sum));
        }
        return all.OrderByDescending(h => h.Score).ThenBy(h => h.Row).Take(K).ToDictionary(h => h.Row, h => h.Score);
    }

    private static float[] Vector(Random random, float scale, int place) =>
        [.. Enumerable.Range(0, Dimension).Select(i => (random.NextSingle() - 0.4f + (i % 3 == place ? 0.5f : 0)) * scale)];
}
