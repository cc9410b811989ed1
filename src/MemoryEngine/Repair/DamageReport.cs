using MemoryEngine.Journal;

namespace MemoryEngine.Repair;

/// <summary>Says of each damaged place what it cost.</summary>
internal static class DamageReport
{
    public static IReadOnlyList<CheckProblem> Of(RepairSource source, EventDraft draft, IReadOnlyList<LostEvents> lost)
    {
        var problems = source.Damages.Select(d => new CheckProblem(d.File, d.Offset, d.What, Consequence(d, draft, lost)));
        return [.. problems, .. source.Problems, .. draft.Problems];
    }

    private static string Consequence(JournalDamage damage, EventDraft draft, IReadOnlyList<LostEvents> lost)
    {
        var (first, last) = (damage.After + 1, (damage.Before ?? long.MaxValue) - 1);
        var found = draft.Events.Where(e => e.Source == RepairEvent.FromRecordLog && e.Sequence >= first && e.Sequence <= last)
            .Select(e => (e.Sequence, e.Sequence));
        var gone = lost.Where(l => l.First <= last && l.Last >= first).Select(l => (Math.Max(l.First, first), Math.Min(l.Last, last)));
        var made = draft.Events.Where(e => !e.IsOriginal && e.Type != EventType.Dropped && e.Sequence >= first && e.Sequence <= last)
            .Select(e => (e.Sequence, e.Sequence));
        var parts = new List<string>();
        if (List(found) is { } kept) parts.Add($"{kept}: found in the record log.");
        if (List(made) is { } again) parts.Add($"{again}: made anew, see the notes.");
        if (List(gone) is { } away) parts.Add($"{away}: lost.");
        if (damage.Before is null && damage.IsWholeFile)
        {
            parts.Add("Whatever else it held is lost; how much that was is not known.");
        }
        else if (damage.Before is null)
        {
            parts.Add(parts.Count == 0
                ? "No event is known to be lost: it may be what a crash tore, which was not acknowledged."
                : "Unless a crash tore it, which was not acknowledged then.");
        }
        return parts.Count == 0 ? "No event is lost." : string.Join(' ', parts);
    }

    // Neighbours as one range; null when there are none.
    private static string? List(IEnumerable<(long First, long Last)> ranges)
    {
        var joined = new List<(long First, long Last)>();
        foreach (var range in ranges.Order())
        {
            if (joined.Count > 0 && joined[^1].Last + 1 == range.First) joined[^1] = (joined[^1].First, range.Last);
            else joined.Add(range);
        }
        if (joined.Count == 0) return null;
        var names = joined.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First} to {r.Last}");
        return (joined is [var one] && one.First == one.Last ? "Event " : "Events ") + string.Join(", ", names);
    }
}
