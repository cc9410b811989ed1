using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>
/// The vectors of one space, in the order of their rows, searched exactly. Vectors of a cosine space are kept at unit
/// length. One writer; readers take no locks.
/// </summary>
internal sealed class VectorColumn(int dimension, Metric metric)
{
    private const int ChunkVectors = 512;
    private readonly AppendOnlyList<int> _rows = new();
    private readonly AppendOnlyList<float[]> _chunks = new();

    public int Dimension => dimension;

    public Metric Metric => metric;

    public int Count => _rows.Count;

    /// <summary>Adds a vector of a row behind all rows that have one.</summary>
    public void Add(int row, ReadOnlySpan<float> vector)
    {
        var slot = _rows.Count;
        if (slot / ChunkVectors == _chunks.Count) _chunks.Add(new float[ChunkVectors * dimension]);
        var target = Slot(slot);
        if (metric == Metric.Cosine) Normalise(vector, target);
        else vector.CopyTo(target);
        _rows.Add(row);
    }

    /// <summary>Compares the query with every vector whose row matches; the best go to <paramref name="hits"/>.</summary>
    public void Search(scoped ReadOnlySpan<float> query, ReadOnlySpan<RowMark> marks, ref TopHits hits)
    {
        Span<float> unit = dimension <= 1024 ? stackalloc float[dimension] : new float[dimension];
        if (metric == Metric.Cosine) Normalise(query, unit);
        else query.CopyTo(unit);
        var count = _rows.Count;
        for (var slot = 0; slot < count; slot++)
        {
            var row = _rows[slot];
            if (row >= marks.Length) break;
            if (marks[row].HasFlag(RowMark.Match)) hits.Add(row, Similarity(unit, Slot(slot)));
        }
    }

    /// <summary>Writes the vector scaled to length one; zeros stay zeros.</summary>
    public static void Normalise(ReadOnlySpan<float> vector, Span<float> target)
    {
        // Scaled by the largest component first, so that huge and tiny vectors do not overflow on the way.
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(vector));
        if (largest == 0f)
        {
            target.Clear();
            return;
        }
        TensorPrimitives.Divide(vector, largest, target);
        TensorPrimitives.Divide(target, TensorPrimitives.Norm<float>(target), target);
    }

    private float Similarity(ReadOnlySpan<float> query, ReadOnlySpan<float> vector)
    {
        if (metric != Metric.L2) return TensorPrimitives.Dot(query, vector);
        var distance = TensorPrimitives.Distance(query, vector);
        return -(distance * distance);
    }

    private Span<float> Slot(int slot) => _chunks[slot / ChunkVectors].AsSpan(slot % ChunkVectors * dimension, dimension);
}
