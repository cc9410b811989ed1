using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// What the postings are asked for: distinct terms, each with the factor that its BM25 score is multiplied by. Whatever adds
/// to a text's own terms (feedback, spelling) ends in one of these, and the postings are walked once. Its arrays are pooled.
/// </summary>
internal readonly struct LexicalQuery : IDisposable
{
    private readonly ulong[] _terms;
    private readonly float[] _weights;
    private readonly int _count;

    private LexicalQuery(ulong[] terms, float[] weights, int count) => (_terms, _weights, _count) = (terms, weights, count);

    /// <summary>The terms, each once, in no order that matters.</summary>
    public ReadOnlySpan<ulong> Terms => _terms.AsSpan(0, _count);

    /// <summary>The weight of each term, above zero; 1 is plain BM25.</summary>
    public ReadOnlySpan<float> Weights => _weights.AsSpan(0, _count);

    /// <summary>The terms of a text, each with weight 1 however often it is there.</summary>
    public static LexicalQuery Of(ReadOnlySpan<char> text)
    {
        using var counts = TermCounts.Of(text);
        return Of(counts);
    }

    /// <summary>The terms of a text that was analysed already; each with weight 1.</summary>
    public static LexicalQuery Of(in TermCounts counts)
    {
        var query = Rent(counts.Terms.Length);
        counts.Terms.CopyTo(query._terms);
        query._weights.AsSpan(0, query._count).Fill(1f);
        return query;
    }

    /// <summary>Distinct terms with a weight each.</summary>
    public static LexicalQuery Of(ReadOnlySpan<ulong> terms, ReadOnlySpan<float> weights)
    {
        var query = Rent(terms.Length);
        terms.CopyTo(query._terms);
        weights[..terms.Length].CopyTo(query._weights);
        return query;
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_terms);
        ArrayPool<float>.Shared.Return(_weights);
    }

    private static LexicalQuery Rent(int count) => new(ArrayPool<ulong>.Shared.Rent(count), ArrayPool<float>.Shared.Rent(count), count);
}
