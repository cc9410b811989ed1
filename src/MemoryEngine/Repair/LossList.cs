namespace MemoryEngine.Repair;

/// <summary>
/// The sequences that are lost, and what is known of them: record ids are dense, so those that are missing between two
/// records that are there were born in between.
/// </summary>
internal static class LossList
{
    public static IReadOnlyList<LostEvents> Of(EventDraft draft, long through)
    {
        var lost = new List<LostEvents>(draft.LeftOut);
        var gaps = new List<(long First, long Last)>();
        var (next, record) = (1L, 1L);
        foreach (var e in draft.Events)
        {
            if (e.Sequence > next) gaps.Add((next, e.Sequence - 1));
            next = e.Last + 1;
            if (draft.RecordsOf(e) is not { Count: > 0 } records) continue;
            lost.AddRange(gaps.Select(g => Describe(g, gaps, record, records.First - record)));
            gaps.Clear();
            record = records.First + records.Count;
        }
        if (through >= next) gaps.Add((next, through));
        lost.AddRange(gaps.Select(g => new LostEvents(g.First, g.Last, $"{Events(g)} of unknown kind")));
        lost.Sort((a, b) => a.First.CompareTo(b.First));
        return lost;
    }

    private static LostEvents Describe((long First, long Last) gap, List<(long First, long Last)> gaps, long record, long missing)
    {
        var all = gaps.Sum(g => g.Last - g.First + 1);
        var records = missing == 1 ? $"record {record}" : $"records {record} to {record + missing - 1}";
        var versions = missing == 1 ? $"a version of a memory ({records})" : $"{missing} versions of memories ({records})";
        var what = missing == 0 ? $"{Events(gap)}, none of them a version of a memory"
            : missing == all && gaps.Count == 1 ? versions
            : missing == all ? $"versions of memories, among {records}"
            : gaps.Count == 1 ? $"{Events(gap)}, among them {versions}"
            : $"{Events(gap)} of unknown kind; in {Place(gaps)} was {versions}";
        return new LostEvents(gap.First, gap.Last, what);
    }

    private static string Place(List<(long First, long Last)> gaps) =>
        $"the lost events between {gaps[0].First} and {gaps[^1].Last}";

    private static string Events((long First, long Last) gap) =>
        gap.First == gap.Last ? "an event" : $"{gap.Last - gap.First + 1} events";
}
