using System.Buffers;
using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>The vectors of a space, by row.</summary>
internal interface IRowVectors
{
    /// <summary>Values of a vector.</summary>
    int Dimension { get; }

    /// <summary>Copies the vector of a row; false when it has none.</summary>
    bool TryCopy(int row, Span<float> target);
}

/// <summary>
/// Relevance feedback (Rocchio 1971) from words to vectors: the query's vector moves towards those of the rows that its
/// words find best. It costs a few copies and no look at any text, and brings back what the words could not say.
/// </summary>
internal static class VectorFeedback
{
    /// <summary>
    /// Rows that are believed, weighted by their scores. Three to ten do about equally well on CACM; fewer do better on known items.
    /// </summary>
    private const int MostBelieved = 5;

    /// <summary>In a small pool the fifth best is hardly about the question any more: one is believed for so many live rows.</summary>
    private const int RowsForOne = 25;

    /// <summary>What they weigh against the query itself. One to four do about equally well.</summary>
    private const float Weight = 2f;

    /// <summary>Moves a query; one of zeros, which knows nothing, becomes the direction of the rows alone.</summary>
    /// <param name="best">What the words found, best first.</param>
    /// <param name="live">Live rows of the pool.</param>
    /// <param name="vectors">The vectors of the rows, in a space under cosine.</param>
    /// <param name="query">The query's vector at unit length, or zeros.</param>
    public static void Move(ReadOnlySpan<Hit> best, long live, IRowVectors vectors, Span<float> query)
    {
        var pooled = ArrayPool<float>.Shared.Rent(2 * query.Length);
        var row = pooled.AsSpan(0, query.Length);
        var sum = pooled.AsSpan(query.Length, query.Length);
        sum.Clear();
        var believed = (int)Math.Clamp(live / RowsForOne, 1, MostBelieved);
        foreach (var hit in best[..Math.Min(believed, best.Length)])
            if (vectors.TryCopy(hit.Row, row)) TensorPrimitives.MultiplyAdd(row, hit.Score, sum, sum);
        VectorColumn.Normalise(sum, sum);
        TensorPrimitives.MultiplyAdd(sum, Weight, query, query);
        ArrayPool<float>.Shared.Return(pooled);
    }
}
