using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Segments;

/// <summary>What codes and the vectors of the nearest find, beside comparing with every vector.</summary>
public sealed unsafe class CodeScanTests(ITestOutputHelper output)
{
    private const int Count = 3_000;
    private const int K = 10;

    /// <summary>Eight bits a dimension and four; in one part, and in three of which each has to beat what was found before.</summary>
    [Theory]
    [InlineData(96, Metric.Cosine, 1f, 1)]
    [InlineData(96, Metric.Dot, 1f, 3)]
    [InlineData(96, Metric.L2, 1f, 1)]
    [InlineData(96, Metric.L2, 1e15f, 3)]
    [InlineData(400, Metric.Cosine, 1f, 3)]
    [InlineData(400, Metric.L2, 1f, 1)]
    public void It_finds_what_an_exact_search_finds_with_the_same_scores(int dimension, Metric metric, float scale, int parts)
    {
        var random = new Random(TestSeed.Value);
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        using var block = new NativeBlock(Count * dimension * sizeof(float));
        var vectors = new Span<float>(block.First, Count * dimension);
        for (var i = 0; i < Count; i++) VectorColumn.Prepare(Vector(random, dimension, scale), metric, vectors.Slice(i * dimension, dimension));
        var rows = new VectorRows((float*)block.First, Count, dimension, metric);
        var size = Count / parts;
        var codes = Enumerable.Range(0, parts).Select(part => CodeScan.Of(new VectorRows(rows[part * size], size, dimension, metric))).ToArray();
        var (found, wanted, compared) = (0, 0, new int[parts]);
        const int Rounds = 40;
        for (var round = 0; round < Rounds; round++)
        {
            // All of them, or every other one.
            bool[] allowed = [.. Enumerable.Range(0, Count).Select(_ => round % 2 == 0 || random.Next(2) == 0)];
            var query = new float[dimension];
            VectorColumn.Prepare(Vector(random, dimension, scale), metric, query);
            var exact = new TopHits(new Hit[K]);
            var coded = new TopHits(new Hit[K]);
            fixed (float* asked = query) ExactSearch.Instance.Run(rows, asked, Bits(allowed), new RowNumbers(1_000), ref exact);
            var candidates = new CodeCandidates(new Hit[CodeCandidates.RoomFor(dimension, K)]);
            for (var part = 0; part < parts; part++)
            {
                var bits = Bits(allowed.AsSpan(part * size, size));
                compared[part] += codes[part].Run(query, bits, new RowNumbers(1_000 + (part * size)), ref candidates, ref coded);
            }
            var expected = exact.Best.ToArray();
            foreach (var hit in coded.Best)
            {
                Assert.True(allowed[hit.Row - 1_000]);
                // Where both found it, it is as near.
                if (Array.Find(expected, e => e.Row == hit.Row) is { Row: > 0 } same) Assert.Equal(same.Score, hit.Score);
            }
            found += coded.Best.ToArray().Count(hit => expected.Any(e => e.Row == hit.Row));
            wanted += expected.Length;
        }
        // The first part is compared by itself; the others have what it found to beat.
        Assert.Equal(Rounds * CodeCandidates.RoomFor(dimension, K), compared[0]);
        for (var part = 1; part < parts; part++) Assert.InRange(compared[part], 1, compared[part - 1] - 1);
        foreach (var part in codes) part.Dispose();
        output.WriteLine($"{found} of {wanted}");
        Assert.True(found >= 0.99 * wanted, $"Only {found} of {wanted} were found.");
    }

    [Fact]
    public void What_was_found_without_codes_is_to_be_beaten()
    {
        var found = new TopHits(new Hit[2]);
        foreach (var (row, score) in new[] { (5, 0.9f), (9, 0.8f) }) found.Add(row, score);
        var candidates = new CodeCandidates(new Hit[3]);
        Assert.Equal(0, candidates.Begin(10, found));
        foreach (var (number, score) in new[] { (3, 0.7f), (4, 0.6f), (7, 0.85f) }) candidates.Add(number, score);
        Assert.Equal([0.9f, 0.85f, 0.8f], candidates.Best.ToArray().Select(hit => hit.Score));
        Assert.Equal([7], candidates.Best.ToArray().Select(hit => hit.Row).Where(number => number >= 0));
        Assert.Equal(10, candidates.Begin(100, found));
        candidates.Add(10, 1f);
        Assert.Equal([10, 7], candidates.Best.ToArray().Select(hit => hit.Row).Where(number => number >= 0));
        Assert.Equal(110, candidates.Begin(1, found));
    }

    private static ulong[] Bits(ReadOnlySpan<bool> allowed)
    {
        var bits = new ulong[BitWords.WordsFor(allowed.Length)];
        for (var i = 0; i < allowed.Length; i++) if (allowed[i]) bits[i >> 6] |= 1UL << i;
        return bits;
    }

    private static float[] Vector(Random random, int dimension, float scale) =>
        [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() - 0.4f) * scale)];
}
