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
            var candidates = new CodeCandidates(new Hit[CodeCandidates.RoomFor(8, 20)]);
            column.Search(prepared, Bits(2 * Rows, row => row % 4 == 0), ref candidates, ref top, out var matching);
            Assert.Equal(Rows / 2, matching);
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
    public void Fusion_sums_the_shares_of_both_scores()
    {
        var rows = Gen.ListOf(Gen.Choose(0, 30)).Select(r => r.Distinct().ToArray());
        var property = Prop.ForAll(rows.ToArbitrary(), rows.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (vector, words, k) =>
        {
            var (byVector, byWords) = (Hits(vector, 0.9f, 0.01f), Hits(words, 20, 0.5f));
            var target = new FusedHit[k];
            var count = ScoreFusion.Fuse(byVector, byWords, target);
            var expected = vector.Union(words)
                .Select(row => (Row: row, Score: OfVector(byVector, row, words.Length == 0) + OfWords(byWords, row, vector.Length == 0)))
                .ToDictionary(e => e.Row, e => e.Score);
            Assert.Equal(Math.Min(k, expected.Count), count);
            var order = target.Take(count).Select(t => t.Scores.Fused).ToList();
            Assert.Equal(target.Take(count).OrderByDescending(t => t.Scores.Fused).ThenBy(t => t.Row), target.Take(count));
            Assert.Equal(expected.Values.OrderDescending().Take(count), order, (a, b) => Math.Abs(a - b) < 1e-5);
            foreach (var hit in target.Take(count))
            {
                Assert.Equal(expected[hit.Row], hit.Scores.Fused, 1e-5f);
                Assert.Equal(Rank(vector, hit.Row), hit.Scores.VectorRank);
                Assert.Equal(Rank(words, hit.Row), hit.Scores.Bm25Rank);
                Assert.Equal(Rank(vector, hit.Row) is null, hit.Scores.Vector is null);
                Assert.Equal(Rank(words, hit.Row) is null, hit.Scores.Bm25 is null);
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);

        static Hit[] Hits(int[] rows, float best, float step) => [.. rows.Select((row, i) => new Hit(row, best - (step * i)))];
        static int? Rank(int[] rows, int row) => Array.IndexOf(rows, row) is >= 0 and var i ? i + 1 : null;
        static float OfVector(Hit[] hits, int row, bool isAlone)
        {
            if (Array.FindIndex(hits, h => h.Row == row) is not (>= 0 and var i)) return 0;
            var share = hits.Length == 1 ? 1f : (hits[i].Score - hits[^1].Score) / (hits[0].Score - hits[^1].Score);
            return share * (isAlone ? 1f : 0.4f);
        }

        static float OfWords(Hit[] hits, int row, bool isAlone) =>
            Array.FindIndex(hits, h => h.Row == row) is >= 0 and var i ? hits[i].Score / hits[0].Score * (isAlone ? 1f : 0.6f) : 0;
    }

    [Fact]
    public void What_one_part_is_sure_of_stays_first_beside_a_part_that_is_not()
    {
        Hit[] words = [new(7, 30), new(1, 9), new(2, 8), new(3, 8)];
        Hit[] vector = [new(1, 0.31f), new(2, 0.30f), new(3, 0.30f), new(4, 0.29f), new(7, 0.285f), new(5, 0.28f)];
        var target = new FusedHit[3];
        ScoreFusion.Fuse(vector, words, target);
        Assert.Equal(7, target[0].Row);
    }

    [Fact]
    public void Feedback_moves_a_query_to_what_its_words_found()
    {
        var column = new VectorColumn(3, Metric.Cosine);
        column.Add(0, [1, 0, 0]);
        column.Add(2, [0, 1, 0]);
        column.Add(3, [0, 0, 1]);
        // Row 1 has no vector, and one behind the first five is not believed.
        Hit[] best = [new(0, 3), new(1, 2), new(2, 1), new(1, 1), new(1, 1), new(3, 1)];
        float[] query = [0, 0, 1];
        VectorFeedback.Move(best, 1_000, column, query);
        var norm = MathF.Sqrt(10);
        Assert.Equal([2 * 3 / norm, 2 * 1 / norm, 1], query, (a, b) => Math.Abs(a - b) < 1e-5);
        float[] nothing = [0, 0, 0];
        VectorFeedback.Move([], 1_000, column, nothing);
        float[] ofFew = [0, 0, 0];
        VectorFeedback.Move(best, 30, column, ofFew);
        Assert.Equal([2f, 0f, 0f], ofFew);
        Assert.Equal([0f, 0f, 0f], nothing);
    }

    [Fact]
    public void Ranks_of_several_spaces_add_up_by_their_weights()
    {
        var rows = Gen.ListOf(Gen.Choose(0, 30)).Select(r => r.Distinct().ToArray());
        var property = Prop.ForAll(rows.ToArbitrary(), rows.ToArbitrary(), rows.ToArbitrary(), (first, second, words) =>
        {
            float[] weights = [1f, 0.25f, 2f];
            var fusion = new RankFusion();
            fusion.AddWords(Hits(words), weights[2]);
            fusion.AddVectors(Hits(first), weights[0]);
            fusion.AddVectors(Hits(second), weights[1]);
            var target = new FusedHit[20];
            var count = fusion.Take(target);
            var expected = first.Union(second).Union(words)
                .Select(row => (Row: row, Score: Share(first, row, 1f) + Share(second, row, 0.25f) + Share(words, row, 2f)))
                .OrderByDescending(e => e.Score).Take(20).ToList();
            Assert.Equal(expected.Count, count);
            for (var i = 0; i < count; i++) Assert.Equal(expected[i].Score, target[i].Scores.Fused, 1e-6f);
            foreach (var hit in target[..count])
            {
                Assert.Equal(Rank(words, hit.Row), hit.Scores.Bm25Rank);
                int?[] ranks = [Rank(first, hit.Row), Rank(second, hit.Row)];
                Assert.Equal(ranks.Min(), hit.Scores.VectorRank);
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);

        static Hit[] Hits(int[] rows) => [.. rows.Select((row, i) => new Hit(row, 100 - i))];
        static int? Rank(int[] rows, int row) => Array.IndexOf(rows, row) is >= 0 and var i ? i + 1 : null;
        static float Share(int[] rows, int row, float weight) => Rank(rows, row) is { } rank ? weight / (60 + rank) : 0;
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
                var normalised = 1.2 * (0.5 + (0.5 * documents[row].Length / mean));
                if (frequency > 0) score += weights[word] * idf * frequency * 2.2 / (frequency + normalised);
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
