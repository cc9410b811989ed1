namespace MemoryEngine.Segments;

/// <summary>
/// Filling the table from what a checkpoint kept, in the order in which replaying the journal would: the rows of the
/// segments, then what has happened to them since their births. Positions in the journal come from reading it.
/// </summary>
internal sealed partial class RowTable
{
    /// <summary>Which events counted before, and from which one on all do.</summary>
    public (View Past, long PresentFrom) Present => (_past, _presentFrom);

    /// <summary>The next row, as it was when it was born.</summary>
    public void AddKept(Row row, int length)
    {
        var index = Rows.Count;
        row.Previous = _newest.GetValueOrDefault(row.MemoryId, -1);
        Rows.Add(row);
        Columns.Add(index, row);
        Lengths.Add(length);
        _newest[row.MemoryId] = index;
    }

    /// <summary>Records that hold nothing: their events were dropped from the journal, their numbers are not given again.</summary>
    public void AddErased(long birth, int count)
    {
        var (name, tags, requires) = (Name(""), InternTags([]), InternRequires([]));
        var erased = new Row
        {
            Birth = birth,
            History = [],
            Previous = -1,
            Domain = name,
            Model = name,
            Language = name,
            License = name,
            Contributor = name,
            Tags = tags,
            Requires = requires,
        };
        Rows.AddMany(erased, count);
        Lengths.AddMany(0, count);
        Parts.Active.AddEmpty(count);
    }

    /// <summary>Where a row's event lies in the journal.</summary>
    public void SetPosition(int row, long packed) => Rows[row].Position = packed;

    /// <summary>Whether a row holds nothing any more.</summary>
    public bool IsErased(int row) => Rows[row].IsErased;

    /// <summary>How many of the rows from one on hold nothing any more.</summary>
    public int CountErased(int first, int rows)
    {
        var erased = 0;
        for (var row = first; row < first + rows; row++) if (IsErased(row)) erased++;
        return erased;
    }

    /// <summary>What has happened to a row since its birth: its death alone, or all its events in order.</summary>
    public void SetLife(int row, long[] events)
    {
        if (events is [var death]) Rows[row].Death = -death;
        else Rows[row].History = events;
    }

    /// <summary>The events of a row's life when it has more than its birth: its death alone, or all of them in order.</summary>
    public long[]? LifeOf(int row)
    {
        ref readonly var r = ref Rows[row];
        if (r.History is { Length: > 0 } history) return history;
        return r.Death == 0 || r.IsErased ? null : [-r.Death];
    }

    /// <summary>All rows are there: which events count, and how many rows are live with that.</summary>
    public void Settle(View past, long presentFrom, LiveRows live) => RollBack(past, live, presentFrom);

    /// <summary>A memory that was removed for good, and whose rows are erased.</summary>
    public void AddPurged(Guid memoryId) => _purged[memoryId] = true;

    public int InternName(string name) => Name(name);

    public int InternTagSet(List<string> tags) => InternTags(tags);

    public int InternRequireSet(List<(string Name, string Value)> requires) => InternRequires(requires);
}
