using MemoryEngine.Evidence.Cleaning;
using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;

namespace MemoryEngine;

/// <summary>Forgetting and restoring: a death of the current version, and its undoing. Nothing is erased.</summary>
internal sealed class PendingLife(Pool pool, Durability durability, Guid memoryId, bool restore)
    : PendingWrite<bool>(pool, durability)
{
    private readonly List<Decision> _back = [];
    private long _recordId;
    private long _sequence;

    // With room for the decisions that kept it out: one for each domain.
    public override int Bytes => restore ? 16 << 10 : 64;

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
        if (restore && live >= 0) BringBack(journal, live);
        if (restore == live >= 0) return true;
        _recordId = (restore ? known : live) + 1;
        var payload = new LifeEvent(_recordId, memoryId).Encode();
        journal.Append(restore ? EventType.Restored : EventType.Forgotten, payload);
        _sequence = journal.LastSequence;
        Result = true;
        Pool.Touched.Add(memoryId);
        return true;
    }

    // What was kept out by a decision, everywhere or in a domain, may be handed over again: a person says so.
    private void BringBack(JournalWriter journal, int row)
    {
        var (state, key) = (Pool.Evidence.State, new VersionKey(memoryId, Pool.Table.Rows[row].Version));
        var now = Records.RecordCodec.Time(Pool.NowMicroseconds);
        foreach (var kept in state.Decisions.Of(key).Where(d => d.To != MemoryState.Active))
            _back.Add(CleanupRules.Decide(state, key, kept.Domain, MemoryState.Active, DecisionReason.Person, now));
        foreach (var decision in _back) journal.Append(EventType.Decided, DecidedEvent.Encode(decision));
        if (_back.Count == 0) return;
        Pool.Touched.Add(memoryId);
        Result = true;
    }

    public override void Apply()
    {
        foreach (var decision in _back) Pool.Evidence.Apply(decision);
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
