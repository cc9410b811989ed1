using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>The parts of search against the plainest way of computing the same.</summary>
public sealed class SearchOracleTests
{
    private static readonly string[] Words = ["lock", "thread", "pool", "cache", "index", "disk", "graph", "token"];

    [Fact]
    public void The_best_are_those_that_sorting_would_give()
    {
        var property = Prop.ForAll(Gen.ListOf(Gen.Choose(-5, 5)).ToArbitrary(), Gen.Choose(1, 12).ToArbitrary(), (scores, n) =>
        {
            var all = scores.Select((s, row) => new Hit(row, s)).ToList();
            var expected = all.OrderByDescending(h => h.Score).ThenBy(h => h.Row).Take(n);
            var top = new TopHits(new Hit[n]);
            // Rows come in any order.
            foreach (var hit in all.OrderBy(h => HashCode.Combine(h.Row, n))) top.Add(hit.Row, hit.Score);
            Assert.Equal(expected, top.Best.ToArray());
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), property);
    }

    [Fact]
    public void Bm25_is_that_of_the_book_over_what_is_live()
    {
        var document = Gen.ListOf(Gen.Elements(Words)).Select(w => w.ToArray());
        var property = Prop.ForAll(
            Gen.ListOf(document).Select(d => d.ToArray()).ToArbitrary(),
            document.ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            CheckBm25);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Dot)]
    [InlineData(Metric.L2)]
    public void Vectors_rank_as_they_do_in_double_precision(Metric metric)
    {
        var random = new Random(11);
        foreach (var scale in new[] { 1f, 1e-18f, 1e18f, 1e30f, 3e38f })
        {
            if (metric == Metric.L2 && scale < 1f) continue;
            const int Rows = 700;
            var column = new VectorColumn(8, metric);
            var vectors = Enumerable.Range(0, Rows).Select(_ => Vector(random, scale)).ToArray();
            for (var row = 0; row < Rows; row++) column.Add(row * 2, vectors[row]);
            var query = Vector(random, scale);
            var top = new TopHits(new Hit[20]);
            var prepared = new float[8];
            VectorColumn.Prepare(query, metric, prepared);
            column.Search(prepared, Bits(2 * Rows, row => row % 4 == 0), ref top);
            var expected = Enumerable.Range(0, Rows).Where(row => row % 2 == 0)
                .OrderByDescending(row => Similarity(metric, query, vectors[row])).ThenBy(row => row).ToList();
            Assert.Equal(20, top.Count);
            for (var i = 0; i < 20; i++)
            {
                Assert.False(float.IsNaN(top.Best[i].Score));
                var found = Similarity(metric, query, vectors[top.Best[i].Row / 2]);
                var wanted = Similarity(metric, query, vectors[expected[i]]);
                // Beyond what a float can say, all are equal.
                var saturated = Math.Abs(wanted) >= float.MaxValue && Math.Abs(found) >= float.MaxValue;
                var close = Math.Abs(found - wanted) <= 1e-5 * Math.Max(1e-30, Math.Abs(wanted));
                Assert.True(saturated || close, $"{metric} {scale}: {found}, not {wanted}");
            }
        }
    }

    [Fact]
    public void Fusion_sums_the_shares_of_both_ranks()
    {
        var rows = Gen.ListOf(Gen.Choose(0, 30)).Select(r => r.Distinct().ToArray());
        var property = Prop.ForAll(rows.ToArbitrary(), rows.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (vector, words, k) =>
        {
            var target = new FusedHit[k];
            var count = ReciprocalRankFusion.Fuse(Hits(vector), Hits(words), target);
            var expected = vector.Union(words)
                .Select(row => (Row: row, Score: Share(vector, row) + Share(words, row)))
                .OrderByDescending(e => e.Score).ThenBy(e => e.Row).Take(k).ToList();
            Assert.Equal(expected.Select(e => e.Row), target.Take(count).Select(t => t.Row));
            foreach (var (hit, e) in target.Zip(expected))
            {
                Assert.Equal(e.Score, hit.Scores.Fused, 1e-6f);
                Assert.Equal(Rank(vector, hit.Row), hit.Scores.VectorRank);
                Assert.Equal(Rank(words, hit.Row), hit.Scores.Bm25Rank);
                Assert.Equal(Rank(vector, hit.Row) is null, hit.Scores.Vector is null);
                Assert.Equal(Rank(words, hit.Row) is null, hit.Scores.Bm25 is null);
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);

        static Hit[] Hits(int[] rows) => [.. rows.Select((row, i) => new Hit(row, 100 - i))];
        static int? Rank(int[] rows, int row) => Array.IndexOf(rows, row) is >= 0 and var i ? i + 1 : null;
        static float Share(int[] rows, int row) => Rank(rows, row) is { } rank ? 1f / (60 + rank) : 0;
    }

    private static void CheckBm25(string[][] documents, string[] query, int seed)
    {
        var index = new LexicalIndex();
        for (var row = 0; row < documents.Length; row++) index.Add(row, Terms(documents[row]));
        var random = new Random(seed);
        var live = documents.Select(_ => random.Next(4) > 0).ToArray();
        var matching = documents.Select(_ => random.Next(3) > 0).ToArray();
        var rowCount = random.Next(documents.Length + 1);
        var rows = Enumerable.Range(0, rowCount).Where(row => live[row]).ToList();
        var mean = rows.Count == 0 ? 1 : Math.Max(1, rows.Average(row => documents[row].Length));
        var weights = query.Distinct().ToDictionary(w => w, _ => (float)random.NextDouble() + 0.1f);
        var expected = new List<(int Row, double Score)>();
        foreach (var row in rows.Where(row => matching[row] && query.Intersect(documents[row]).Any()))
        {
            var score = 0.0;
            foreach (var word in query.Distinct())
            {
                double frequency = documents[row].Count(w => w == word);
                double containing = rows.Count(r => documents[r].Contains(word));
                var idf = Math.Log(1 + ((rows.Count - containing + 0.5) / (containing + 0.5)));
                var normalised = 0.9 * (0.6 + (0.4 * documents[row].Length / mean));
                if (frequency > 0) score += weights[word] * idf * frequency * 1.9 / (frequency + normalised);
            }
            expected.Add((row, score));
        }
        var top = new TopHits(new Hit[documents.Length + 1]);
        using var asked = LexicalQuery.Of([.. weights.Keys.Select(Hash)], [.. weights.Values]);
        var liveBits = Bits(rowCount, row => live[row]);
        var view = new LexicalView(
            new LiveRowBits(liveBits, LiveRowBits.CountChunks(liveBits)), new RowBits(Bits(rowCount, row => live[row] && matching[row])),
            rows.Count, rows.Sum(row => documents[row].Length));
        WordsInMemory[] memory = [new WordsInMemory(index, 0, rowCount)];
        LexicalSearch.Search(new LexicalParts([], memory), asked, view, ref top);
        var found = top.Best.ToArray().ToDictionary(h => h.Row, h => h.Score);
        Assert.Equal(expected.Select(e => e.Row).Order(), found.Keys.Order());
        foreach (var (row, score) in expected) Assert.Equal(score, found[row], 1e-4);
    }

    private static ulong Hash(string word) => TermCounts.Of(word).Terms[0];

    private static TermCounts Terms(string[] words) => TermCounts.Of(string.Join(' ', words));

    private static float[] Vector(Random random, float scale) =>
        [.. Enumerable.Range(0, 8).Select(_ => (float)((random.NextDouble() * 2) - 1) * scale)];

    private static double Similarity(Metric metric, float[] a, float[] b)
    {
        double dot = 0, distance = 0, normA = 0, normB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            distance += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
            normA += (double)a[i] * a[i];
            normB += (double)b[i] * b[i];
        }
        return metric switch { Metric.Cosine => dot / Math.Sqrt(normA * normB), Metric.Dot => dot, _ => -distance };
    }

    private static ulong[] Bits(int rows, Func<int, bool> isSet)
    {
        var words = new ulong[BitWords.WordsFor(rows)];
        for (var row = 0; row < rows; row++) if (isSet(row)) words[row >> 6] |= 1UL << row;
        return words;
    }
}
