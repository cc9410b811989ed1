using MemoryEngine.Journal;
using MemoryEngine.Records;

namespace MemoryEngine.Repair;

/// <summary>
/// Record ids ascend and are dense: those that are missing between two records must have been born in the lost events
/// between them. A version that does not fit there is not taken. The journal's frames come before the record log's bodies.
/// </summary>
internal static class RecordOrder
{
    public static void Apply(EventDraft draft)
    {
        var limits = Limits(draft);
        var (next, room, last) = (1L, 0L, 0L);
        for (var i = 0; i < draft.Events.Count; i++)
        {
            var e = draft.Events[i];
            room += e.Sequence - last - 1;
            last = e.Last;
            if (e.Type == EventType.Dropped && DroppedEvent.Decode(draft.Payload(e)) is null) Refuse(e, "its payload is malformed");
            else if (e.Type == EventType.Remembered && WhyNot(draft.Payload(e)) is { } problem) Refuse(e, problem);
            else if (draft.RecordsOf(e) is { Count: > 0 } records)
            {
                if (records.First < next || records.First - next > room || records.First + records.Count > limits[i])
                {
                    Refuse(e, $"record {records.First} does not fit between the records around it");
                    continue;
                }
                (next, room) = (records.First + records.Count, 0);
            }
        }
        draft.Settle();

        void Refuse(in RepairEvent e, string what)
        {
            draft.Refuse(e, what);
            room += e.Sequences;
        }
    }

    // For a body of the record log, the first record that the journal has behind it.
    private static long[] Limits(EventDraft draft)
    {
        var limits = new long[draft.Events.Count];
        var limit = long.MaxValue;
        for (var i = limits.Length - 1; i >= 0; i--)
        {
            var e = draft.Events[i];
            var isOfJournal = e.Source >= 0;
            limits[i] = isOfJournal ? long.MaxValue : limit;
            if (!isOfJournal || e.Type is not (EventType.Remembered or EventType.Dropped)) continue;
            if (e.Type == EventType.Remembered && WhyNot(draft.Payload(e)) is not null) continue;
            if (draft.RecordsOf(e) is { Count: > 0 } records) limit = records.First;
        }
        return limits;
    }

    private static string? WhyNot(ReadOnlySpan<byte> payload)
    {
        if (!RecordReader.TryOpen(payload, out var record, out var problem)) return problem;
        var place = record.Place;
        return place.RecordId < 1 || place.Supersedes < 0 || place.Supersedes >= place.RecordId || place.Version < 1
            ? "its numbers cannot be those of a version"
            : null;
    }
}
