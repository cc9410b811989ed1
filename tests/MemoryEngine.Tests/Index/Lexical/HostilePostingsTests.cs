using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>Sections that say what nobody wrote: they are refused or mean something else, and nothing is read outside of them.</summary>
public sealed class HostilePostingsTests
{
    private const int Rows = 3000;

    [Fact]
    public void Damaged_sections_are_refused_or_read_but_never_left()
    {
        var random = new Random(TestSeed.Value);
        var all = new WordCollection(random, Rows, 120, 25);
        var (words, _) = all.Seal(0, Rows);
        var (refused, read) = (0, 0);
        using (words)
        {
            byte[][] sound = [.. words.Sections.Select(s => s.Content.ToArray())];
            for (var round = 0; round < 400; round++)
            {
                var section = words.Sections[round % 4];
                Damage(random, section.Content, round);
                if (UseAll(words, all, random)) read++;
                else refused++;
                sound[round % 4].CopyTo(section.Content);
            }
            Assert.True(UseAll(words, all, random));
        }
        Assert.InRange(refused, 20, 380);
        Assert.InRange(read, 20, 380);
    }

    [Fact]
    public void Sections_of_another_size_are_refused()
    {
        var all = new WordCollection(new Random(TestSeed.Value), Rows, 120, 25);
        var (words, _) = all.Seal(0, Rows);
        using (words)
        {
            Assert.Throws<InvalidDataException>(() => words.Open(0, Rows - 1));
            Assert.Throws<InvalidDataException>(() => words.Open(0, Rows + 1));
            using var cut = new GuardedBytes(words.Sections[1].Content[..^9]);
            using var empty = new GuardedBytes([]);
            foreach (var terms in new[] { cut, empty })
            {
                var sections = new PostingSections(words.Sections[0], terms, words.Sections[2], words.Sections[3]);
                Assert.Throws<InvalidDataException>(() => new SegmentPostings(0, Rows, sections));
            }
        }
    }

    private static void Damage(Random random, Span<byte> bytes, int round)
    {
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = (random.Next(4), round % 2) switch
            {
                (0, _) => 0xFF,
                (1, _) => 0,
                (_, 0) => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }
    }

    // Looks at every list, searches and merges; false when anything of it was refused.
    private static bool UseAll(SealedWords words, WordCollection all, Random random)
    {
        var live = new ulong[(Rows + 63) / 64];
        live.AsSpan().Fill(ulong.MaxValue);
        live[random.Next(live.Length)] = 0xFF00;
        var isSound = Try(() =>
        {
            var postings = words.Open(0, Rows);
            for (var i = 0L; i < postings.TermCount; i++) postings.ListOf(i).CountLive(new LiveRowBits(live, LiveRowBits.CountChunks(live)), 0);
        });
        isSound &= Try(() =>
        {
            var target = new PostingsWriter(new SealedWords(), all.Lengths);
            PostingsMerger.Merge([new SegmentTerms(words.Open(0, Rows))], 0, row => row % 5 == 0, target);
            target.Finish();
        });
        foreach (var prunes in new[] { true, false })
        {
            isSound &= Try(() =>
            {
                using var query = LexicalQuery.Of([.. Enumerable.Range(0, 120).Select(WordCollection.Term)], Enumerable.Repeat(1f, 120).ToArray());
                var view = new LexicalView(new LiveRowBits(live, LiveRowBits.CountChunks(live)), new RowBits(live), Rows - 56, Rows * 20L);
                var hits = new TopHits(new Hit[20]);
                SegmentPostings[] segments = [words.Open(0, Rows)];
                LexicalSearch.Search(new LexicalParts(segments), query, view, ref hits, prunes);
                foreach (var hit in hits.Best) Assert.InRange(hit.Row, 0, Rows - 1);
            });
        }
        return isSound;
    }

    private static bool Try(Action use)
    {
        try
        {
            use();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
