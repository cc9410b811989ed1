namespace MemoryEngine.Segments;

/// <summary>
/// The parts of a pool as they are now. Who changes them takes turns. A reader enters <see cref="Readers"/>, takes
/// <see cref="Current"/>, which covers every row of whatever view it took before, and leaves when it is done with them.
/// </summary>
internal sealed class PartSet : IDisposable
{
    private readonly Lock _turn = new();
    private SearchParts _current = new([], [], [new Memtable(0)], new AddedVectors());

    public SearchParts Current => Volatile.Read(ref _current);

    /// <summary>Where the next rows' words and vectors go.</summary>
    public Memtable Active => Current.Active;

    public ReaderEpochs Readers { get; } = new();

    /// <summary>A segment whose rows are the next ones, at an opening.</summary>
    public void AddKept(Segment segment)
    {
        lock (_turn) Set(new SearchParts([.. _current.Segments, segment], [], [new Memtable(segment.EndRow)], _current.Added));
    }

    /// <summary>From a row on there is another memtable: the one before grows no more. For the applier.</summary>
    public void Freeze(int nextRow)
    {
        lock (_turn)
        {
            if (_current.Active.FirstRow == nextRow) return;
            Set(new SearchParts(_current.Segments, _current.Mended, [.. _current.Memtables, new Memtable(nextRow)], _current.Added));
        }
    }

    /// <summary>Overwrites the vectors of a row where they are in memory. For the applier.</summary>
    public void Erase(int row)
    {
        foreach (var memtable in _current.Memtables) memtable.Erase(row);
        foreach (var mended in _current.Mended) mended.Rows.Erase(row);
        lock (_turn) _current.Added.Erase(row);
    }

    /// <summary>Gives a row a vector that it has nowhere. For the applier.</summary>
    public void AddVector(int row, SpaceEntry space, ReadOnlySpan<float> vector)
    {
        // Whoever takes away what files hold by now makes a copy: nothing may be added to what was copied.
        lock (_turn) _current.Added.Add(row, space, vector);
    }

    /// <summary>Lets go of vectors that were added and that segments hold by now.</summary>
    public void ForgetHeld()
    {
        lock (_turn)
        {
            var segments = _current.Segments;
            Set(new SearchParts(segments, _current.Mended, _current.Memtables, Unheld(segments)));
        }
    }

    /// <summary>Lets go of the vectors of a space that is searched no more, once nobody does.</summary>
    public void Drop(int space)
    {
        // Searches that chose the space while it served find all of it.
        Readers.WaitForReaders();
        var dropped = new List<SegmentVectors>();
        lock (_turn)
        {
            foreach (var segment in _current.Segments) if (segment.Set(space, null) is { } vectors) dropped.Add(vectors);
            foreach (var memtable in _current.Memtables) memtable.Drop(space);
            foreach (var mended in _current.Mended) mended.Rows.Drop(space);
            _current.Added.Drop(space);
        }
        // The scrub and whoever makes codes take what they find there.
        Readers.WaitForReaders();
        foreach (var vectors in dropped) vectors.Dispose();
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
            Segment[] remaining = [.. segments.Where(s => s.EndRow <= with.FirstRow), with, .. segments.Where(s => s.FirstRow >= with.EndRow)];
            Set(new SearchParts(remaining, [.. mended.Where(m => !IsWithin(m.FirstRow, m.EndRow))], stay, Unheld([with])));
        }
        GiveBack(replaced);
        return true;

        bool IsWithin(int first, int end) => first >= with.FirstRow && end <= with.EndRow;
    }

    /// <summary>Puts rows in the place of a damaged segment; false when it is not there any more.</summary>
    /// <param name="damaged">The segment.</param>
    /// <param name="rows">Its rows, with the vectors that they were born with.</param>
    /// <param name="later">The vectors that they got later.</param>
    /// <param name="tell">Says so, once it is certain and before anybody sees it.</param>
    public bool TryMend(Segment damaged, Memtable rows, IReadOnlyList<LaterVector> later, Action tell)
    {
        lock (_turn)
        {
            if (!_current.Segments.Contains(damaged)) return false;
            // A copy, since whoever searches the parts as they were has these vectors from the segment.
            var added = _current.Added.Without(static (_, _) => false);
            foreach (var vector in later) added.Add(vector.Row, vector.Space, vector.Vector.Span);
            tell();
            Set(new SearchParts(
                [.. _current.Segments.Where(s => s != damaged)], [.. _current.Mended, new MendedRows(rows, damaged.EndRow)],
                _current.Memtables, added));
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
            Set(new SearchParts([], [], [new Memtable(0)], new AddedVectors()));
        }
        GiveBack(last);
    }

    private AddedVectors Unheld(Segment[] segments)
    {
        if (_current.Added.IsEmpty) return _current.Added;
        return _current.Added.Without((space, row) =>
            Array.Exists(segments, s => row >= s.FirstRow && row < s.EndRow && s.Vectors(space) is { } vectors && vectors.IndexOf(row) >= 0));
    }

    private void Set(SearchParts parts) => Volatile.Write(ref _current, parts);

    private void GiveBack(Segment[] segments)
    {
        if (segments.Length == 0) return;
        Readers.WaitForReaders();
        foreach (var segment in segments) segment.Dispose();
    }
}

/// <summary>A vector that a row got after its birth.</summary>
internal readonly record struct LaterVector(int Row, SpaceEntry Space, ReadOnlyMemory<float> Vector);
