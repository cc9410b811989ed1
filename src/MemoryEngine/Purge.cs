using MemoryEngine.Journal;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// Purging, the first half: one durable event, from which on the memory is in no view, and its id answers that it was
/// purged. <see cref="Compaction"/> then removes its bytes.
/// </summary>
internal sealed class PendingPurge(Pool pool, Guid memoryId) : PendingWrite<bool>(pool, Durability.Device)
{
    private long _sequence;
    private int _promised;

    public override int Bytes => 64 << 10;

    public override bool Prepare(JournalWriter journal)
    {
        if (Pool.Touched.Contains(memoryId)) return false;
        if (Pool.Table.IsPurged(memoryId)) return true;
        if (Pool.Table.FindNewest(memoryId) < 0) throw NotFound.Memory(memoryId);
        PromiseRoom();
        // The record carried the key's answer, and keys outlive what they were given for.
        foreach (var answer in Pool.Answers.Of(memoryId))
        {
            using var writer = new ByteWriter(128);
            answer.WriteTo(writer);
            journal.Append(EventType.Answered, writer.Written);
        }
        journal.Append(EventType.Purged, new PurgedEvent(memoryId).Encode());
        _sequence = journal.LastSequence;
        Pool.Touched.Add(memoryId);
        Result = true;
        return true;
    }

    public override void Apply()
    {
        if (_sequence > 0) Pool.Purge(memoryId, _sequence);
    }

    public override void Fail(Exception error)
    {
        for (; _promised > 0; _promised--) Pool.Records!.ReleaseRoom(0);
        base.Fail(error);
    }

    // Removing a body takes room in the record log.
    private void PromiseRoom()
    {
        foreach (var _ in Pool.Table.VersionsOf(memoryId))
        {
            Pool.Records!.EnsureRoom(0);
            _promised++;
        }
    }
}
