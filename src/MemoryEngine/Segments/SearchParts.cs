namespace MemoryEngine.Segments;

/// <summary>What is searched: together every row, each in one part.</summary>
internal sealed class SearchParts(Segment[] segments, MendedRows[] mended, Memtable[] memtables, AddedVectors added)
{
    /// <summary>In the order of their rows; without gaps but where rows are mended.</summary>
    public Segment[] Segments => segments;

    /// <summary>Rows of segments that turned out to be damaged, made again from the journal.</summary>
    public MendedRows[] Mended => mended;

    /// <summary>Behind all segments: those that are frozen, and last the one that grows.</summary>
    public Memtable[] Memtables => memtables;

    /// <summary>Vectors that rows of any part got later, which their part does not hold.</summary>
    public AddedVectors Added => added;

    public Memtable Active => memtables[^1];

    /// <summary>Rows that are in no memtable: the first ones.</summary>
    public int SealedRows => memtables[0].FirstRow;

    /// <summary>The vector of a row in a space; false when it has none.</summary>
    public bool TryFind(int space, int row, out ReadOnlySpan<float> vector)
    {
        vector = default;
        if (SegmentOf(row) is { } segment)
        {
            if (segment.Vectors(space) is { } vectors && vectors.TryFind(row, out vector)) return true;
        }
        else if (MemtableOf(row)?.Column(space) is { } column && column.TryFind(row, out vector))
        {
            return true;
        }
        return added.TryFind(space, row, out vector);
    }

    /// <summary>Whether a row has a vector in a space.</summary>
    public bool Has(int space, int row)
    {
        var isHeld = SegmentOf(row) is { } segment
            ? segment.Vectors(space) is { } vectors && vectors.IndexOf(row) >= 0
            : MemtableOf(row)?.Column(space) is { } column && column.TryFind(row, out _);
        return isHeld || added.Has(space, row);
    }

    private Memtable? MemtableOf(int row)
    {
        // No lambda: it would be made for every row that is asked about, also where nothing was ever mended.
        if (row < SealedRows)
        {
            foreach (var m in mended)
                if (row >= m.FirstRow && row < m.EndRow) return m.Rows;
            return null;
        }
        var i = memtables.Length - 1;
        while (memtables[i].FirstRow > row) i--;
        return memtables[i];
    }

    private Segment? SegmentOf(int row)
    {
        var (low, high) = (0, segments.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (segments[middle].FirstRow <= row) low = middle;
            else high = middle - 1;
        }
        return high >= 0 && row >= segments[low].FirstRow && row < segments[low].EndRow ? segments[low] : null;
    }
}

/// <summary>Rows in memory that stand in for a damaged segment until they are written again.</summary>
internal sealed record MendedRows(Memtable Rows, int EndRow)
{
    public int FirstRow => Rows.FirstRow;
}
