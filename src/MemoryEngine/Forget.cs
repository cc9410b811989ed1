using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Forgetting and restoring: a death of the current version, and its undoing. Nothing is erased.</summary>
internal sealed class PendingLife(Pool pool, Durability durability, Guid memoryId, bool restore)
    : PendingWrite<bool>(pool, durability)
{
    private long _recordId;
    private long _sequence;

    public override int Bytes => 64;

    public override bool Prepare(JournalWriter journal)
    {
        if (Pool.Touched.Contains(memoryId)) return false;
        var table = Pool.Table;
        if (table.IsPurged(memoryId)) throw NotFound.Purged(memoryId);
        var live = table.FindLive(memoryId, table.Applied);
        var known = table.FindNewest(memoryId, table.Applied);
        // A memory that a rollback took away comes back as a forgotten one does.
        if (known < 0 && restore) known = table.FindNewest(memoryId);
        if (known < 0) throw NotFound.Memory(memoryId);
        if (restore == live >= 0) return true;
        _recordId = (restore ? known : live) + 1;
        var payload = new LifeEvent(_recordId, memoryId).Encode();
        journal.Append(restore ? EventType.Restored : EventType.Forgotten, payload);
        _sequence = journal.LastSequence;
        Result = true;
        Pool.Touched.Add(memoryId);
        return true;
    }

    public override void Apply()
    {
        if (_sequence == 0) return;
        if (restore)
        {
            Pool.Table.Restore(_recordId, _sequence);
            Pool.Changes.Add(_sequence, MemoryChangeKind.Restored, memoryId, Pool.Table.Rows[(int)_recordId - 1].Version);
        }
        else
        {
            Pool.Table.Forget(_recordId, _sequence);
            Pool.Changes.Add(_sequence, MemoryChangeKind.Forgotten, memoryId);
        }
    }
}
