using System.Collections.Concurrent;
using MemoryEngine.Index;
using MemoryEngine.Records;

namespace MemoryEngine.Segments;

/// <summary>What the published part of the pool looks like to a reader: fixed once published.</summary>
/// <param name="View">Which events count.</param>
/// <param name="RowCount">Rows from here on are not complete yet.</param>
/// <param name="Live">How many rows are live in the view.</param>
/// <param name="Bits">Which rows are live in the view.</param>
/// <param name="Erasures">How many rows had been erased when the bits were counted.</param>
internal sealed record PoolView(View View, int RowCount, LiveRows Live, LiveBitmap Bits, long Erasures);

/// <summary>How many rows are live in a view, and the sum of their lexical lengths: what BM25 needs to know of them.</summary>
internal readonly record struct LiveRows(long Count, long Length)
{
    public LiveRows With(long length, int sign) => new(Count + sign, Length + (sign * length));
}

/// <summary>
/// The columns of all records and the chains of versions, and beside them the parts that are searched. The applier alone
/// writes; readers take <see cref="Current"/> and see exactly the events up to it. Row n is record n + 1.
/// </summary>
internal sealed partial class RowTable
{
    private readonly NewestRows _newest;
    private readonly ConcurrentDictionary<Guid, bool> _purged = new(concurrencyLevel: 1, capacity: 1);
    private readonly LiveBits _live = new();
    private PoolView _current = new(View.Empty, 0, default, LiveBitmap.Empty, 0);
    private long _erasures;
    private View _past = View.Empty;
    private long _presentFrom = 1;

    public RowTable() => _newest = new NewestRows(Rows);

    public AppendOnlyList<Row> Rows { get; } = new();

    /// <summary>Rows filed so far, published or not; for the applier.</summary>
    public int RowCount => Rows.Count;

    /// <summary>The lexical length of each row, in terms.</summary>
    public AppendOnlyList<int> Lengths { get; } = new();

    public SpaceTable Spaces { get; } = new();

    /// <summary>Where vectors are searched. Taken after the view, they cover all of its rows.</summary>
    public PartSet Parts { get; } = new();

    /// <summary>What filters look at.</summary>
    public ColumnIndex Columns { get; } = new();

    public Interner<string> Names { get; } = new();

    public Interner<string[]> TagSets { get; } = new();

    public Interner<IReadOnlyDictionary<string, string>> RequireSets { get; } = new();

    public PoolView Current => Volatile.Read(ref _current);

    /// <summary>The live rows of <see cref="Applied"/>.</summary>
    public LiveRows Live { get; private set; }

    /// <summary>The current view with whatever is applied but not yet published; for the applier.</summary>
    public View Applied { get; private set; } = View.Empty.And(1, long.MaxValue);

    /// <summary>Memories that were removed for good.</summary>
    public IEnumerable<Guid> Purged => _purged.Keys;

    public bool IsPurged(Guid memoryId) => _purged.ContainsKey(memoryId);

    /// <summary>The row of the newest version of a memory, whether any view knows it or not, or -1.</summary>
    public int FindNewest(Guid memoryId) => _newest.Find(memoryId);

    /// <summary>The rows of a memory's versions, newest first, whether any view knows them or not.</summary>
    public IEnumerable<int> VersionsOf(Guid memoryId)
    {
        for (var row = FindNewest(memoryId); row >= 0; row = Rows[row].Previous) yield return row;
    }

    public bool IsLive(int row, View view) => Rows[row].IsLive(view);

    /// <summary>A row's lexical length.</summary>
    public long LengthOf(int row) => Lengths[row];

    /// <summary>The row of the version of a memory that is live in a view, or -1.</summary>
    public int FindLive(Guid memoryId, View view)
    {
        for (var row = _newest.Find(memoryId); row >= 0; row = Rows[row].Previous)
            if (Rows[row].IsLive(view)) return row;
        return -1;
    }

    /// <summary>The row of the newest version of a memory that a view knows, live or not, or -1.</summary>
    public int FindNewest(Guid memoryId, View view)
    {
        var row = _newest.Find(memoryId);
        while (row >= 0 && !Rows[row].IsKnown(view)) row = Rows[row].Previous;
        return row;
    }

    /// <summary>What a reader of another view sees, whose live rows were counted when it got a name.</summary>
    public PoolView Seen(View view, LiveRows live)
    {
        var (erasures, rows, bits) = (Volatile.Read(ref _erasures), FirstRowAfter(view.Last), new LiveBits());
        bits.Fill(rows, row => Rows[row].IsLive(view));
        return new PoolView(view, rows, live, bits.Publish(), erasures);
    }

    /// <summary>Whether rows that a view's bits may show have been erased since.</summary>
    public bool IsOutdated(PoolView seen) => seen.Erasures != Volatile.Read(ref _erasures);

    /// <summary>A version was born; what it supersedes died.</summary>
    public void Remember(long sequence, long position, RecordReader record, RowDraft draft)
    {
        var place = record.Place;
        var previous = _newest.Find(place.MemoryId);
        var index = Rows.Count;
        Rows.Add(new Row
        {
            MemoryId = place.MemoryId,
            ContentHash = record.ContentHash,
            Birth = sequence,
            Position = position,
            CreatedMicroseconds = place.CreatedMicroseconds,
            ExpiresMicroseconds = record.ExpiresMicroseconds,
            TaskHash = TaskHash(draft),
            Previous = previous,
            Version = place.Version,
            Domain = Name(draft.Domain),
            Model = Name(draft.Model),
            Language = Name(draft.Requires.Find(r => r.Name == "language").Value ?? ""),
            License = Name(draft.License),
            Contributor = Name(draft.Contributor),
            Tags = InternTags(draft.Tags),
            Requires = InternRequires(draft.Requires),
            Level = record.Level,
            Format = record.Format,
            Result = record.Result,
        });
        // The one that it supersedes, or, where the journal has a gap, one whose death was lost.
        if (FindLive(place.MemoryId, Applied) is var live and >= 0) Die(live + 1, sequence);
        Lengths.Add(draft.Terms.Length);
        Parts.Active.Add(index, draft, Spaces);
        Columns.Add(index, Rows[index]);
        Count(index, +1);
        _ = _newest.Set(place.MemoryId, index);
    }

    /// <summary>Whether any row ever got a vector after its birth.</summary>
    public bool HasLaterVectors { get; private set; }

    /// <summary>Some row got a vector after its birth.</summary>
    public void NoteLaterVectors() => HasLaterVectors = true;

    /// <summary>A version got a vector, unless it has one, or is gone, or the space is.</summary>
    public void AddVector(int row, int space, ReadOnlySpan<float> vector)
    {
        NoteLaterVectors();
        if (!Rows[row].IsErased && !Spaces[space].IsDropped && !HasVector(row, space)) Parts.AddVector(row, Spaces[space], vector);
    }

    /// <summary>Whether a row has a vector in a space.</summary>
    public bool HasVector(int row, int space)
    {
        // Whoever merges may give a segment's mapping back meanwhile.
        var epoch = Parts.Readers.Enter();
        var isThere = Parts.Current.Has(space, row);
        Parts.Readers.Exit(epoch);
        return isThere;
    }

    public void Forget(long recordId, long sequence)
    {
        Die(recordId, sequence);
        DieAllBut(-1, (int)(recordId - 1), sequence);
    }

    public void Restore(long recordId, long sequence)
    {
        var row = (int)(recordId - 1);
        // Its birth was dropped from the journal, and this event lies in a file that was not worth rewriting.
        if (Rows[row].IsErased) return;
        DieAllBut(row, row, sequence);
        // A journal may say so of a row that never died; it is one live row all the same.
        if (!Rows[row].IsLive(Applied)) Count(row, +1);
        Rows[row].Note(sequence);
    }

    /// <summary>A memory was removed for good: its id stays known, and nothing else of it.</summary>
    public void Purge(Guid memoryId)
    {
        _purged[memoryId] = true;
        var row = _newest.Find(memoryId);
        while (row >= 0)
        {
            var previous = Rows[row].Previous;
            Erase(row);
            row = previous;
        }
    }

    /// <summary>Gives up what a row holds. Which views it was live in is for others to have counted.</summary>
    public void Erase(int row)
    {
        ref var r = ref Rows[row];
        if (r.IsErased) return;
        if (r.IsLive(Applied)) Count(row, -1);
        r.Erase();
        Parts.Erase(row);
        Volatile.Write(ref _erasures, _erasures + 1);
        Unlink(row);
    }

    /// <summary>Whether any of these records holds nothing any more.</summary>
    public bool HoldsErased(IEnumerable<long> recordIds) => recordIds.Any(id => Rows[(int)id - 1].IsErased);

    /// <summary>From a sequence on, the past is another one, whose live rows were counted when it got a name.</summary>
    public void RollBack(View past, LiveRows live, long from)
    {
        (_past, _presentFrom, Live) = (past, from, live);
        Applied = past.And(from, long.MaxValue);
        _live.Fill(Rows.Count, row => Rows[row].IsLive(Applied));
    }

    /// <summary>The view of everything that counts up to a sequence, which no rollback lies behind.</summary>
    public View Through(long sequence) => _past.And(_presentFrom, sequence);

    /// <summary>Lets readers see everything up to a sequence.</summary>
    public void Publish(long sequence) =>
        Volatile.Write(ref _current, new PoolView(Through(sequence), Rows.Count, Live, _live.Publish(), _erasures));

    // Chains lead from version to version that is still there.
    private void Unlink(int row)
    {
        var (memoryId, previous) = (Rows[row].MemoryId, Rows[row].Previous);
        if (_newest.Find(memoryId) == row)
        {
            if (previous >= 0) _ = _newest.Set(memoryId, previous);
            else _newest.Remove(memoryId);
            return;
        }
        for (var next = _newest.Find(memoryId); next >= 0; next = Rows[next].Previous)
            if (Rows[next].Previous == row) Volatile.Write(ref Rows[next].Previous, previous);
    }

    private static ulong TaskHash(RowDraft draft) =>
        (TextAnalyzer.Hash(draft.Domain) * 0x9E37_79B9_7F4A_7C15) ^ TextAnalyzer.Hash(draft.Task);

    // One version of a memory lives at most, so another that still does has died in an event that was lost.
    private void DieAllBut(int survivor, int of, long sequence)
    {
        if (Rows[of].IsErased) return;
        if (FindLive(Rows[of].MemoryId, Applied) is var live and >= 0 && live != survivor) Die(live + 1, sequence);
    }

    private void Die(long recordId, long sequence)
    {
        var row = (int)(recordId - 1);
        if (Rows[row].IsErased) return;
        if (Rows[row].IsLive(Applied)) Count(row, -1);
        Rows[row].Note(-sequence);
    }

    // Rows are in the order of their births.
    private int FirstRowAfter(long sequence)
    {
        var (low, high) = (0, Current.RowCount);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Rows[middle].Birth <= sequence) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Count(int row, int sign)
    {
        Live = Live.With(Lengths[row], sign);
        _live.Set(row, sign > 0);
    }

    private int Name(string name) => Names.Intern(name, name);

    private int InternTags(List<string> tags) =>
        tags.Count == 0 ? TagSets.Intern("", []) : TagSets.Intern(string.Join('\0', tags), [.. tags]);

    private int InternRequires(List<(string Name, string Value)> requires)
    {
        // Most memories require nothing.
        if (requires.Count == 0) return RequireSets.Intern("", MemoryDraft.EmptyRequires);
        var key = string.Join('\0', requires.Select(r => $"{r.Name}\0{r.Value}"));
        return RequireSets.Intern(key, requires.ToDictionary(r => r.Name, r => r.Value, StringComparer.Ordinal).AsReadOnly());
    }
}
