using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index.Lexical;

public sealed class SegmentPostingsTests
{
    private static readonly int[] Once = [1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(20_000)]
    public void Lists_come_back_as_they_were_written(int most)
    {
        var random = new Random(TestSeed.Value + most);
        var rows = most * 3;
        var lists = Enumerable.Range(0, 300).Select(i => List(random, (ulong)random.NextInt64() * 2, i == 0 ? most : random.Next(1, most + 1), rows))
            .DistinctBy(l => l.Term).OrderBy(l => l.Term).ToList();
        var lengths = Enumerable.Range(0, rows).Select(_ => random.Next(1, 5000)).ToArray();
        var (words, postings) = SealedWords.Write(40, lengths, lists);
        using (words)
        {
            Assert.Equal((40, rows, lists.Count), (postings.FirstRow, postings.Rows, (int)postings.TermCount));
            Assert.Equal(lengths, postings.Lengths.ToArray());
            for (var i = 0; i < lists.Count; i++)
            {
                Assert.Equal(lists[i].Term, postings.TermAt(i));
                Assert.True(postings.TryFind(lists[i].Term, out var list));
                CheckList(lists[i], list);
                Assert.False(postings.TryFind(lists[i].Term + 1, out _));
            }
        }
    }

    [Fact]
    public void Blocks_know_their_last_row_their_greatest_frequency_and_their_least_length()
    {
        var random = new Random(TestSeed.Value);
        var list = List(random, 5, 700, 4000);
        var lengths = Enumerable.Range(0, 4000).Select(_ => random.Next(1, 5000)).ToArray();
        var (words, postings) = SealedWords.Write(0, lengths, [list]);
        using (words)
        {
            Assert.True(postings.TryFind(5, out var read));
            Assert.Equal(6, read.BlockCount);
            foreach (var (block, i) in list.Rows.Zip(list.Frequencies).Chunk(PostingBlock.Size).Select((b, i) => (b, i)))
            {
                Assert.Equal((uint)block[^1].First, read.Entry(i).LastRow);
                Assert.Equal(block.Max(p => p.Second), read.Entry(i).MaxFrequency);
                Assert.Equal((uint)block.Min(p => lengths[p.First]), read.Entry(i).MinLength);
            }
        }
    }

    [Fact]
    public void A_rare_term_takes_a_few_bytes_and_a_frequent_one_about_one_for_a_posting()
    {
        const int Rows = 100_000;
        const int Singles = 6400;
        var rare = Enumerable.Range(0, Singles).Select(i => ((ulong)i, new[] { i * 15 }, new[] { 1 + (i % 9) }));
        var (words, _) = SealedWords.Write(0, new int[Rows], rare);
        using (words) Assert.Equal((0, (Singles * 12) + (Singles / 64 * 8) + 8), (words.Sections[0].Length, words.Sections[1].Length));
        int[] all = [.. Enumerable.Range(0, 20_000).Select(i => i * 5)];
        (words, _) = SealedWords.Write(0, new int[Rows], [(1, all, [.. all.Select(_ => 1)])]);
        using (words) Assert.InRange(words.Sections.Take(3).Sum(s => s.Length), 1, 12_000);
    }

    [Fact]
    public void A_term_is_found_by_asking_for_few_parts_of_the_directory()
    {
        var random = new Random(TestSeed.Value);
        var lists = Enumerable.Range(0, 50_000).Select(i => ((ulong)random.NextInt64() << 1, new[] { i % 100 }, Once)).OrderBy(l => l.Item1).ToList();
        var (words, postings) = SealedWords.Write(0, new int[100], lists);
        using (words)
        {
            var before = words.Sections[1].Requests;
            foreach (var list in lists.Where((_, i) => i % 50 == 0)) Assert.True(postings.TryFind(list.Item1, out _));
            Assert.InRange(words.Sections[1].Requests - before, 1, 14 * 1000);
        }
        // Hashes that are not spread at all are found as well.
        var crowded = Enumerable.Range(0, 30_000)
            .Select(i => ((ulong)i + (i < 20_000 ? 0 : ulong.MaxValue - 40_000), new[] { i % 100 }, Once)).ToList();
        (words, postings) = SealedWords.Write(0, new int[100], crowded);
        using (words)
        {
            foreach (var list in crowded) Assert.True(postings.TryFind(list.Item1, out _));
            Assert.False(postings.TryFind(20_000, out _));
            Assert.False(postings.TryFind(ulong.MaxValue, out _));
        }
    }

    [Fact]
    public void Live_rows_are_counted_whatever_has_died()
    {
        const int Rows = 30_000;
        int[] deathCounts = [0, 1, 40, 8000, Rows];
        int[] counts = [1, 100, 3000, 20_000, 29_999];
        int[] firsts = [0, 37, 4096, 9999];
        var random = new Random(TestSeed.Value);
        foreach (var first in firsts)
        {
            var lists = counts.Select((n, i) => List(random, (ulong)i, n, Rows)).ToList();
            var (words, postings) = SealedWords.Write(first, new int[Rows], lists);
            using (words)
            {
                foreach (var deaths in deathCounts)
                {
                    var bits = new ulong[(first + Rows + 63) / 64];
                    bits.AsSpan().Fill(ulong.MaxValue);
                    if (deaths == Rows) bits.AsSpan().Clear();
                    // Deaths in one stretch, or all over.
                    else for (var i = 0; i < deaths; i++) Kill(bits, first + (deaths == 40 ? 12_345 + i : random.Next(Rows)));
                    var live = new LiveRowBits(bits, LiveRowBits.CountChunks(bits));
                    foreach (var list in lists)
                    {
                        Assert.True(postings.TryFind(list.Term, out var read));
                        Assert.Equal(list.Rows.Count(r => new RowBits(bits).Has(first + r)), read.CountLive(live, first));
                    }
                }
            }
        }

        static void Kill(ulong[] bits, int row) => bits[row >> 6] &= ~(1UL << (row & 63));
    }

    [Fact]
    public void Merging_parts_gives_what_writing_them_at_once_would()
    {
        var random = new Random(TestSeed.Value);
        for (var round = 0; round < 12; round++)
        {
            var all = new WordCollection(random, 900, 1 + random.Next(400), 20);
            var (first, cut, memtable) = (random.Next(100), 100 + random.Next(300), 400 + random.Next(500));
            bool IsErased(int row) => round % 3 > 0 && row % 7 == round % 7;
            var lengths = Enumerable.Range(first, 900 - first).Select(r => IsErased(r) ? 0 : all.Lengths[r]).ToArray();
            var (a, aPostings) = all.Seal(first, cut);
            var (b, bPostings) = all.Seal(cut, memtable);
            using var merged = new SealedWords();
            var writer = new PostingsWriter(merged, lengths);
            IPostingSource[] sources =
                [new SegmentTerms(aPostings), new SegmentTerms(bPostings), new MemtableTerms(all.Memtable(memtable), 0, memtable)];
            PostingsMerger.Merge(sources, first, IsErased, writer);
            writer.Finish();
            merged.Open(first, lengths.Length);
            var kept = all.Lists(first, 900)
                .Select(l => (l.Term, Kept: l.Rows.Zip(l.Frequencies).Where(p => !IsErased(first + p.First)).ToArray()))
                .Where(l => l.Kept.Length > 0)
                .Select(l => (l.Term, l.Kept.Select(p => p.First).ToArray(), l.Kept.Select(p => p.Second).ToArray()));
            var (whole, _) = SealedWords.Write(first, lengths, kept);
            using (a)
            using (b)
            using (whole)
            {
                for (var i = 0; i < whole.Sections.Count; i++)
                    Assert.True(whole.Sections[i].Content.SequenceEqual(merged.Sections[i].Content), $"section {(PostingSection)i}");
            }
        }
    }

    private static (ulong Term, int[] Rows, int[] Frequencies) List(Random random, ulong term, int count, int rows)
    {
        var chosen = Enumerable.Range(0, rows).ToArray();
        random.Shuffle(chosen);
        var most = random.Next(3) switch { 0 => 2, 1 => 20, _ => 65_536 };
        return (term, [.. chosen.Take(count).Order()], [.. Enumerable.Range(0, count).Select(_ => random.Next(1, most))]);
    }

    private static unsafe void CheckList((ulong Term, int[] Rows, int[] Frequencies) expected, SegmentList list)
    {
        Assert.Equal(expected.Rows.Length, list.Count);
        var (rows, frequencies) = (new int[list.Count], new int[list.Count]);
        list.ReadAll(rows, frequencies);
        Assert.Equal(expected.Rows, rows);
        Assert.Equal(expected.Frequencies, frequencies);
        for (var block = 0; block < list.BlockCount; block++)
            if (list.CountOf(block) == PostingBlock.Size)
                for (var i = 0; i < PostingBlock.Size; i += 5)
                    Assert.Equal(expected.Frequencies[(block * PostingBlock.Size) + i], list.FrequencyAt(block, i));
    }
}
