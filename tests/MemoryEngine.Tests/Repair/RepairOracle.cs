using MemoryEngine.Journal;
using MemoryEngine.Records;

namespace MemoryEngine.Tests.Repair;

/// <summary>What must hold of every repair, whatever was damaged.</summary>
internal static class RepairOracle
{
    /// <summary>
    /// Everything in the new journal is as it was or was made and said so; everything that is not there is in the list of
    /// what is lost, and nothing else is; what was purged is gone; the new pool checks out.
    /// </summary>
    /// <returns>The sequences that are lost.</returns>
    public static SortedSet<long> Check(DamagedPool pool, RepairReport report, string context)
    {
        Assert.True(report.Check.Ok, $"{context}: {string.Join("; ", report.Check.Problems)}");
        var repaired = DamagedPool.Read(pool.Disk, DamagedPool.Target);
        // A purge holds when its event is there; one that is lost is a removal that may be undone, as the report says.
        var purged = repaired.Values.Where(e => e.Type == EventType.Purged).Select(e => PurgedEvent.Decode(e.Payload)!.Value.MemoryId).ToHashSet();
        var (lost, kept) = (new SortedSet<long>(), 0);
        foreach (var range in report.Lost)
            for (var s = range.First; s <= range.Last; s++) Assert.True(lost.Add(s), $"{context}: event {s} is lost twice");
        // Where the end of the journal is gone, nothing may know how far it went; that is said then.
        var isEndUnknown = report.Problems.Any(p => p.Consequence.Contains("not known", StringComparison.Ordinal)
            || p.Consequence.Contains("crash tore", StringComparison.Ordinal));
        var end = isEndUnknown ? Math.Max(repaired.Keys.Last(), lost.Max) : long.MaxValue;
        foreach (var (sequence, original) in pool.Events.Where(e => e.Key <= end))
        {
            if (!repaired.TryGetValue(sequence, out var now))
            {
                Assert.True(
                    lost.Contains(sequence) || IsOf(pool, original, purged),
                    $"{context}: event {sequence}, {original.Type}, is gone in silence; " +
                    string.Join("; ", report.Lost.Concat<object>(report.Problems)));
                continue;
            }
            Assert.False(lost.Contains(sequence), $"{context}: event {sequence} is there and reported lost");
            if (now.IsSame(original)) kept++;
            else Assert.Contains(report.Notes, n => n.Contains("made anew", StringComparison.Ordinal));
        }
        // What is made anew may turn out the same: the built-in embedder's space always does.
        var made = report.Notes.Count(n => n.Contains("made anew", StringComparison.Ordinal));
        Assert.InRange(kept - report.Kept, 0, made);
        foreach (var (sequence, now) in repaired)
        {
            // Beyond what the journal held there is nothing; a version is never made up.
            Assert.True(pool.Events.TryGetValue(sequence, out var original), $"{context}: event {sequence} was never written");
            if (now.Type == EventType.Remembered) Assert.True(now.IsSame(original), $"{context}: version {sequence} is another one");
            Assert.False(now.Type == EventType.Remembered && IsOf(pool, now, purged), $"{context}: a purged memory is back");
        }
        return lost;
    }

    private static bool IsOf(DamagedPool pool, StoredEvent e, HashSet<Guid> memories)
    {
        if (e.Type == EventType.VectorAdded)
        {
            var of = VectorAddedEvent.RecordIdOf(e.Payload);
            return pool.Events.Values.Any(v => v.Type == EventType.Remembered && RecordIdOf(v) == of && IsOf(pool, v, memories));
        }
        if (e.Type is EventType.Forgotten or EventType.Restored) return memories.Contains(LifeEvent.Decode(e.Payload)!.Value.MemoryId);
        return e.Type == EventType.Remembered && RecordReader.TryOpen(e.Payload, out var record, out _) && memories.Contains(record.Place.MemoryId);
    }

    private static long RecordIdOf(StoredEvent remembered) => MemoryEngine.Repair.EventDraft.RecordIdOf(remembered.Payload);
}
