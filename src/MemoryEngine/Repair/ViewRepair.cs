using MemoryEngine.Journal;
using MemoryEngine.Snapshots;

namespace MemoryEngine.Repair;

/// <summary>
/// Snapshots and rollbacks name each other and carry the ranges of what counted, so one that is lost can often be told
/// from those that are not: a later view shows the rollback before it, a rollback shows the snapshot that it went to.
/// What needs something that cannot be told is left out, and said.
/// </summary>
internal sealed class ViewRepair
{
    private readonly EventDraft _draft;
    private readonly List<Named> _named = [];
    private readonly List<(long From, View Past)> _eras = [(1, View.Empty)];

    private readonly Manifest? _manifest;

    private ViewRepair(EventDraft draft, Manifest? manifest) => (_draft, _manifest) = (draft, manifest);

    public static void Apply(EventDraft draft, Manifest? manifest)
    {
        var repair = new ViewRepair(draft, manifest);
        foreach (var snapshot in manifest?.Snapshots ?? []) repair.AddKnown(snapshot);
        var events = draft.Events
            .Where(e => e.Type is EventType.SnapshotCreated or EventType.SnapshotDropped or EventType.RolledBack).ToList();
        var isCompared = manifest is null;
        // Each step settles what it made, so that the next one sees which sequences are still free.
        foreach (var e in events)
        {
            if (!isCompared && e.Sequence > manifest!.Sequence)
            {
                repair.Compare(manifest);
                isCompared = true;
            }
            if (e.Type == EventType.SnapshotCreated) repair.Created(e);
            else if (e.Type == EventType.SnapshotDropped) repair.Dropped(e);
            else repair.RolledBack(e);
            draft.Settle();
        }
        if (!isCompared) repair.Compare(manifest!);
    }

    // The name that a rollback gave to what was before it came with the rollback's own event.
    private void AddKnown(NamedView snapshot)
    {
        var at = snapshot.View.Last + 1;
        if (!_draft.IsFree(at) || snapshot.Name.StartsWith($"before-rollback-{at}", StringComparison.Ordinal)) return;
        _draft.Make(at, EventType.SnapshotCreated, new SnapshotCreatedEvent(snapshot.Name, snapshot.CreatedMicroseconds, snapshot.View).Encode());
        _draft.Settle();
        _draft.Notes.Add($"The snapshot '{snapshot.Name}' of event {snapshot.View.Last} was lost and made anew, as the manifest knows it.");
    }

    // The manifest says what counted and which names there were at its event.
    private void Compare(Manifest manifest)
    {
        foreach (var named in _named.Where(n => n.Until == long.MaxValue && manifest.Snapshots.All(s => s.Name != n.Name)).ToList())
            _ = GiveUp(named.Name, manifest.Sequence + 1);
        var newest = manifest.Snapshots.Select(s => s.CreatedMicroseconds).DefaultIfEmpty().Max();
        _ = IsView(manifest.Past.And(manifest.PresentFrom, manifest.Sequence), manifest.Sequence + 1, newest);
    }

    private void Created(in RepairEvent e)
    {
        if (SnapshotCreatedEvent.Decode(_draft.Payload(e)) is not { } created)
        {
            _draft.Refuse(e, "its payload is malformed");
            return;
        }
        if (!IsView(created.View, e.Sequence, created.CreatedMicroseconds) || !GiveUp(created.Name, e.Sequence))
        {
            _draft.Drop(e, 0, $"the snapshot '{created.Name}', since what it saw cannot be told any more");
            return;
        }
        _named.Add(new Named(created.Name, created.View, e.Sequence));
    }

    private void Dropped(in RepairEvent e)
    {
        if (SnapshotDroppedEvent.Decode(_draft.Payload(e)) is not { } dropped) _draft.Refuse(e, "its payload is malformed");
        else if (Find(dropped.Name) is { } named) named.Until = e.Sequence;
        else _draft.Drop(e, 0, $"that the snapshot '{dropped.Name}' was dropped, which is lost itself");
    }

    private void RolledBack(in RepairEvent e)
    {
        if (RolledBackEvent.Decode(_draft.Payload(e)) is not { } back)
        {
            _draft.Refuse(e, "its payload is malformed");
            return;
        }
        var isSound = IsView(back.Previous, e.Sequence, back.CreatedMicroseconds) && GiveUp(back.UndoName, e.Sequence)
            && (Find(back.Name) is { } target && target.View.IsSame(back.Past)
                || (GiveUp(back.Name, e.Sequence) && Name(back.Name, back.Past, back.CreatedMicroseconds)));
        if (!isSound)
        {
            _draft.Drop(e, 0, $"the rollback to '{back.Name}', since what it went back to cannot be told any more: what it took away is back");
            return;
        }
        Begin(e.Sequence, back.UndoName, back.Previous, back.Past);
    }

    private void Begin(long sequence, string undoName, View previous, View past)
    {
        _named.Add(new Named(undoName, previous, sequence));
        _eras.Add((sequence, past));
    }

    private Named? Find(string name) => _named.Find(n => n.Name == name && n.Until == long.MaxValue);

    private View Through(long sequence)
    {
        var (from, past) = _eras.FindLast(e => e.From <= sequence);
        return from == 0 ? View.Empty : past.And(from, sequence);
    }

    // Whether these ranges counted before an event. If not, the last of them may show a rollback that was lost: from its
    // event on everything counts, and before it what counted in the snapshot that it went to.
    private bool IsView(View view, long sequence, long createdMicroseconds)
    {
        if (view.Last != sequence - 1) return false;
        if (view.IsSame(Through(view.Last))) return true;
        var ranges = view.Ranges;
        var at = ranges[^1].First;
        if (ranges.Length < 2 || at <= _eras[^1].From || !_draft.IsFree(at)) return false;
        var past = View.Of(ranges[..^1].ToArray());
        var known = _manifest?.Snapshots.FirstOrDefault(s => s.View.Last == at - 1);
        if (known is not null) createdMicroseconds = known.CreatedMicroseconds;
        var (previous, undo) = (Through(at - 1), Unused(known?.Name ?? $"before-rollback-{at}"));
        var target = _named.Find(n => n.Since < at && at < n.Until && n.View.IsSame(past))?.Name;
        if (target is null && !Name(target = Unused($"recovered-{past.Last}"), past, createdMicroseconds)) return false;
        _draft.Make(at, EventType.RolledBack, new RolledBackEvent(target, undo, createdMicroseconds, previous, past).Encode());
        _draft.Settle();
        _draft.Notes.Add(
            $"The rollback at event {at} was lost and made anew: what counted from there on is known from later. It goes to the " +
            $"snapshot '{target}', and '{undo}' undoes it; the time that it bears need not be its own.");
        Begin(at, undo, previous, past);
        return true;
    }

    // Makes the snapshot that an event shows to have been there. A snapshot's event follows the last one that it counts.
    private bool Name(string name, View view, long createdMicroseconds)
    {
        var at = view.Last + 1;
        if (!_draft.IsFree(at) || !Through(view.Last).IsSame(view)) return false;
        _draft.Make(at, EventType.SnapshotCreated, new SnapshotCreatedEvent(name, createdMicroseconds, view).Encode());
        _draft.Settle();
        _draft.Notes.Add(
            $"The snapshot '{name}' of event {view.Last} was lost and made anew: a later rollback went back to it. The time it bears is " +
            "that of the event that shows it.");
        _named.Add(new Named(name, view, at));
        return true;
    }

    // A name that is given again was given up before.
    private bool GiveUp(string name, long sequence)
    {
        if (Find(name) is not { } named) return true;
        var at = _draft.FindSlot(named.Since, sequence);
        if (at == 0) return false;
        _draft.Make(at, EventType.SnapshotDropped, new SnapshotDroppedEvent(name).Encode());
        _draft.Settle();
        _draft.Notes.Add($"The snapshot '{name}' had been dropped before its name was given again; that was lost and made anew at event {at}.");
        named.Until = at;
        return true;
    }

    private string Unused(string name)
    {
        while (_named.Exists(n => n.Name == name)) name += "-";
        return name;
    }

    private sealed class Named(string name, View view, long since)
    {
        public string Name => name;

        public View View => view;

        /// <summary>The sequence of the event that gave the name.</summary>
        public long Since => since;

        /// <summary>That of the event that took it away.</summary>
        public long Until { get; set; } = long.MaxValue;
    }
}
