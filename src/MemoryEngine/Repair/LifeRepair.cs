using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine.Repair;

/// <summary>
/// What happens to versions needs the versions: an event of one that did not survive is left out. What was purged stays
/// purged: no byte of it comes over, wherever it was found.
/// </summary>
internal sealed class LifeRepair
{
    private readonly EventDraft _draft;
    private readonly HashSet<Guid> _purged = [];
    private readonly HashSet<long> _records = [];
    private readonly HashSet<long> _purgedRecords = [];
    private long _nextRecord = 1;
    private long _lost;
    private long _last;

    // The event that names the newest record behind all that are there.
    private (long Sequence, long RecordId)? _holder;

    private LifeRepair(EventDraft draft) => _draft = draft;

    /// <param name="draft">The events.</param>
    /// <param name="purged">What is known to be purged beside what events say.</param>
    public static void Apply(EventDraft draft, IReadOnlyList<Guid> purged)
    {
        var repair = new LifeRepair(draft);
        repair._purged.UnionWith(purged);
        foreach (var e in draft.Events.Where(e => e.Type == EventType.Purged))
        {
            if (PurgedEvent.Decode(draft.Payload(e)) is { } purge) repair._purged.Add(purge.MemoryId);
            else draft.Refuse(e, "its payload is malformed");
        }
        foreach (var e in draft.Events) repair.See(e);
        if (repair._purgedRecords.Count > 0)
        {
            draft.Notes.Add(
                $"{repair._purgedRecords.Count} versions of purged memories were still in the files. They are not in the new pool: what was " +
                "purged stays so.");
        }
        draft.Settle();
        // An id that was named was given, though nothing else of the record is left: it is not given again.
        if (repair._holder is { } holder) draft.Hold(holder.Sequence, holder.RecordId);
    }

    private void See(in RepairEvent e)
    {
        _lost += e.Sequence - _last - 1;
        _last = e.Last;
        switch (e.Type)
        {
            case EventType.Remembered:
                _ = RecordReader.TryOpen(_draft.Payload(e), out var record, out _);
                SeeVersion(e, record.Place);
                break;
            case EventType.Forgotten or EventType.Restored:
                if (LifeEvent.Decode(_draft.Payload(e)) is not { RecordId: >= 1 } life) _draft.Refuse(e, "its payload is malformed");
                else if (!_records.Contains(life.RecordId)) LeaveOut(e, life);
                break;
            case EventType.VectorAdded:
                SeeVector(e, VectorAddedEvent.RecordIdOf(_draft.Payload(e)));
                break;
            case EventType.Answered:
                if (IdempotentAnswer.Decode(_draft.Payload(e)) is null) _draft.Refuse(e, "its payload is malformed");
                break;
            case EventType.Transferred:
                if (TransferEvent.Decode(_draft.Payload(e)) is null) _draft.Refuse(e, "its payload is malformed");
                break;
            case EventType.OutcomeReported:
                if (OutcomeEvent.Decode(_draft.Payload(e)) is null) _draft.Refuse(e, "its payload is malformed");
                break;
            case EventType.Decided:
                if (DecidedEvent.Decode(_draft.Payload(e)) is null) _draft.Refuse(e, "its payload is malformed");
                break;
            case EventType.PoolCreated:
                if (e.Sequence != 1) _draft.Refuse(e, "a pool is created once");
                break;
            case EventType.Dropped:
                if (_draft.RecordsOf(e) is { Count: > 0 } dropped) (_nextRecord, _lost, _holder) = (dropped.First + dropped.Count, 0, null);
                break;
        }
    }

    private void SeeVector(in RepairEvent e, long recordId)
    {
        if (_records.Contains(recordId)) return;
        _draft.Drop(e, 0, _purgedRecords.Contains(recordId) ? null : $"a vector of a version (record {recordId}) that is lost as well");
    }

    private void SeeVersion(in RepairEvent e, in RecordPlace place)
    {
        (_nextRecord, _lost, _holder) = (place.RecordId + 1, 0, null);
        if (!_purged.Contains(place.MemoryId))
        {
            _records.Add(place.RecordId);
            return;
        }
        _draft.Drop(e, place.RecordId, loss: null);
        _purgedRecords.Add(place.RecordId);
    }

    private void LeaveOut(in RepairEvent e, in LifeEvent life)
    {
        var what = e.Type == EventType.Forgotten ? "forgotten" : "restored";
        var loss = $"that memory {life.MemoryId} was {what}, in a version (record {life.RecordId}) that is lost as well";
        var isNewest = life.RecordId >= Math.Max(_nextRecord, (_holder?.RecordId ?? 0) + 1) && life.RecordId - _nextRecord <= _lost;
        if (isNewest) _holder = (e.Sequence, life.RecordId);
        _draft.Drop(e, 0, _purged.Contains(life.MemoryId) ? null : loss);
    }
}
