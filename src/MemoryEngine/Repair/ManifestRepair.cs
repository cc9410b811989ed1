using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Snapshots;

namespace MemoryEngine.Repair;

/// <summary>
/// Removals and restorations that only the manifest still knows: it lists the deaths and births of each version by their
/// sequences, and what was purged.
/// </summary>
internal static class ManifestRepair
{
    public static void Apply(EventDraft draft, Manifest manifest)
    {
        var missing = new Dictionary<long, List<long>>();
        foreach (var (row, events) in manifest.Lives)
        {
            // A lost death may have been the birth of the next version, which is lost as well then.
            var lost = events.Where(s => draft.IsFree(Math.Abs(s)) && !draft.MayBeBirth(Math.Abs(s))).ToList();
            if (lost.Count > 0) missing[row + 1] = lost;
        }
        AddLives(draft, missing);
        draft.Settle();
        var purged = draft.Events.Where(e => e.Type == EventType.Purged)
            .Select(e => PurgedEvent.Decode(draft.Payload(e))?.MemoryId ?? Guid.Empty).ToHashSet();
        foreach (var id in manifest.Purged.Where(id => !purged.Contains(id)))
        {
            var at = draft.FindSlot(0, manifest.Sequence + 1);
            if (at == 0) continue;
            draft.Make(at, EventType.Purged, new PurgedEvent(id).Encode());
            draft.Settle();
            draft.Notes.Add($"That memory {id} was purged was lost and made anew at event {at}, as the manifest knows it.");
        }
    }

    private static void AddLives(EventDraft draft, Dictionary<long, List<long>> missing)
    {
        if (missing.Count == 0) return;
        var lives = new SortedDictionary<long, (bool IsBirth, RecordPlace Place)>();
        foreach (var e in draft.Events.Where(e => e.Type == EventType.Remembered))
        {
            _ = RecordReader.TryOpen(draft.Payload(e), out var record, out _);
            var place = record.Place;
            if (!missing.TryGetValue(place.RecordId, out var events)) continue;
            // One event may have ended one version's life and begun another's: then it was the beginning.
            foreach (var sequence in events.Where(s => Math.Abs(s) > e.Sequence))
                if (sequence > 0 || !lives.ContainsKey(-sequence)) lives[Math.Abs(sequence)] = (sequence > 0, place);
        }
        foreach (var (at, (isBirth, place)) in lives)
        {
            draft.Make(at, isBirth ? EventType.Restored : EventType.Forgotten, new LifeEvent(place.RecordId, place.MemoryId).Encode());
            var what = isBirth ? "restored" : "forgotten";
            draft.Notes.Add($"That memory {place.MemoryId} was {what} at event {at} was lost and made anew, as the manifest knows it.");
        }
    }
}
