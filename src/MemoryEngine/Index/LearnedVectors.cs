using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MemoryEngine.Index;

/// <summary>
/// Vectors learned from the pool's own texts, without any model from outside: latent semantic analysis (Deerwester et al.
/// 1990). Words that keep the same company come to lie together, so a text is found by what it is about and not only by
/// its words. The model is immutable; a vector is a pure function of it and of the document's term counts.
/// </summary>
/// <remarks>
/// A document is its terms weighted by (1 + ln tf) * idf at unit length, projected on the <see cref="Dimension"/>
/// directions in which the sample varies most, without the sample's mean, at unit length again. An orthonormal basis of
/// those directions is all that is needed, since cosines do not care how it is turned: <see cref="SubspaceIteration"/>
/// finds one. Its rows are kept as bytes with a scale each: 260 bytes a term, 8.5 MB at most.
/// </remarks>
internal sealed class LearnedVectors
{
    public const int Dimension = HashingEmbedder.Dimension;

    /// <summary>Below this many documents there is too little to learn, and the hashing embedder does better.</summary>
    public const int FewestDocuments = 200;

    /// <summary>Terms of the model: those of the most documents.</summary>
    public const int MostTerms = 32_768;

    /// <summary>A term of one document says nothing about company.</summary>
    private const int FewestOccurrences = 2;

    /// <summary>Fewer documents than this for each direction would be learned by heart.</summary>
    private const int DocumentsPerDirection = 3;

    private readonly Dictionary<ulong, int> _places;
    private readonly ulong[] _terms;
    private readonly sbyte[] _rows;
    private readonly float[] _scales;
    private readonly float[] _mean;

    /// <summary>A model of its parts: of each term its hash, its row of bytes, and the scale of the row with its idf in it.</summary>
    public LearnedVectors(ulong[] terms, sbyte[] rows, float[] scales, float[] mean, int documents)
    {
        (_terms, _rows, _scales, _mean, Documents) = (terms, rows, scales, mean, documents);
        _places = new Dictionary<ulong, int>(terms.Length);
        for (var i = 0; i < terms.Length; i++) _places[terms[i]] = i;
    }

    /// <summary>Documents it was learned from.</summary>
    public int Documents { get; }

    /// <summary>Terms that it knows; others do not count.</summary>
    public int Terms => _terms.Length;

    /// <summary>The mean of the sample's vectors.</summary>
    public ReadOnlySpan<float> Mean => _mean;

    /// <summary>Memory it takes.</summary>
    public long Bytes => _rows.LongLength + (_terms.Length * 40L);

    /// <summary>
    /// Whether a pool of so many live memories is to be learned from anew: from <see cref="FewestDocuments"/> on, and each
    /// time it has doubled since.
    /// </summary>
    /// <param name="learnedAt">How many there were when it was last learned from; 0 when it never was.</param>
    /// <param name="live">How many there are.</param>
    public static bool IsDue(long learnedAt, long live) => live >= FewestDocuments && live >= 2 * learnedAt;

    /// <summary>Learns from a sample; null when it is too small. A second or two for a full one, on the calling thread.</summary>
    /// <param name="sample">The documents.</param>
    /// <param name="seed">The same sample and seed make the same model, on processors with the same vector instructions.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static LearnedVectors? Train(TermSample sample, int seed, CancellationToken cancellation)
    {
        if (sample.Documents < FewestDocuments) return null;
        var terms = Choose(sample, out var idf);
        if (terms.Length == 0) return null;
        var matrix = SparseRows.Of(sample, terms, idf);
        var rank = Math.Min(Dimension, Math.Min(terms.Length, sample.Documents / DocumentsPerDirection));
        var basis = SubspaceIteration.Run(matrix, terms.Length, rank, seed, cancellation);
        var rows = new sbyte[terms.Length * Dimension];
        var scales = new float[terms.Length];
        for (var t = 0; t < terms.Length; t++)
        {
            var row = basis.AsSpan(t * rank, rank);
            var largest = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(row));
            if (largest == 0f) continue;
            for (var k = 0; k < rank; k++) rows[(t * Dimension) + k] = (sbyte)MathF.Round(row[k] / largest * 127f);
            scales[t] = idf[t] * largest / 127f;
        }
        var model = new LearnedVectors(terms, rows, scales, new float[Dimension], sample.Documents);
        return new LearnedVectors(terms, rows, scales, MeanOf(model, sample), sample.Documents);
    }

    /// <summary>Writes the unit vector of a document, zeros when the model knows none of its terms; false then.</summary>
    /// <param name="terms">Its distinct terms.</param>
    /// <param name="counts">The frequency of each.</param>
    /// <param name="target">Gets <see cref="Dimension"/> values.</param>
    public bool Embed(ReadOnlySpan<ulong> terms, ReadOnlySpan<ushort> counts, Span<float> target)
    {
        target = target[..Dimension];
        target.Clear();
        Span<float> row = stackalloc float[Dimension];
        for (var i = 0; i < terms.Length; i++)
        {
            if (!_places.TryGetValue(terms[i], out var place)) continue;
            TensorPrimitives.ConvertTruncating(Row(place), row);
            var weight = _scales[place] * (1f + MathF.Log(counts[i]));
            TensorPrimitives.MultiplyAdd(row, weight, target, target);
        }
        if (!TryNormalise(target)) return false;
        TensorPrimitives.Subtract(target, _mean, target);
        return TryNormalise(target);
    }

    public ulong Term(int place) => _terms[place];

    public float Scale(int place) => _scales[place];

    public ReadOnlySpan<sbyte> Row(int place) => _rows.AsSpan(place * Dimension, Dimension);

    private static bool TryNormalise(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm<float>(vector);
        // Of what cancels out nothing but noise is left.
        if (!(norm > 1e-6f))
        {
            vector.Clear();
            return false;
        }
        TensorPrimitives.Divide(vector, norm, vector);
        return true;
    }

    private static float[] MeanOf(LearnedVectors model, TermSample sample)
    {
        var sum = new float[Dimension];
        var vector = new float[Dimension];
        for (var d = 0; d < sample.Documents; d++)
            if (model.Embed(sample.Terms(d), sample.Counts(d), vector)) TensorPrimitives.Add(sum, vector, sum);
        TensorPrimitives.Divide(sum, sample.Documents, sum);
        return sum;
    }

    // By document frequency, the highest first, so that what is used most lies together.
    private static ulong[] Choose(TermSample sample, out float[] idf)
    {
        var frequencies = new Dictionary<ulong, int>();
        for (var d = 0; d < sample.Documents; d++)
            foreach (var term in sample.Terms(d)) CollectionsMarshal.GetValueRefOrAddDefault(frequencies, term, out _)++;
        var chosen = frequencies.Where(f => f.Value >= FewestOccurrences)
            .OrderByDescending(f => f.Value).ThenBy(f => f.Key).Take(MostTerms).ToArray();
        idf = [.. chosen.Select(f => (float)Math.Log(1 + ((sample.Documents - f.Value + 0.5) / (f.Value + 0.5))))];
        return [.. chosen.Select(f => f.Key)];
    }
}
