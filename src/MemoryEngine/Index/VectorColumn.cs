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

    /// <summary>Overwrites the vector of a row, if it has one, with zeros.</summary>
    public void Erase(int row)
    {
        var slot = FirstSlotFrom(row);
        if (slot < _rows.Count && _rows[slot] == row) Slot(slot).Clear();
    }

    /// <summary>Overwrites a vector with zeros.</summary>
    public void Clear(int slot) => Slot(slot).Clear();

    /// <summary>Whether a row has a vector, and which.</summary>
    public bool TryFind(int row, out ReadOnlySpan<float> vector)
    {
        var slot = FirstSlotFrom(row);
        var found = slot < _rows.Count && _rows[slot] == row;
        vector = found ? Slot(slot) : default;
        return found;
    }

    public bool TryCopy(int row, Span<float> target)
    {
        if (!TryFind(row, out var vector)) return false;
        vector.CopyTo(target);
        return true;
    }

    /// <summary>
    /// Compares a query, of unit length for cosine, with every vector whose row matches; returns how many, and the best go to
    /// <paramref name="hits"/>.
    /// </summary>
    public unsafe int Search(scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> match, ref TopHits hits)
    {
        var (count, compared) = (_rows.Count, 0);
        Span<ulong> allowed = stackalloc ulong[ChunkVectors / 64];
        Span<int> numbers = stackalloc int[ChunkVectors];
        for (var start = 0; start < count; start += ChunkVectors)
        {
            var inChunk = Math.Min(ChunkVectors, count - start);
            allowed.Clear();
            for (var i = 0; i < inChunk; i++)
            {
                numbers[i] = _rows[start + i];
                if (numbers[i] >> 6 >= match.Length || !BitWords.Has(match, numbers[i])) continue;
                allowed[i >> 6] |= 1UL << i;
                compared++;
            }
            fixed (float* asked = query, vectors = _chunks[start / ChunkVectors])
            fixed (int* rows = numbers)
                ExactSearch.Instance.Run(new VectorRows(vectors, inChunk, dimension, metric), asked, allowed, new RowNumbers(0, rows), ref hits);
        }
        return compared;
    }

    /// <summary>A query as it is compared: of unit length for cosine.</summary>
    public static void Prepare(ReadOnlySpan<float> query, Metric metric, Span<float> target)
    {
        if (metric == Metric.Cosine) Normalise(query, target);
        else query.CopyTo(target);
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

    private Span<float> NextSlot()
    {
        var slot = _rows.Count;
        if (slot / ChunkVectors == _chunks.Count) _chunks.Add(new float[ChunkVectors * dimension]);
        return Slot(slot);
    }

    private Span<float> Slot(int slot) => _chunks[slot / ChunkVectors].AsSpan(slot % ChunkVectors * dimension, dimension);
}
