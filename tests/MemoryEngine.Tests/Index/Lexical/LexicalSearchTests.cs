using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>Search over segments and memtable against BM25 in double precision, against adding everything up, and against itself.</summary>
public sealed class LexicalSearchTests
{
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay((ulong)TestSeed.Value, 3);

    [Fact]
    public void The_best_are_those_of_the_book_however_the_rows_are_cut_and_the_search_goes_about_it() =>
        Check.One(Rounds, Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => CheckSearch(new Random(seed))));

    [Fact]
    public void A_view_without_live_rows_and_a_query_without_words_find_nothing()
    {
        var all = new WordCollection(new Random(TestSeed.Value), 300, 50, 10);
        var (words, postings) = all.Seal(0, 300);
        using (words)
        {
            var none = new ulong[5];
            Assert.Empty(Find(all, [postings], null, 300, [1, 2], [1f, 1f], none, none, 10));
            var every = Bits(300, _ => true);
            Assert.Empty(Find(all, [postings], null, 300, [], [], every, every, 10));
            Assert.Empty(Find(all, [postings], null, 300, [900_000], [1f], every, every, 10));
            Assert.Empty(Find(all, [postings], null, 300, [1], [1f], every, none, 10));
        }
    }

    [Fact]
    public void A_row_is_found_even_by_a_word_that_weighs_next_to_nothing()
    {
        var all = new WordCollection(new Random(TestSeed.Value), 6000, 200, 10);
        var (words, postings) = all.Seal(0, 6000);
        using (words)
        {
            var every = Bits(6000, _ => true);
            var hits = Find(all, [postings], null, 6000, [3, 199], [1e-12f, 1f], every, every, 6000);
            Assert.Equal(Enumerable.Range(0, 6000).Count(r => all.Frequency(r, 3) + all.Frequency(r, 199) > 0), hits.Length);
            Assert.All(hits, h => Assert.True(h.Score > 0));
        }
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        var all = new WordCollection(new Random(TestSeed.Value), 6000, 400, 20);
        var (words, postings) = all.Seal(0, 5000);
        using (words)
        {
            SegmentPostings[] segments = [postings];
            WordsInMemory[] memtables = [new(all.Memtable(5000), 5000, 1000)];
            using var query = LexicalQuery.Of([.. Enumerable.Range(0, 200).Select(WordCollection.Term)], Enumerable.Repeat(1f, 200).ToArray());
            var bits = Bits(6000, _ => true);
            var chunks = LiveRowBits.CountChunks(bits);
            var best = new Hit[64];
            var least = long.MaxValue;
            for (var i = 0; i < 40; i++)
            {
                var hits = new TopHits(best);
                var view = new LexicalView(new LiveRowBits(bits, chunks), new RowBits(bits), 6000, all.Lengths.Sum());
                var before = GC.GetAllocatedBytesForCurrentThread();
                LexicalSearch.Search(new LexicalParts(segments, memtables), query, view, ref hits);
                // Other tests take arrays out of the same pool, so that now and then one is missing.
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.Equal(0, least);
        }
    }

    private static void CheckSearch(Random random)
    {
        var rows = random.Next(4) == 0 ? random.Next(1, 300) : random.Next(300, 12_000);
        var all = new WordCollection(random, rows, 1 + random.Next(1500), 1 + random.Next(25));
        var dying = random.Next(3) switch { 0 => 0, 1 => 0.001, _ => 0.3 };
        var matching = random.Next(4) switch { 0 => 1, 1 => 0.5, 2 => 0.02, _ => 0.001 };
        var live = Bits(rows, _ => random.NextDouble() >= dying);
        var match = Bits(rows, r => new RowBits(live).Has(r) && random.NextDouble() < matching);
        var query = Enumerable.Range(0, random.Next(1, 120)).Select(_ => random.Next(1, 1600)).Distinct().ToArray();
        var weights = query.Select(_ => random.Next(2) == 0 ? 1f : (float)random.NextDouble() + 0.01f).ToArray();
        var n = random.Next(1, 80);
        var expected = Expected(all, query, weights, live, match);
        Hit[]? before = null;
        foreach (var (segments, memtable) in Cuts(random, rows))
        {
            var made = segments.Zip(segments.Skip(1)).Select(s => all.Seal(s.First, s.Second)).ToList();
            SegmentPostings[] sealedRows = [.. made.Select(m => m.Postings)];
            random.Shuffle(sealedRows);
            var index = memtable < rows ? all.Memtable(memtable) : null;
            foreach (var prunes in new[] { true, false })
            {
                var hits = Find(all, sealedRows, index, memtable, query, weights, live, match, n, prunes);
                // To the last bit the same, whichever way was taken.
                if (before is not null) Assert.Equal(before, hits);
                before = hits;
            }
            foreach (var word in query.Take(5)) CheckFrequency(all, word, sealedRows, index, memtable, live);
            foreach (var (words, _) in made) words.Dispose();
        }
        CheckHits(expected, before!, n);
    }

    private static void CheckHits(Dictionary<int, double> expected, Hit[] hits, int n)
    {
        Assert.Equal(Math.Min(n, expected.Count), hits.Length);
        foreach (var hit in hits) Assert.Equal(1, hit.Score / expected[hit.Row], 1e-5);
        for (var i = 1; i < hits.Length; i++)
            Assert.True(hits[i - 1].Score > hits[i].Score || (hits[i - 1].Score == hits[i].Score && hits[i - 1].Row < hits[i].Row));
        // What is missing is no better than the last, beyond what a float can tell.
        if (hits.Length < n) return;
        var found = hits.Select(h => h.Row).ToHashSet();
        Assert.DoesNotContain(expected, e => !found.Contains(e.Key) && e.Value > hits[^1].Score * (1 + 1e-5));
    }

    private static void CheckFrequency(
        WordCollection all, int word, SegmentPostings[] segments, LexicalIndex? index, int memtable, ulong[] live)
    {
        WordsInMemory[] memory = index is null ? [] : [new WordsInMemory(index, memtable, all.Rows - memtable)];
        var parts = new LexicalParts(segments, memory);
        var expected = Enumerable.Range(0, all.Rows).Count(r => new RowBits(live).Has(r) && all.Frequency(r, word) > 0);
        var rows = new LiveRowBits(live, LiveRowBits.CountChunks(live));
        Assert.Equal(expected, LexicalSearch.DocumentFrequency(parts, WordCollection.Term(word), rows));
    }

    /// <summary>Where segments begin and the memtable does, in several ways.</summary>
    private static IEnumerable<(int[] Segments, int Memtable)> Cuts(Random random, int rows)
    {
        yield return ([0, rows], rows);
        if (rows < 3000) yield return ([0], 0);
        var memtable = rows - random.Next(Math.Min(rows, 2000));
        int[] inner = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(1, rows + 1)).Where(r => r < memtable)];
        yield return ([.. inner.Append(0).Append(memtable).Distinct().Order()], memtable);
    }

    private static Dictionary<int, double> Expected(WordCollection all, int[] query, float[] weights, ulong[] live, ulong[] match)
    {
        var rows = Enumerable.Range(0, all.Rows).Where(r => new RowBits(live).Has(r)).ToList();
        var mean = rows.Count == 0 ? 1 : Math.Max(1, rows.Average(r => all.Lengths[r]));
        var scores = new Dictionary<int, double>();
        for (var t = 0; t < query.Length; t++)
        {
            double holding = rows.Count(r => all.Frequency(r, query[t]) > 0);
            var idf = Math.Log(1 + ((rows.Count - holding + 0.5) / (holding + 0.5)));
            foreach (var row in rows.Where(r => new RowBits(match).Has(r) && all.Frequency(r, query[t]) > 0))
            {
                double frequency = all.Frequency(row, query[t]);
                var score = weights[t] * idf * frequency * 2.2 / (frequency + (1.2 * (0.5 + (0.5 * all.Lengths[row] / mean))));
                scores[row] = scores.GetValueOrDefault(row) + score;
            }
        }
        return scores;
    }

    private static Hit[] Find(
        WordCollection all, SegmentPostings[] segments, LexicalIndex? index, int memtable, int[] words, float[] weights,
        ulong[] live, ulong[] match, int n, bool prunes = true)
    {
        var liveRows = Enumerable.Range(0, all.Rows).Where(r => new RowBits(live).Has(r)).ToList();
        using var query = LexicalQuery.Of([.. words.Select(WordCollection.Term)], weights);
        var view = new LexicalView(
            new LiveRowBits(live, LiveRowBits.CountChunks(live)), new RowBits(match), liveRows.Count, liveRows.Sum(r => (long)all.Lengths[r]));
        var hits = new TopHits(new Hit[n]);
        WordsInMemory[] memory = index is null ? [] : [new WordsInMemory(index, memtable, all.Rows - memtable)];
        LexicalSearch.Search(new LexicalParts(segments, memory), query, view, ref hits, prunes);
        return hits.Best.ToArray();
    }

    private static ulong[] Bits(int rows, Func<int, bool> isSet)
    {
        var bits = new ulong[(rows + 63) / 64];
        for (var row = 0; row < rows; row++) if (isSet(row)) bits[row >> 6] |= 1UL << (row & 63);
        return bits;
    }
}
