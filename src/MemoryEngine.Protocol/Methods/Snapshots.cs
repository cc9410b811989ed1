using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>The parameters of a method that is about one snapshot.</summary>
public sealed record SnapshotRequest : WireRequest, IWireMap<SnapshotRequest>
{
    /// <summary>The snapshot's name.</summary>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public static SnapshotRequest Read(ref MapReader map) => new() { Name = map.NeedText("name"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        WriteDeadline(ref map);
    }
}

/// <summary>A snapshot.</summary>
public sealed record SnapshotView : IWireMap<SnapshotView>
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the newest event that counts in it.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was made, in microseconds since 1970 UTC.</summary>
    public required long CreatedUs { get; init; }

    /// <summary>Active memories in it.</summary>
    public required long Memories { get; init; }

    /// <summary>A snapshot of the engine.</summary>
    public static SnapshotView Of(SnapshotInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new() { Name = info.Name, Sequence = info.Sequence, CreatedUs = WireTime.Of(info.CreatedAt), Memories = info.Memories };
    }

    /// <summary>The snapshot as the engine gives it.</summary>
    public SnapshotInfo ToInfo() => new(Name, Sequence, WireTime.At(CreatedUs), Memories);

    /// <inheritdoc/>
    public static SnapshotView Read(ref MapReader map) => new()
    {
        Name = map.NeedText("name"),
        Sequence = map.NeedInt64("sequence", 0),
        CreatedUs = map.NeedInt64("created_us", 0, WireNames.LastMicrosecond),
        Memories = map.NeedInt64("memories", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        map.Int64("sequence", Sequence);
        map.Int64("created_us", CreatedUs);
        map.Int64("memories", Memories);
    }
}

/// <summary>The snapshots, oldest first.</summary>
public sealed record SnapshotListReply : IWireMap<SnapshotListReply>
{
    /// <summary>All of them.</summary>
    public required IReadOnlyList<SnapshotView> Snapshots { get; init; }

    /// <inheritdoc/>
    public static SnapshotListReply Read(ref MapReader map) => new() { Snapshots = map.NeedMaps<SnapshotView>("snapshots") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map) => map.Maps("snapshots", Snapshots);
}

/// <summary>Which two moments to compare.</summary>
public sealed record SnapshotDiffRequest : WireRequest, IWireMap<SnapshotDiffRequest>
{
    /// <summary>A snapshot.</summary>
    public required string Earlier { get; init; }

    /// <summary>Another, older or newer; null for the present.</summary>
    public string? Later { get; init; }

    /// <inheritdoc/>
    public static SnapshotDiffRequest Read(ref MapReader map) =>
        new() { Earlier = map.NeedText("earlier"), Later = map.Text("later"), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("earlier", Earlier);
        map.Text("later", Later);
        WriteDeadline(ref map);
    }
}

/// <summary>How two moments of a pool differ, by memory ids.</summary>
public sealed record SnapshotDiffReply : IWireMap<SnapshotDiffReply>
{
    /// <summary>Active in the later one, not in the earlier one.</summary>
    public required IReadOnlyList<Guid> Added { get; init; }

    /// <summary>Active in both, with another version.</summary>
    public required IReadOnlyList<Guid> Revised { get; init; }

    /// <summary>Active in the earlier one, not in the later one.</summary>
    public required IReadOnlyList<Guid> Removed { get; init; }

    /// <summary>Known to both, with another state.</summary>
    public required IReadOnlyList<Guid> Changed { get; init; }

    /// <summary>A difference of the engine.</summary>
    public static SnapshotDiffReply Of(SnapshotDiff diff)
    {
        ArgumentNullException.ThrowIfNull(diff);
        return new() { Added = diff.Added, Revised = diff.Revised, Removed = diff.Removed, Changed = diff.Changed };
    }

    /// <summary>The difference as the engine gives it.</summary>
    public SnapshotDiff ToDiff() => new(Added, Revised, Removed, Changed);

    /// <inheritdoc/>
    public static SnapshotDiffReply Read(ref MapReader map) => new()
    {
        Added = map.NeedIds("added"),
        Revised = map.NeedIds("revised"),
        Removed = map.NeedIds("removed"),
        Changed = map.NeedIds("changed"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Ids("added", Added);
        map.Ids("revised", Revised);
        map.Ids("removed", Removed);
        map.Ids("changed", Changed);
    }
}

/// <summary>What a rollback did.</summary>
public sealed record RollbackReply : IWireMap<RollbackReply>
{
    /// <summary>What the pool was rolled back to.</summary>
    public required string Snapshot { get; init; }

    /// <summary>A snapshot of the pool as it was before: rolling back to it undoes the rollback.</summary>
    public required string Undo { get; init; }

    /// <summary>The number of the event that did it.</summary>
    public required long Sequence { get; init; }

    /// <summary>A result of the engine.</summary>
    public static RollbackReply Of(RollbackResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new() { Snapshot = result.Snapshot, Undo = result.Undo, Sequence = result.Sequence };
    }

    /// <summary>The result as the engine gives it.</summary>
    public RollbackResult ToResult() => new(Snapshot, Undo, Sequence);

    /// <inheritdoc/>
    public static RollbackReply Read(ref MapReader map) => new()
    {
        Snapshot = map.NeedText("snapshot"),
        Undo = map.NeedText("undo"),
        Sequence = map.NeedInt64("sequence", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("snapshot", Snapshot);
        map.Text("undo", Undo);
        map.Int64("sequence", Sequence);
    }
}
