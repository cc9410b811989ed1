namespace MemoryEngine.Segments;

/// <summary>
/// The parts of a pool as they are now. Who changes them takes turns. A reader enters <see cref="Readers"/>, takes
/// <see cref="Current"/>, which covers every row of whatever view it took before, and leaves when it is done with them.
/// </summary>
internal sealed class PartSet : IDisposable
{
    private readonly Lock _turn = new();
    private SearchParts _current = new([], [], [new Memtable(0)]);

    public SearchParts Current => Volatile.Read(ref _current);

    /// <summary>Where the next rows' words and vectors go.</summary>
    public Memtable Active => Current.Active;

    public ReaderEpochs Readers { get; } = new();

    /// <summary>A segment whose rows are the next ones, at an opening.</summary>
    public void AddKept(Segment segment)
    {
        lock (_turn) Set(new SearchParts([.. _current.Segments, segment], [], [new Memtable(segment.EndRow)]));
    }

    /// <summary>From a row on there is another memtable: the one before grows no more. For the applier.</summary>
    public void Freeze(int nextRow)
    {
        lock (_turn)
        {
            if (_current.Active.FirstRow == nextRow) return;
            Set(new SearchParts(_current.Segments, _current.Mended, [.. _current.Memtables, new Memtable(nextRow)]));
        }
    }

    /// <summary>Overwrites the vectors of a row where they are in memory. For the applier.</summary>
    public void Erase(int row)
    {
        foreach (var memtable in _current.Memtables) memtable.Erase(row);
        foreach (var mended in _current.Mended) mended.Rows.Erase(row);
    }

    /// <summary>
    /// Puts a segment in the place of parts that cover the same rows, and gives those back that nobody reads any more then.
    /// False, with nothing changed, when there are no such parts.
    /// </summary>
    public bool TryReplace(Segment with)
    {
        Segment[] replaced;
        lock (_turn)
        {
            var (segments, mended, memtables) = (_current.Segments, _current.Mended, _current.Memtables);
            replaced = [.. segments.Where(s => IsWithin(s.FirstRow, s.EndRow))];
            var stay = memtables.Where(m => m.FirstRow >= with.EndRow || m.FirstRow < with.FirstRow).ToArray();
            var frozen = memtables.Length == stay.Length ? 0
                : stay.FirstOrDefault(m => m.FirstRow >= with.EndRow)?.FirstRow - _current.SealedRows;
            var rows = replaced.Sum(s => s.Rows) + mended.Where(m => IsWithin(m.FirstRow, m.EndRow)).Sum(m => m.EndRow - m.FirstRow) + frozen;
            if (rows != with.Rows) return false;
            Set(new SearchParts(
                [.. segments.Where(s => s.EndRow <= with.FirstRow), with, .. segments.Where(s => s.FirstRow >= with.EndRow)],
                [.. mended.Where(m => !IsWithin(m.FirstRow, m.EndRow))],
                stay));
        }
        GiveBack(replaced);
        return true;

        bool IsWithin(int first, int end) => first >= with.FirstRow && end <= with.EndRow;
    }

    /// <summary>Puts rows in the place of a damaged segment; false when it is not there any more.</summary>
    public bool TryMend(Segment damaged, Memtable rows)
    {
        lock (_turn)
        {
            if (!_current.Segments.Contains(damaged)) return false;
            Set(new SearchParts(
                [.. _current.Segments.Where(s => s != damaged)], [.. _current.Mended, new MendedRows(rows, damaged.EndRow)], _current.Memtables));
        }
        GiveBack([damaged]);
        return true;
    }

    /// <summary>Gives all mappings back. Whoever reads after this finds nothing.</summary>
    public void Dispose()
    {
        Segment[] last;
        lock (_turn)
        {
            last = _current.Segments;
            Set(new SearchParts([], [], [new Memtable(0)]));
        }
        GiveBack(last);
    }

    private void Set(SearchParts parts) => Volatile.Write(ref _current, parts);

    private void GiveBack(Segment[] segments)
    {
        if (segments.Length == 0) return;
        Readers.WaitForReaders();
        foreach (var segment in segments) segment.Dispose();
    }
}
