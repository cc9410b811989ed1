using System.Buffers.Binary;
using MemoryEngine.Journal;

namespace MemoryEngine.Repair;

/// <summary>
/// The journal to be: its events in order, and the lost sequences between them. What is taken out or made anew shows
/// after <see cref="Settle"/>.
/// </summary>
internal sealed class EventDraft(RepairSource source)
{
    private readonly List<byte[]> _made = [];
    private readonly List<RepairEvent> _added = [];
    private readonly HashSet<long> _removed = [];

    /// <summary>Ascending, none over another.</summary>
    public List<RepairEvent> Events { get; private set; } = [];

    /// <summary>Events that checked out and are not in the new pool all the same, and why.</summary>
    public List<LostEvents> LeftOut { get; } = [];

    public List<CheckProblem> Problems { get; } = [];

    public List<string> Notes { get; } = [];

    public ReadOnlySpan<byte> Payload(in RepairEvent e) => e.IsOriginal ? source.Payload(e) : _made[(int)e.Place];

    public static long RecordIdOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[8..]);

    /// <summary>Whether a sequence is that of an event, or one that a dropped one stands for.</summary>
    public bool Has(long sequence)
    {
        var i = IndexFrom(sequence + 1) - 1;
        return i >= 0 && Events[i].Last >= sequence;
    }

    public void Add(in RepairEvent e) => _added.Add(e);

    /// <summary>Puts an event at a lost sequence, or in another one's place.</summary>
    public void Make(long sequence, EventType type, byte[] payload)
    {
        _added.Add(new RepairEvent(sequence, 1, type, RepairEvent.Made, _made.Count, payload.Length));
        _made.Add(payload);
    }

    /// <summary>Takes an event out as if it had been lost.</summary>
    public void Remove(in RepairEvent e) => _removed.Add(e.Sequence);

    /// <summary>Takes an event out, and leaves its place and the id of its record taken.</summary>
    public void Drop(in RepairEvent e, long recordId, string? loss)
    {
        Remove(e);
        Make(e.Sequence, EventType.Dropped, new DroppedEvent(1, recordId, recordId == 0 ? 0 : 1).Encode());
        if (loss is not null) LeftOut.Add(new LostEvents(e.Sequence, e.Sequence, loss));
    }

    /// <summary>Lets the place of an event that was taken out be that of a record, so that its id is not given again.</summary>
    public void Hold(long sequence, long recordId)
    {
        _removed.Add(sequence);
        Make(sequence, EventType.Dropped, new DroppedEvent(1, recordId, 1).Encode());
        Settle();
    }

    /// <summary>Takes an event out because it cannot be what its writer meant.</summary>
    public void Refuse(in RepairEvent e, string what)
    {
        var (file, offset) = e.Source >= 0 ? (source.Files[e.Source].Path, e.Place) : ("", 0);
        Remove(e);
        Problems.Add(new CheckProblem(file, offset, $"event {e.Sequence}: {what}", $"Event {e.Sequence} is left out."));
    }

    public void Settle()
    {
        if (_added.Count == 0 && _removed.Count == 0) return;
        var removed = _removed.ToHashSet();
        Events = [.. Events.Where(e => !removed.Contains(e.Sequence)), .. _added];
        Events.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        _added.Clear();
        _removed.Clear();
    }

    /// <summary>
    /// The last lost sequence between two others that need not be that of a lost version, or 0. Record ids are dense, so
    /// the ids that are missing between two records say how many lost events between them were births.
    /// </summary>
    public long FindSlot(long after, long before)
    {
        for (var i = IndexFrom(before); i >= 0; i--)
        {
            var first = Math.Max(after + 1, i == 0 ? 1 : Events[i - 1].Last + 1);
            var last = Math.Min(before - 1, i == Events.Count ? source.Through : Events[i].Sequence - 1);
            if (first <= last && HasSpareSlot(i)) return last;
            if (i > 0 && Events[i - 1].Sequence <= after) break;
        }
        return 0;
    }

    /// <summary>Whether a lost event may have been the birth of a version that is lost.</summary>
    public bool MayBeBirth(long sequence) => Around(IndexFrom(sequence)).Births > 0;

    public bool IsFree(long sequence) => sequence >= 1 && sequence <= source.Through && !Has(sequence);

    /// <summary>The records that an event bears: the first id and how many, none for most.</summary>
    public (long First, long Count) RecordsOf(in RepairEvent e) => e.Type switch
    {
        EventType.Remembered => (RecordIdOf(Payload(e)), 1),
        EventType.Dropped when DroppedEvent.Decode(Payload(e)) is { Records: > 0 } d => (d.FirstRecordId, d.Records),
        _ => default,
    };

    private bool HasSpareSlot(int index) => Around(index) is var (slots, births) && slots > births;

    // The lost events around the gap before an event, up to the records that are there, and how many of them were births.
    private (long Slots, long Births) Around(int index)
    {
        var (slots, next, previous) = (0L, 0L, 0L);
        for (var i = index; ; i++)
        {
            slots += GapBefore(i);
            if (i == Events.Count) break;
            if (RecordsOf(Events[i]) is { Count: > 0 } records)
            {
                next = records.First;
                break;
            }
        }
        for (var i = index - 1; i >= 0; i--)
        {
            if (RecordsOf(Events[i]) is { Count: > 0 } records)
            {
                previous = records.First + records.Count - 1;
                break;
            }
            slots += GapBefore(i);
        }
        return (slots, next == 0 ? 0 : next - previous - 1);
    }

    private long GapBefore(int i)
    {
        var first = i == 0 ? 1 : Events[i - 1].Last + 1;
        return (i == Events.Count ? source.Through + 1 : Events[i].Sequence) - first;
    }

    // The index of the first event with that sequence or a later one.
    private int IndexFrom(long sequence)
    {
        var (low, high) = (0, Events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Events[middle].Sequence < sequence) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
