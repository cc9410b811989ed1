using System.Collections.Immutable;

namespace MemoryEngine.Tests.Model;

/// <summary>
/// What a pool should hold, in the plainest terms. Immutable: a change makes another oracle, so a moment is kept by keeping
/// its oracle, and a snapshot is the <see cref="OracleView"/> of when it was made.
/// </summary>
internal sealed record Oracle
{
    public static Oracle Empty { get; } = new();

    public OracleView View { get; init; } = OracleView.Empty;

    /// <summary>The newest version of each memory, in whatever view it lies: numbers are not given twice.</summary>
    public ImmutableDictionary<Guid, OracleVersion> Newest { get; init; } = ImmutableDictionary<Guid, OracleVersion>.Empty;

    /// <summary>Results by idempotency key, with what they were given for.</summary>
    public ImmutableDictionary<string, (MemoryDraft Draft, RememberResult Result)> Keys { get; init; } =
        ImmutableDictionary<string, (MemoryDraft, RememberResult)>.Empty;

    /// <summary>Removed for good: known to no view, and their ids answer so.</summary>
    public ImmutableHashSet<Guid> Purged { get; init; } = [];

    /// <summary>
    /// Memories of which a compaction may have given up versions that nobody could see. What writing them answers depends on
    /// which files were worth rewriting, so tests leave them alone.
    /// </summary>
    public ImmutableHashSet<Guid> Doubtful { get; init; } = [];

    /// <summary>Oldest first.</summary>
    public ImmutableList<OracleSnapshot> Snapshots { get; init; } = [];

    public long Records { get; init; }

    public OracleSnapshot? Find(string snapshot) => Snapshots.Find(s => s.Name == snapshot);

    /// <summary>What remembering a draft under an id must answer.</summary>
    public (RememberOutcome Outcome, int Version) Expect(Guid id, MemoryDraft draft)
    {
        if (!Newest.TryGetValue(id, out var newest)) return (RememberOutcome.Added, 1);
        var memory = View.Find(id);
        var compared = memory?.Newest ?? newest;
        if (!SameContent(compared.Draft, draft)) return (RememberOutcome.Revised, newest.Version + 1);
        return (memory is { Live: true } ? RememberOutcome.Unchanged : RememberOutcome.Restored, compared.Version);
    }

    public Oracle Remember(Guid id, MemoryDraft draft, RememberResult result)
    {
        var keyed = draft.IdempotencyKey is { } key ? this with { Keys = Keys.SetItem(key, (draft, result)) } : this;
        return result.Outcome switch
        {
            RememberOutcome.Unchanged => keyed,
            RememberOutcome.Restored => keyed.Restore(id),
            _ => keyed.Add(id, new OracleVersion(draft, result.Version, Records + 1)),
        };
    }

    public Oracle Forget(Guid id) => this with { View = View.Set(id, View.Find(id)! with { Live = false }) };

    /// <summary>A memory that a rollback took away comes back with its newest version alone.</summary>
    public Oracle Restore(Guid id)
    {
        var memory = View.Find(id) ?? new OracleMemory([Newest[id]], Live: false);
        return this with { View = View.Set(id, memory with { Live = true }) };
    }

    public Oracle Name(string name, long sequence, DateTimeOffset created) =>
        this with { Snapshots = Snapshots.Add(new OracleSnapshot(name, sequence, created, View)) };

    public Oracle Drop(string name) => this with { Snapshots = Snapshots.RemoveAll(s => s.Name == name) };

    /// <summary>The past of a snapshot becomes the present; what was before gets a name.</summary>
    public Oracle RollBack(string name, string undo, long sequence, DateTimeOffset now) =>
        Name(undo, sequence - 1, now) with { View = Find(name)!.View };

    /// <summary>A memory goes from every view, for ever; the keys it was written with go on answering.</summary>
    public Oracle Purge(Guid id) => this with
    {
        View = View.Without(id),
        Newest = Newest.Remove(id),
        Doubtful = Doubtful.Remove(id),
        Purged = Purged.Add(id),
        Snapshots = Snapshots.ConvertAll(s => s with { View = s.View.Without(id) }),
    };

    /// <summary>
    /// A memory that neither the present nor a snapshot nor a reader knows may be given up. Of one that lives somewhere the newest version
    /// stays, wherever it lies, or its number would be given twice.
    /// </summary>
    public Oracle Compact(IEnumerable<OracleView> held)
    {
        var views = held.Concat(Snapshots.Select(s => s.View)).Append(View).ToList();
        var seen = views.SelectMany(v => v.Memories.Keys).ToHashSet();
        return this with { Doubtful = Doubtful.Union(Newest.Keys.Where(id => !seen.Contains(id))) };
    }

    /// <summary>Short, since it stands in messages.</summary>
    public override string ToString() => $"{View.LiveCount} live memories";

    public static bool SameContent(MemoryDraft a, MemoryDraft b) =>
        a.Text == b.Text && a.Domain == b.Domain && a.ExpiresAt == b.ExpiresAt
        && a.Vectors["v"].Span.SequenceEqual(b.Vectors["v"].Span);

    private Oracle Add(Guid id, OracleVersion version) => this with
    {
        Records = version.Record,
        Newest = Newest.SetItem(id, version),
        View = View.Set(id, new OracleMemory([.. View.Find(id)?.Versions ?? [], version], Live: true)),
    };
}

/// <summary>A name for a view.</summary>
internal sealed record OracleSnapshot(string Name, long Sequence, DateTimeOffset Created, OracleView View);

/// <summary>A memory as one view knows it. Of its versions the last alone can be live.</summary>
internal sealed record OracleMemory(ImmutableArray<OracleVersion> Versions, bool Live)
{
    public OracleVersion Newest => Versions[^1];
}

internal sealed record OracleVersion(MemoryDraft Draft, int Version, long Record);
