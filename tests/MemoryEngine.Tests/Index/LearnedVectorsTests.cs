using System.Numerics.Tensors;
using MemoryEngine.Index;
using MemoryEngine.Segments;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors learned from texts: that they learn what there is to learn, and are the same every time and on disk.</summary>
public sealed class LearnedVectorsTests
{
    private const int Topics = 6, WordsOfTopic = 100, WordsOfDocument = 12, Documents = 1_200;
    private static readonly LearnedVectors Model = LearnedVectors.Train(Sample(seed: 1), seed: 7, CancellationToken.None)!;

    [Fact]
    public void Words_that_keep_company_lie_together_though_they_never_met()
    {
        // Of each topic two halves of its words, which share no word and are joined by nothing but the company they keep.
        var halves = Enumerable.Range(0, Topics).Select(topic => (First: Half(topic, 0), Second: Half(topic, WordsOfTopic / 2))).ToArray();
        var together = halves.Average(h => TensorPrimitives.Dot<float>(h.First, h.Second));
        var apart = Enumerable.Range(0, Topics).SelectMany(a => Enumerable.Range(0, Topics).Where(b => a != b).Select(b => (a, b)))
            .Average(p => TensorPrimitives.Dot<float>(halves[p.a].First, halves[p.b].Second));
        Assert.True(together > apart + 0.15, $"{together} of one topic, {apart} of two");
    }

    private static float[] Half(int topic, int from) =>
        Vector(string.Join(' ', Enumerable.Range(from, WordsOfTopic / 2).Select(w => Word(topic, w))));

    [Fact]
    public void A_vector_has_unit_length_or_is_nothing()
    {
        Assert.Equal(1f, TensorPrimitives.Norm<float>(Vector(Word(0, 1))), 1e-5f);
        var vector = new float[LearnedVectors.Dimension];
        using var unknown = TermCounts.Of("neverseen atall");
        Assert.False(Model.Embed(unknown.Terms, unknown.Counts, vector));
        Assert.Equal(0f, TensorPrimitives.Norm<float>(vector));
    }

    [Fact]
    public void The_same_sample_and_seed_make_the_same_model()
    {
        var again = LearnedVectors.Train(Sample(seed: 1), seed: 7, CancellationToken.None)!;
        Assert.Equal(LearnedForm.Write(Model), LearnedForm.Write(again));
    }

    [Fact]
    public void It_is_written_and_read_and_any_flipped_bit_is_found()
    {
        var bytes = LearnedForm.Write(Model);
        var read = LearnedForm.Read(bytes, "model");
        Assert.Equal(bytes, LearnedForm.Write(read));
        Assert.Equal((Model.Documents, Model.Terms), (read.Documents, read.Terms));
        for (var at = 0; at < bytes.Length; at += at < 64 ? 1 : 997)
        {
            bytes[at] ^= 1;
            Assert.Throws<CorruptionException>(() => LearnedForm.Read(bytes, "model"));
            bytes[at] ^= 1;
        }
        Assert.Throws<CorruptionException>(() => LearnedForm.Read(bytes.AsSpan(0, 100), "model"));
    }

    [Fact]
    public void Too_little_is_not_learned_from_and_what_has_doubled_is_again()
    {
        var few = new TermSample();
        for (var i = 0; i < LearnedVectors.FewestDocuments - 1; i++) few.Add(TermCounts.Of($"word{i} other"));
        Assert.Null(LearnedVectors.Train(few, 1, CancellationToken.None));
        few.Add(TermCounts.Of(""));
        Assert.NotNull(LearnedVectors.Train(few, 1, CancellationToken.None));
        Assert.False(LearnedVectors.IsDue(0, 199));
        Assert.True(LearnedVectors.IsDue(0, 200));
        Assert.False(LearnedVectors.IsDue(200, 399));
        Assert.True(LearnedVectors.IsDue(200, 400));
    }

    [Fact]
    public void The_basis_spans_the_leading_singular_vectors()
    {
        // Six topics are six directions: projected on the basis, the documents keep at least as much as they do on those.
        var sample = Sample(seed: 2);
        var words = Enumerable.Range(0, Topics * WordsOfTopic).Select(w => Word(w / WordsOfTopic, w % WordsOfTopic));
        var terms = words.Select(word => TermCounts.Of(word).Terms[0]).ToArray();
        var rows = SparseRows.Of(sample, terms, [.. terms.Select(_ => 1f)]);
        var basis = SubspaceIteration.Run(rows, terms.Length, Topics, seed: 3, CancellationToken.None);
        double kept = 0, onTopics = 0;
        var projected = new double[Topics];
        for (var row = 0; row < rows.Count; row++)
        {
            Array.Clear(projected);
            var onTopic = new double[Topics];
            foreach (var (column, value) in rows[row])
            {
                onTopic[column / WordsOfTopic] += value / Math.Sqrt(WordsOfTopic);
                for (var k = 0; k < Topics; k++) projected[k] += value * basis[(column * Topics) + k];
            }
            kept += projected.Sum(p => p * p);
            onTopics += onTopic.Sum(p => p * p);
        }
        Assert.True(kept > 0.98 * onTopics, $"{kept} {onTopics}");
        for (var a = 0; a < Topics; a++)
        {
            for (var b = 0; b < Topics; b++)
            {
                var dot = Enumerable.Range(0, terms.Length).Sum(c => (double)basis[(c * Topics) + a] * basis[(c * Topics) + b]);
                Assert.Equal(a == b ? 1.0 : 0.0, dot, 1e-4);
            }
        }
    }

    private static float[] Vector(string text)
    {
        var vector = new float[LearnedVectors.Dimension];
        using var counts = TermCounts.Of(text);
        Assert.True(Model.Embed(counts.Terms, counts.Counts, vector));
        return vector;
    }

    // Each document draws twelve words of one topic, and one that any may have.
    private static TermSample Sample(int seed)
    {
        var random = new Random(seed);
        var sample = new TermSample();
        for (var d = 0; d < Documents; d++)
        {
            var topic = random.Next(Topics);
            var words = Enumerable.Range(0, WordsOfDocument).Select(_ => Word(topic, random.Next(WordsOfTopic)));
            using var counts = TermCounts.Of($"{string.Join(' ', words)} common{(char)('a' + random.Next(9))}");
            sample.Add(counts);
        }
        return sample;
    }

    private static string Word(int topic, int word) => $"q{(char)('a' + topic)}x{(char)('a' + (word / 10))}{(char)('a' + (word % 10))}o";
}
