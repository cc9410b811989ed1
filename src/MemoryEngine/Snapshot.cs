using MemoryEngine.Journal;
using MemoryEngine.Snapshots;

namespace MemoryEngine;

/// <summary>Making a snapshot: one frame that gives the current view a name.</summary>
internal sealed class PendingSnapshot(Pool pool, string name) : PendingWrite<SnapshotInfo>(pool, Durability.Device)
{
    private NamedView? _made;

    public override int Bytes => SnapshotRules.FrameBytes(Pool.Table.Applied);

    public override bool Prepare(JournalWriter journal)
    {
        var touched = new SnapshotName(name);
        if (Pool.Touched.Contains(touched)) return false;
        SnapshotRules.EnsureRoom(Pool.Snapshots);
        if (Pool.Snapshots.Find(name) is { } taken)
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict,
                $"There is a snapshot '{name}' of event {taken.Sequence} already. Drop it first, or choose another name.");
        }
        var sequence = journal.LastSequence;
        _made = new NamedView(name, sequence, Pool.NowMicroseconds, Pool.Table.Through(sequence), default);
        journal.Append(EventType.SnapshotCreated, new SnapshotCreatedEvent(name, _made.CreatedMicroseconds, _made.View).Encode());
        Pool.Touched.Add(touched);
        return true;
    }

    public override void Apply()
    {
        // Applied in order: what counts in the view is applied, and nothing else is.
        _made = _made! with { Live = Pool.Table.Live };
        Pool.Snapshots.Add(_made);
        Result = SnapshotRules.Info(_made);
    }
}

/// <summary>Dropping a snapshot: the name goes, and what it alone held may be given up.</summary>
internal sealed class PendingSnapshotDrop(Pool pool, string name) : PendingWrite<bool>(pool, Durability.Device)
{
    public override int Bytes => SnapshotRules.FrameBytes(View.Empty);

    public override bool Prepare(JournalWriter journal)
    {
        var touched = new SnapshotName(name);
        if (Pool.Touched.Contains(touched)) return false;
        _ = Pool.Snapshots.Find(name) ?? throw SnapshotRules.NotFound(name);
        journal.Append(EventType.SnapshotDropped, new SnapshotDroppedEvent(name).Encode());
        Pool.Touched.Add(touched);
        Result = true;
        return true;
    }

    public override void Apply() => Pool.Snapshots.Drop(name);
}

/// <summary>
/// Rolling back: one frame that makes the past that of a snapshot. What was live before gets a name by the same frame, so
/// that rolling back to it undoes this. Spaces, idempotency keys, snapshot names and purges are not views' to decide and
/// stay as they are.
/// </summary>
internal sealed class PendingRollback(Pool pool, string name) : PendingWrite<RollbackResult>(pool, Durability.Device)
{
    private NamedView? _undo;
    private NamedView? _target;

    public override bool IsAlone => true;

    public override int Bytes => SnapshotRules.FrameBytes(Pool.Table.Applied) + SnapshotRules.FrameBytes(Pool.Table.Applied);

    public override bool Prepare(JournalWriter journal)
    {
        SnapshotRules.EnsureRoom(Pool.Snapshots);
        _target = Pool.Snapshots.Find(name) ?? throw SnapshotRules.NotFound(name);
        var last = journal.LastSequence;
        _undo = new NamedView(UndoName(last + 1), last, Pool.NowMicroseconds, Pool.Table.Through(last), Pool.Table.Live);
        var rolledBack = new RolledBackEvent(name, _undo.Name, _undo.CreatedMicroseconds, _undo.View, _target.View);
        journal.Append(EventType.RolledBack, rolledBack.Encode());
        Result = new RollbackResult(name, _undo.Name, last + 1);
        return true;
    }

    public override void Apply()
    {
        Pool.Snapshots.Add(_undo!);
        Pool.Table.RollBack(_target!.View, _target.Live, Result.Sequence);
        Pool.Changes.Add(Result.Sequence, MemoryChangeKind.Resync);
    }

    // Sequences are never given twice, but anyone may have chosen the name.
    private string UndoName(long sequence)
    {
        var undo = $"before-rollback-{sequence}";
        while (Pool.Snapshots.Find(undo) is not null) undo += "-";
        return undo;
    }
}

/// <summary>A snapshot's name in <see cref="Pool.Touched"/>, where idempotency keys are strings.</summary>
internal sealed record SnapshotName(string Name);

/// <summary>What snapshots have in common.</summary>
internal static class SnapshotRules
{
    public static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!SnapshotEvents.IsName(name))
        {
            throw new ArgumentException(
                $"'{name}' is no name of a snapshot: 1 to 64 letters, digits, '-', '_' and '.'.", nameof(name));
        }
    }

    public static void EnsureRoom(SnapshotTable snapshots)
    {
        if (snapshots.All.Count < Limits.MaxSnapshots) return;
        throw new MemoryEngineException(
            ErrorCode.Conflict, $"The pool has {Limits.MaxSnapshots} snapshots, which is as many as it can have. Drop some first.");
    }

    public static MemoryEngineException NotFound(string name) => new(
        ErrorCode.NotFound, $"The pool has no snapshot '{name}'. 'snapshot list' shows those it has.");

    public static SnapshotInfo Info(NamedView snapshot) =>
        new(snapshot.Name, snapshot.Sequence, Records.RecordCodec.Time(snapshot.CreatedMicroseconds), snapshot.Live.Count);

    /// <summary>Upper bound of a frame that holds a view and two names.</summary>
    public static int FrameBytes(View view) => JournalFormat.FrameBytes(256 + (16 * (view.Ranges.Length + 1)));
}
