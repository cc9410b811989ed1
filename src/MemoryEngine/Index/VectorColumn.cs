using System.Buffers;
using System.Numerics.Tensors;

namespace MemoryEngine.Index;

/// <summary>
/// The vectors of one space, in the order of their rows. Few are searched exactly; beside many there are codes of all but the last
/// few hundred. Vectors of a cosine space are kept at unit length. One writer; readers take no locks.
/// </summary>
internal sealed class VectorColumn(int dimension, Metric metric) : IRowVectors
{
    private const int ChunkVectors = 512;
    private const int ChunkWords = ChunkVectors / 64;

    /// <summary>Fewer are compared exactly, always: a pool of a thousand memories is searched without any codes.</summary>
    private const int LeastCoded = 1024;

    private readonly AppendOnlyList<int> _rows = new();
    private readonly AppendOnlyList<float[]> _chunks = new();
    private ColumnCodes? _codes;

    public int Dimension => dimension;

    public Metric Metric => metric;

    public int Count => _rows.Count;

    /// <summary>Adds a vector of a row behind all rows that have one.</summary>
    public void Add(int row, ReadOnlySpan<float> vector)
    {
        var target = NextSlot();
        if (metric == Metric.Cosine) Normalise(vector, target);
        else vector.CopyTo(target);
        Add(row);
    }

    /// <summary>Adds a vector as <see cref="Vector"/> gave it, to the last bit.</summary>
    public void AddKept(int row, ReadOnlySpan<float> vector)
    {
        vector.CopyTo(NextSlot());
        Add(row);
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
        if (slot == _rows.Count || _rows[slot] != row) return;
        Slot(slot).Clear();
        _codes?.Erase(slot);
    }

    /// <summary>Overwrites a vector with zeros.</summary>
    public void Clear(int slot)
    {
        Slot(slot).Clear();
        _codes?.Erase(slot);
    }

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
    /// Finds the nearest vectors of rows that match: compares with all of them, exactly, and where they are many with the codes of all and
    /// the vectors of the nearest.
    /// </summary>
    /// <param name="query">Of unit length for cosine.</param>
    /// <param name="match">A bit for each row.</param>
    /// <param name="candidates">Of the whole search.</param>
    /// <param name="hits">Gets the best.</param>
    /// <param name="matching">How many match.</param>
    public SearchCost Search(
        scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> match, ref CodeCandidates candidates, ref TopHits hits, out int matching)
    {
        var count = _rows.Count;
        var rented = ArrayPool<ulong>.Shared.Rent((count + ChunkVectors - 1) / ChunkVectors * ChunkWords);
        matching = 0;
        for (var start = 0; start < count; start += ChunkVectors)
            matching += Select(match, start, Math.Min(ChunkVectors, count - start), WordsOf(rented, start));
        var codes = Volatile.Read(ref _codes);
        // Fewer are compared in no time, and without a doubt.
        var compared = 0L;
        if (codes is not null && matching >= Math.Max(LeastCoded, 2 * CodeCandidates.RoomFor(dimension, hits.Room)))
        {
            var coded = rented.AsSpan(0, Math.Min(count / ChunkVectors, codes.Count / ChunkVectors) * ChunkWords);
            compared = BitWords.Count(coded);
            codes.Narrow(query, coded, hits, ref candidates);
        }
        var exact = 0L;
        for (var start = 0; start < count; start += ChunkVectors)
            exact += SearchChunk(query, start, Math.Min(ChunkVectors, count - start), WordsOf(rented, start), ref hits);
        ArrayPool<ulong>.Shared.Return(rented);
        return new SearchCost(compared, exact, SearchWay.Exact, Scanned: true);

        static Span<ulong> WordsOf(ulong[] words, int start) => words.AsSpan(start / ChunkVectors * ChunkWords, ChunkWords);
    }

    /// <summary>The same of a column whose rows were added in no order: with all that match, exactly.</summary>
    public SearchCost SearchUnordered(scoped ReadOnlySpan<float> query, scoped ReadOnlySpan<ulong> match, ref TopHits hits, out int matching)
    {
        var (count, exact) = (_rows.Count, 0);
        Span<ulong> allowed = stackalloc ulong[ChunkWords];
        for (var start = 0; start < count; start += ChunkVectors)
        {
            allowed.Clear();
            var vectors = Math.Min(ChunkVectors, count - start);
            for (var i = 0; i < vectors; i++)
                if (_rows[start + i] is var row && row >> 6 < match.Length && BitWords.Has(match, row)) allowed[i >> 6] |= 1UL << i;
            exact += SearchChunk(query, start, vectors, allowed, ref hits);
        }
        matching = exact;
        return new SearchCost(0, exact, SearchWay.Exact, Scanned: true);
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

    // Which vectors of a chunk have a row that matches; returns how many. Rows behind the bits are newer than the view.
    private int Select(ReadOnlySpan<ulong> match, int start, int vectors, Span<ulong> allowed)
    {
        allowed.Clear();
        var (first, rows, matching) = (_rows[start], match.Length << 6, 0);
        if (first >= rows) return 0;
        // Nearly always each row has a vector, and then bits are copied instead of asked for: of 32,768 rows that took a tenth of a
        // millisecond.
        if (_rows[start + vectors - 1] - first == vectors - 1) return BitWords.Copy(match, first, Math.Min(vectors, rows - first), allowed);
        for (var i = 0; i < vectors && _rows[start + i] is var row && row < rows; i++)
        {
            if (!BitWords.Has(match, row)) continue;
            allowed[i >> 6] |= 1UL << i;
            matching++;
        }
        return matching;
    }

    private unsafe int SearchChunk(scoped ReadOnlySpan<float> query, int start, int vectors, scoped ReadOnlySpan<ulong> allowed, ref TopHits hits)
    {
        var compared = BitWords.Count(allowed);
        if (compared == 0) return 0;
        // A chunk of the list of rows is as long as one of vectors, or longer.
        fixed (float* asked = query, first = _chunks[start / ChunkVectors])
        fixed (int* rows = &_rows[start])
            ExactSearch.Instance.Run(new VectorRows(first, vectors, dimension, metric), asked, allowed, new RowNumbers(0, rows), ref hits);
        return compared;
    }

    private unsafe void Encode(int chunk)
    {
        fixed (float* first = _chunks[chunk])
        {
            var vectors = new VectorRows(first, ChunkVectors, dimension, metric);
            if (_codes is { } codes) codes.Add(vectors);
            else Volatile.Write(ref _codes, ColumnCodes.Of(vectors));
        }
    }

    private void Add(int row)
    {
        _rows.Add(row);
        if (_rows.Count % ChunkVectors == 0) Encode((_rows.Count / ChunkVectors) - 1);
    }

    private Span<float> NextSlot()
    {
        var slot = _rows.Count;
        if (slot / ChunkVectors == _chunks.Count) _chunks.Add(new float[ChunkVectors * dimension]);
        return Slot(slot);
    }

    private Span<float> Slot(int slot) => _chunks[slot / ChunkVectors].AsSpan(slot % ChunkVectors * dimension, dimension);
}
