using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>A learned model and the vectors that it makes of all rows. One writer; readers take no locks.</summary>
internal sealed class LearnedColumn(LearnedVectors model)
{
    public LearnedVectors Model => model;

    /// <summary>The vector of each row; zeros of one that holds nothing.</summary>
    public VectorColumn Column { get; } = new(LearnedVectors.Dimension, Metric.Cosine);

    /// <summary>Adds the next row.</summary>
    public void Add(int row, in TermCounts terms)
    {
        Span<float> vector = stackalloc float[LearnedVectors.Dimension];
        _ = model.Embed(terms.Terms, terms.Counts, vector);
        Column.AddKept(row, vector);
    }

    /// <summary>Adds the next row, which holds nothing.</summary>
    public void AddNothing(int row) => Column.AddKept(row, stackalloc float[LearnedVectors.Dimension]);
}
