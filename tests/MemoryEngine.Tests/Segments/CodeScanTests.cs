using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Segments;

/// <summary>What codes and the vectors of the nearest find, beside comparing with every vector.</summary>
public sealed unsafe class CodeScanTests(ITestOutputHelper output)
{
    private const int Count = 3_000;
    private const int Dimension = 96;
    private const int K = 10;

    [Theory]
    [InlineData(Metric.Cosine, 1f)]
    [InlineData(Metric.Dot, 1f)]
    [InlineData(Metric.L2, 1f)]
    [InlineData(Metric.L2, 1e15f)]
    public void It_finds_what_an_exact_search_finds_with_the_same_scores(Metric metric, float scale)
    {
        var random = new Random(TestSeed.Value);
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        using var block = new NativeBlock(Count * Dimension * sizeof(float));
        var vectors = new Span<float>(block.First, Count * Dimension);
        for (var i = 0; i < Count; i++) VectorColumn.Prepare(Vector(random, scale), metric, vectors.Slice(i * Dimension, Dimension));
        var rows = new VectorRows((float*)block.First, Count, Dimension, metric);
        using var codes = CodeScan.Of(rows);
        var (allowed, numbers) = (new ulong[BitWords.WordsFor(Count)], new RowNumbers(1_000));
        var (found, wanted) = (0, 0);
        for (var round = 0; round < 40; round++)
        {
            // All of them, or every other one.
            for (var i = 0; i < Count; i++)
                allowed[i >> 6] = round % 2 == 0 || random.Next(2) == 0 ? allowed[i >> 6] | (1UL << i) : allowed[i >> 6] & ~(1UL << i);
            if (Count % 64 != 0) BitWords.ClearFrom(allowed, Count);
            var query = new float[Dimension];
            VectorColumn.Prepare(Vector(random, scale), metric, query);
            var exact = new TopHits(new Hit[K]);
            var coded = new TopHits(new Hit[K]);
            fixed (float* asked = query) ExactSearch.Instance.Run(rows, asked, allowed, numbers, ref exact);
            Assert.Equal(2 * K, codes.Run(query, allowed, numbers, ref coded));
            var expected = exact.Best.ToArray();
            foreach (var hit in coded.Best)
            {
                Assert.True(BitWords.Has(allowed, hit.Row - 1_000));
                // Where both found it, it is as near.
                if (Array.Find(expected, e => e.Row == hit.Row) is { Row: > 0 } same) Assert.Equal(same.Score, hit.Score);
            }
            found += coded.Best.ToArray().Count(hit => expected.Any(e => e.Row == hit.Row));
            wanted += expected.Length;
        }
        output.WriteLine($"{found} of {wanted}");
        Assert.True(found >= 0.99 * wanted, $"Only {found} of {wanted} were found.");
    }

    private static float[] Vector(Random random, float scale) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => (random.NextSingle() - 0.4f) * scale)];
}
