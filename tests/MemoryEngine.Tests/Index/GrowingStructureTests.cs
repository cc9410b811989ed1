using System.Numerics.Tensors;
using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>What one writer appends while others read, and the embedder that needs no model.</summary>
public sealed class GrowingStructureTests
{
    [Fact]
    public void Postings_come_back_in_every_form_they_are_stored_in()
    {
        int[] steps = [1, 2, 15, 16, 17, 255, 256, 257, 2047, 2048, 2049, 70_000, 40_000_000];
        int[] frequencies = [1, 7, 8, 9, 62, 63, 64, 127, 128, ushort.MaxValue];
        var postings = new List<(int Document, int Frequency)>();
        var list = new PostingList();
        var document = -1;
        foreach (var step in steps)
        {
            foreach (var frequency in frequencies)
            {
                document += step;
                postings.Add((document, frequency));
                list.Add(document, frequency);
            }
        }
        var read = new List<(int, int)>();
        for (var cursor = list.Read(); cursor.MoveNext();) read.Add((cursor.Document, cursor.Frequency));
        Assert.Equal(postings, read);
    }

    [Fact]
    public void Postings_come_back_as_they_were_added()
    {
        var posting = Gen.Choose(1, 100_000).SelectMany(gap => Gen.Choose(1, 70_000).Select(count => (gap, count)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Gen.ListOf(posting).ToArbitrary(), postings =>
        {
            var list = new PostingList();
            var (expected, document) = (new List<(int, int)>(), -1);
            foreach (var (gap, count) in postings)
            {
                document += gap;
                list.Add(document, count);
                expected.Add((document, count));
            }
            var found = new List<(int, int)>();
            for (var cursor = list.Read(); cursor.MoveNext();) found.Add((cursor.Document, cursor.Frequency));
            Assert.Equal(expected, found);
        }));
    }

    [Fact]
    public async Task Terms_are_found_while_others_are_added()
    {
        const int Count = 50_000;
        var table = new TermTable();
        var lists = Enumerable.Range(0, Count).Select(_ => new PostingList()).ToArray();
        var added = 0;
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                table.Add(Term(i), lists[i]);
                Volatile.Write(ref added, i + 1);
            }
        });
        var random = new Random(1);
        do
        {
            var known = Volatile.Read(ref added);
            if (known > 0 && random.Next(known) is var i) Assert.Same(lists[i], table.Find(Term(i)));
            Assert.Null(table.Find(Term(Count + random.Next(Count))));
        }
        while (!writer.IsCompleted);
        await writer;
        Assert.Equal(Count, table.Count);
        for (var i = 0; i < Count; i++) Assert.Same(lists[i], table.Find(Term(i)));
        Assert.Equal(Count, table.All().Select(t => t.Term).Distinct().Count());

        // Zero is a term like any other, and neighbours meet.
        static ulong Term(int i) => i % 2 == 0 ? (ulong)i : (ulong)i * 0x1234_5678_9ABC_DEF1;
    }

    [Fact]
    public async Task Readers_see_whole_postings_and_elements_while_they_are_added()
    {
        const int Count = 200_000;
        var list = new PostingList();
        var elements = new AppendOnlyList<(int A, int B)>();
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                list.Add(i * 3, i + 1);
                Assert.Equal(i, elements.Add((i, -i)));
            }
        });
        var reader = Task.Run(() =>
        {
            var seen = 0;
            while (!writer.IsCompleted)
            {
                var n = 0;
                for (var cursor = list.Read(); cursor.MoveNext(); n++)
                    if (cursor.Document != n * 3 || cursor.Frequency != n + 1) Assert.Fail($"posting {n} is {cursor.Document}, {cursor.Frequency}");
                Assert.True(n >= seen);
                seen = n;
                for (var i = elements.Count - 1; i >= 0; i -= 997) Assert.Equal((i, -i), elements[i]);
            }
        });
        await Task.WhenAll(writer, reader);
        Assert.Equal(Count, elements.Count);
    }

    [Fact]
    public void The_built_in_embedder_is_deterministic_and_of_unit_length()
    {
        foreach (var text in new[] { "", "   ", "!", "a deadlock in the thread pool", new string('x', 100_000), "日本語" })
        {
            var (first, second) = (Embed(text), Embed(text));
            Assert.Equal(first, second);
            Assert.Equal(1f, TensorPrimitives.Norm<float>(first), 1e-5f);
        }
        Assert.Equal(Embed(""), Embed("..."));
        // Texts as one, and a text in parts, are the same.
        var parts = new float[HashingEmbedder.Dimension];
        var sink = new HashingEmbedder.Sink(parts);
        TextAnalyzer.Analyze("thread", ref sink);
        TextAnalyzer.Analyze("pool", ref sink);
        sink.Finish();
        Assert.Equal(Embed("thread pool"), parts);
        var query = Embed("thread pools deadlock");
        var (near, far) = (Embed("a deadlock in the thread pool"), Embed("bake a cake"));
        Assert.True(TensorPrimitives.Dot<float>(query, near) > TensorPrimitives.Dot<float>(query, far) + 0.3f);
    }

    private static float[] Embed(string text)
    {
        var vector = new float[HashingEmbedder.Dimension];
        HashingEmbedder.Embed(text, vector);
        return vector;
    }
}
