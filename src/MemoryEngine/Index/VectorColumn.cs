using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>
/// The vectors of one space, in the order of their rows, searched exactly. Vectors of a cosine space are kept at unit
/// length. One writer; readers take no locks.
/// </summary>
internal sealed class VectorColumn(int dimension, Metric metric) : IRowVectors
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
        var target = NextSlot();
        if (metric == Metric.Cosine) Normalise(vector, target);
        else vector.CopyTo(target);
        _rows.Add(row);
    }

    /// <summary>Adds a vector as <see cref="Vector"/> gave it, to the last bit.</summary>
    public void AddKept(int row, ReadOnlySpan<float> vector)
    {
        vector.CopyTo(NextSlot());
        _rows.Add(row);
    }

    /// <summary>The row of a vector.</summary>
    public int Row(int slot) => _rows[slot];

    /// <summary>A vector as it is kept.</summary>
    public ReadOnlySpan<float> Vector(int slot) => Slot(slot);

    /// <summary>The first vector of a row or of one behind it; <see cref="Count"/> when there is none.</summary>
    public int FirstSlotFrom(int row)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_rows[middle] < row) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public bool TryCopy(int row, Span<float> target)
    {
        var slot = FirstSlotFrom(row);
        if (slot == _rows.Count || _rows[slot] != row) return false;
        Slot(slot).CopyTo(target);
        return true;
    }

    /// <summary>How like a row's vector a query is that <see cref="Prepare"/> made ready; null when the row has none.</summary>
    public float? Similarity(int row, ReadOnlySpan<float> prepared)
    {
        var slot = FirstSlotFrom(row);
        return slot < _rows.Count && _rows[slot] == row ? Similarity(prepared, Slot(slot)) : null;
    }

    /// <summary>Brings a query into the form in which vectors are kept.</summary>
    public void Prepare(ReadOnlySpan<float> query, Span<float> target)
    {
        if (metric == Metric.Cosine) Normalise(query, target);
        else query.CopyTo(target);
    }

    /// <summary>Overwrites the vector of a row, if it has one, with zeros.</summary>
    public void Erase(int row)
    {
        var slot = FirstSlotFrom(row);
        if (slot < _rows.Count && _rows[slot] == row) Slot(slot).Clear();
    }

    /// <summary>Compares the query with every vector whose row matches; the best go to <paramref name="hits"/>.</summary>
    public void Search(scoped ReadOnlySpan<float> query, ReadOnlySpan<RowMark> marks, ref TopHits hits)
    {
        Span<float> unit = dimension <= 1024 ? stackalloc float[dimension] : new float[dimension];
        Prepare(query, unit);
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
        float similarity;
        if (metric != Metric.L2)
        {
            similarity = TensorPrimitives.Dot(query, vector);
        }
        else
        {
            var distance = TensorPrimitives.Distance(query, vector);
            similarity = -(distance * distance);
        }
        return float.IsFinite(similarity) ? similarity : OfHuge(query, vector);
    }

    // Components beyond 10^19 overflow on the way, to an infinity or, where two meet, to a NaN that no order knows.
    private float OfHuge(ReadOnlySpan<float> query, ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            var difference = (double)query[i] - vector[i];
            sum += metric == Metric.L2 ? -(difference * difference) : (double)query[i] * vector[i];
        }
        return (float)Math.Clamp(sum, float.MinValue, float.MaxValue);
    }

    private Span<float> NextSlot()
    {
        var slot = _rows.Count;
        if (slot / ChunkVectors == _chunks.Count) _chunks.Add(new float[ChunkVectors * dimension]);
        return Slot(slot);
    }

    private Span<float> Slot(int slot) => _chunks[slot / ChunkVectors].AsSpan(slot % ChunkVectors * dimension, dimension);
}
