using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Index;

/// <summary>
/// The embedder that needs no model: words and the character trigrams inside them, hashed with a sign into a few
/// hundred dimensions (Weinberger et al. 2009, feature hashing), dampened by the square root, at unit length. It finds
/// texts that share words and parts of words; it knows nothing of meaning.
/// </summary>
/// <remarks>Its vectors depend on the text alone and can be made again at any time, so the pool does not store them.</remarks>
internal sealed class HashingEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string Id = "memengine/hashing";

    /// <summary>
    /// Of the space that pools declare. It stays when the vectors change: only segments keep them, and their header says of
    /// which analysis.
    /// </summary>
    public const string Revision = "1";

    /// <summary>The same, as files of vectors say it.</summary>
    public const uint StoredRevision = 1;

    public const int Dimension = 256;

    /// <summary>More of a text adds noise and time, not direction.</summary>
    private const int MaxTerms = 4096;

    private const float TrigramWeight = 0.35f;

    public static readonly HashingEmbedder Instance = new();

    public static VectorSpace Space { get; } = new(VectorSpace.TextSpace, Dimension, Metric.Cosine, Id, Revision);

    /// <summary>Embeds a text.</summary>
    public static void Embed(ReadOnlySpan<char> text, Span<float> target)
    {
        var sink = new Sink(target);
        TextAnalyzer.Analyze(text, ref sink);
        sink.Finish();
    }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var result = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var value in values)
        {
            var vector = new float[Dimension];
            Embed(value, vector);
            result.Add(new Embedding<float>(vector));
        }
        return Task.FromResult(result);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata)
            ? new EmbeddingGeneratorMetadata("memengine", null, "hashing", Dimension)
            : null;

    public void Dispose()
    {
    }

    /// <summary>Gathers the terms of a text, of several fields if need be, into a vector.</summary>
    public ref struct Sink : TextAnalyzer.ISink
    {
        private readonly Span<float> _target;
        private int _terms;

        public Sink(Span<float> target)
        {
            target.Clear();
            _target = target;
        }

        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            if (_terms++ >= MaxTerms) return;
            Feature(term, 1f);
            // The trigrams of a compound are those of its parts.
            if (whole || word.Length < 4) return;
            for (var i = 0; i + 3 <= word.Length; i++)
            {
                var packed = word[i] | ((ulong)word[i + 1] << 16) | ((ulong)word[i + 2] << 32);
                Feature((packed + 1) * 0x9E37_79B9_7F4A_7C15, TrigramWeight);
            }
        }

        /// <summary>Dampens what was gathered and brings it to unit length.</summary>
        public readonly void Finish()
        {
            for (var i = 0; i < _target.Length; i++)
                _target[i] = MathF.CopySign(MathF.Sqrt(MathF.Abs(_target[i])), _target[i]);
            // A text without a single word still needs a direction: the same for all of them.
            if (!_target.ContainsAnyExcept(0f)) _target[0] = 1f;
            TensorPrimitives.Divide(_target, TensorPrimitives.Norm<float>(_target), _target);
        }

        private readonly void Feature(ulong hash, float weight)
        {
            // High bits: the multiplication above mixes upwards.
            var index = (int)(hash >> 56) & (Dimension - 1);
            _target[index] += (hash >> 55 & 1) == 0 ? weight : -weight;
        }
    }
}
