using MemoryEngine.Index;
using MemoryEngine.Kernels;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Index;

/// <summary>A comparison with many codes offers each allowed one, with the very score that it has by itself.</summary>
public sealed unsafe class CodeRowsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(40, 8)]
    [InlineData(384, 4)]
    [InlineData(50, 4)]
    [InlineData(1536, 4)]
    public void Each_allowed_code_is_offered_as_it_is_by_itself(int dimension, int bits)
    {
        var random = new Random(TestSeed.Value);
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        const int Rows = 300;
        float[][] list = [.. Enumerable.Range(0, Rows).Select(_ => TestVectors.Gaussian(random, dimension, 1f))];
        using var vectors = new TestVectors(list, dimension, Metric.L2);
        var coder = VectorCoder.For(vectors.Rows, bits);
        var query = TestVectors.Gaussian(random, dimension, 1f);
        var (code, single) = (new sbyte[coder.QueryBytes], new byte[coder.CodeBytes]);
        var coded = coder.EncodeQuery(query, code);
        var memory = new byte[Rows * CodeRows.StrideOf(coder.CodeBytes)];
        fixed (byte* first = memory)
        fixed (sbyte* asked = code)
        {
            var rows = new CodeRows(first, coder.CodeBytes);
            var scores = new float[Rows];
            for (var row = 0; row < Rows; row++)
            {
                rows.Encode(coder, vectors.Rows.Span(row), row);
                var tail = coder.Encode(vectors.Rows.Span(row), single);
                fixed (byte* one = single) scores[row] = VectorRows.Similarity(coded.Distance(Product(asked, one, single.Length, bits), tail));
            }
            // Whole words, words with gaps, words with fewer than four, none, and a last one that is not full.
            foreach (var share in new[] { 1.0, 0.7, 0.03, 0.0 })
                for (var room = 1; room <= Rows; room += 73)
                {
                    var allowed = new ulong[BitWords.WordsFor(Rows)];
                    for (var row = 0; row < Rows; row++) if (random.NextDouble() < share) allowed[row >> 6] |= 1UL << row;
                    var best = KernelDispatch.Use<Offering, Hit[]>(new Offering(rows, coded, (nint)asked, allowed, room, bits));
                    var expected = Enumerable.Range(0, Rows).Where(row => BitWords.Has(allowed, row)).OrderByDescending(row => scores[row])
                        .ThenBy(row => row).Take(room).Select(row => new Hit(1000 + row, scores[row]));
                    Assert.Equal(expected, best);
                }
        }
    }

    private static int Product(sbyte* query, byte* code, int codeBytes, int bits) => bits == 8
        ? ScalarKernels.DotBytes(query, (sbyte*)code, codeBytes)
        : ScalarKernels.DotNibbles(query, code, codeBytes);

    // With the kernels of this process, which take four at a time where it can.
    private readonly struct Offering(CodeRows rows, CodeQuery coded, nint asked, ulong[] allowed, int room, int bits) : IKernelUser<Hit[]>
    {
        public Hit[] Use<TKernels>()
            where TKernels : struct, IKernels
        {
            var candidates = new CodeCandidates(new Hit[room]);
            if (bits == 8) rows.Offer<ByteCodes<TKernels>>(coded, (sbyte*)asked, allowed, 1000, ref candidates);
            else rows.Offer<NibbleCodes<TKernels>>(coded, (sbyte*)asked, allowed, 1000, ref candidates);
            return candidates.Best.ToArray();
        }
    }
}
