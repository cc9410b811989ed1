using System.Runtime.CompilerServices;
using MemoryEngine.Journal;
using MemoryEngine.Records;

namespace MemoryEngine;

/// <summary>
/// Tells watchers what changed, in order and without gaps. The newest changes are kept in memory; whoever is behind them reads the
/// journal. Where that no longer has what happened, or a rollback lies in between, a resync stands for all of it.
/// </summary>
internal sealed class ChangeFeed(Pool pool)
{
    private const int KeptChanges = 4096;
    private const int ChangesAtOnce = 256;

    // The journal is read from a file's beginning each time: not too seldom, not too much at once.
    private const int ChangesFromJournal = 1 << 14;

    private readonly Lock _gate = new();
    private readonly Queue<MemoryChange> _kept = new();
    private TaskCompletionSource? _moved;

    // All changes behind it, up to the published one, are kept.
    private long _floor = pool.Scan.LastSequence;
    private long _published = pool.Scan.LastSequence;

    /// <summary>Notes a change that is applied and not yet published. For the applier.</summary>
    public void Add(long sequence, MemoryChangeKind kind, Guid? id = null, int? version = null)
    {
        lock (_gate)
        {
            if (_kept.Count == KeptChanges) _floor = _kept.Dequeue().Sequence;
            _kept.Enqueue(new MemoryChange(sequence, kind, id, version));
        }
    }

    /// <summary>Lets watchers see what is applied.</summary>
    public void Publish(long sequence)
    {
        TaskCompletionSource? moved;
        lock (_gate)
        {
            _published = sequence;
            (moved, _moved) = (_moved, null);
        }
        moved?.SetResult();
    }

    /// <summary>The changes behind a sequence, and those that come, until it is cancelled.</summary>
    public async IAsyncEnumerable<MemoryChange> WatchAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var changes = new List<MemoryChange>(ChangesAtOnce);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            changes.Clear();
            if (Take(ref after, changes) is { } wait) await wait.WaitAsync(cancellation).ConfigureAwait(false);
            else if (changes.Count == 0) after = await Task.Run(() => ReadJournal(after, changes), cancellation).ConfigureAwait(false);
            foreach (var change in changes) yield return change;
        }
    }

    // What is kept behind a sequence. A task to wait for when there is nothing new, null and no changes when it is not kept any more.
    private Task? Take(ref long after, List<MemoryChange> changes)
    {
        lock (_gate)
        {
            if (after > _published)
            {
                // Of another pool, or of this one before it was put back from a backup.
                changes.Add(new MemoryChange(after = _published, MemoryChangeKind.Resync));
                return null;
            }
            if (after < _floor) return null;
            foreach (var change in _kept)
            {
                if (change.Sequence <= after) continue;
                if (change.Sequence > _published) break;
                changes.Add(change);
                if (changes.Count == ChangesAtOnce) break;
            }
            after = changes.Count == ChangesAtOnce ? changes[^1].Sequence : _published;
            if (changes.Count > 0) return null;
            return (_moved ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    // Gives the sequence up to which the journal was read; the rest is kept in memory, or read by the next call.
    private long ReadJournal(long after, List<MemoryChange> changes)
    {
        long floor, newest;
        lock (_gate) (floor, newest) = (_floor, _published);
        var isBroken = false;
        var reached = after;
        foreach (var number in FilesBehind(after))
        {
            using var file = JournalFileReader.Open(pool.Options.Files, pool.Paths.Journal, number, null);
            while (!IsEnough() && file.TryNext(Visit) && !file.IsSealed)
            {
                // Each batch adds its changes.
            }
            if (IsEnough()) break;
        }
        if (!isBroken) return changes.Count < ChangesFromJournal ? Math.Max(reached, floor) : reached;
        changes.Clear();
        changes.Add(new MemoryChange(newest, MemoryChangeKind.Resync));
        return newest;

        bool IsEnough() => isBroken || reached >= floor || changes.Count >= ChangesFromJournal;

        void Visit(in JournalFrame frame)
        {
            var last = frame.Sequence + frame.Sequences - 1;
            // A batch may reach over the end.
            if (last <= after || frame.Sequence > newest) return;
            reached = last;
            if (frame.Type is EventType.RolledBack or EventType.Dropped) isBroken = true;
            else if (ChangeOf(frame) is { } change) changes.Add(change);
        }
    }

    // The file that may hold the event after a sequence, and those after it.
    private List<int> FilesBehind(long after)
    {
        var numbers = JournalReader.Numbers(pool.Options.Files, pool.Paths.Journal);
        for (var i = numbers.Count - 1; i > 0; i--)
        {
            using var file = JournalFileReader.Open(pool.Options.Files, pool.Paths.Journal, numbers[i], null);
            // One without a batch was only made ready.
            if (file.NextSequence <= after + 1) return numbers[i..];
        }
        return numbers;
    }

    private MemoryChange? ChangeOf(in JournalFrame frame)
    {
        switch (frame.Type)
        {
            case EventType.Remembered when RecordReader.TryOpen(frame.Payload, out var record, out _):
                var place = record.Place;
                var kind = place.Version == 1 ? MemoryChangeKind.Added : MemoryChangeKind.Revised;
                return new MemoryChange(frame.Sequence, kind, place.MemoryId, place.Version);
            case EventType.Forgotten when LifeEvent.Decode(frame.Payload) is { } life:
                return new MemoryChange(frame.Sequence, MemoryChangeKind.Forgotten, life.MemoryId);
            case EventType.Restored when LifeEvent.Decode(frame.Payload) is { } life:
                return new MemoryChange(
                    frame.Sequence, MemoryChangeKind.Restored, life.MemoryId, pool.Table.Rows[(int)life.RecordId - 1].Version);
            case EventType.Purged when PurgedEvent.Decode(frame.Payload) is { } purged:
                return new MemoryChange(frame.Sequence, MemoryChangeKind.Purged, purged.MemoryId);
            default:
                return null;
        }
    }
}
