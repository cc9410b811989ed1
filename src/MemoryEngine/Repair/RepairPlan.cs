using MemoryEngine.Journal;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine.Repair;

/// <summary>
/// Decides what the new journal holds: what the journal's files prove, what the record log proves beside that, and the few
/// events that follow from others. Each step leaves a draft that the next one can rely on.
/// </summary>
internal static class RepairPlan
{
    /// <summary>The events of the new journal; empty when nothing could be proven.</summary>
    public static EventDraft Make(RepairSource source, IFileSystem files, PoolPaths paths)
    {
        var draft = new EventDraft(source);
        AddFrames(draft, source);
        draft.Settle();
        // Every sequence that no frame has is one to look for, those behind the journal's end too.
        foreach (var e in source.FindInRecordLog(files, paths, sequence => !draft.Has(sequence))) draft.Add(e);
        draft.Settle();
        if (draft.Events.Count == 0) return draft;
        RecordOrder.Apply(draft);
        AddCreation(draft, source);
        SpaceRepair.Apply(draft, source.Knowing?.Spaces ?? []);
        ViewRepair.Apply(draft, source.Knowing);
        if (source.Knowing is { } manifest) ManifestRepair.Apply(draft, manifest);
        LifeRepair.Apply(draft, source.Knowing?.Purged ?? []);
        return draft;
    }

    // Of two frames with one sequence the better held one stands, and among equals the earlier: what lies behind the end of
    // a journal may be the leavings of a write that failed and was done again.
    private static void AddFrames(EventDraft draft, RepairSource source)
    {
        var all = new List<(SalvagedFrame Frame, int File)>();
        for (var i = 0; i < source.Files.Count; i++)
            foreach (var frame in source.Files[i].Frames) all.Add((frame, i));
        all.Sort((a, b) =>
        {
            var bySequence = a.Frame.Sequence.CompareTo(b.Frame.Sequence);
            if (bySequence != 0) return bySequence;
            var byStanding = a.Frame.Standing.CompareTo(b.Frame.Standing);
            if (byStanding != 0) return byStanding;
            return a.File != b.File ? a.File.CompareTo(b.File) : a.Frame.Offset.CompareTo(b.Frame.Offset);
        });
        var last = 0L;
        foreach (var (frame, file) in all)
        {
            if (!Enum.IsDefined(frame.Type))
            {
                throw new MemoryEngineException(
                    ErrorCode.NewerFormat,
                    $"{source.Files[file].Path} holds an event of type {(byte)frame.Type} at offset {frame.Offset}, which this version of " +
                    "MemoryEngine does not know. Nothing was changed; repair the pool with a newer version.");
            }
            if (frame.Sequence <= last)
            {
                draft.Problems.Add(new CheckProblem(
                    source.Files[file].Path, frame.Offset, $"a second event {frame.Sequence}",
                    "The one that is better held by what is around it is kept."));
                continue;
            }
            draft.Add(new RepairEvent(frame.Sequence, frame.Sequences, frame.Type, file, frame.Offset, frame.PayloadBytes));
            last = frame.Sequence + frame.Sequences - 1;
        }
    }

    private static void AddCreation(EventDraft draft, RepairSource source)
    {
        if (draft.Events[0].Type == EventType.PoolCreated)
        {
            if (PoolCreatedEvent.Decode(draft.Payload(draft.Events[0])) is { } born && born.PoolId == source.PoolId) return;
            draft.Refuse(draft.Events[0], "it is the creation of another pool");
            draft.Settle();
        }
        if (!draft.IsFree(1)) return;
        draft.Make(1, EventType.PoolCreated, PoolCreatedEvent.New(source.PoolId, source.CreatedMicroseconds).Encode());
        draft.Notes.Add(
            "The pool's creation was lost. It was made anew with the pool's id, which stands in other places, and a new key for its " +
            "transfer tokens: tokens that were handed out before are not valid any more.");
        draft.Settle();
    }
}
