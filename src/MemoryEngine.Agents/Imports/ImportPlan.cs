using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>An item of a file, and the memory that it was when the file was imported before.</summary>
/// <param name="Item">The item.</param>
/// <param name="Before">The memory; null when it is new.</param>
/// <param name="HasMoved">Whether the same text stood elsewhere in the file.</param>
internal readonly record struct PlannedItem(ImportItem Item, MemoryVersion? Before, bool HasMoved);

/// <summary>
/// Finds for every item of a file the memory that it was before: by key; else by the same text in the same place, by the same text
/// elsewhere in the file (moved), by a place that holds one memory, or by being more like it than like the others of its place.
/// </summary>
internal static class ImportPlan
{
    /// <summary>The least share of words that a changed text has in common with what it was.</summary>
    private const double LikeFrom = 0.4;

    /// <param name="items">What stands in the file.</param>
    /// <param name="before">What came from it.</param>
    /// <param name="missing">Gets those that stand in it no more.</param>
    public static List<PlannedItem> Match(IReadOnlyList<ImportItem> items, IReadOnlyList<MemoryVersion> before, out List<MemoryVersion> missing)
    {
        var records = before.ToDictionary(m => m.Id, m => ImportedRecord.Of(m)!);
        var free = before.ToList();
        var found = new MemoryVersion?[items.Count];
        var texts = items.Select(i => StableId.Fingerprint(i.Draft.Text)).ToList();
        MatchWhere((item, _, memory) => item.Draft.Id is { } id && id == memory.Id);
        MatchWhere((item, i, memory) => IsSoft(item) && records[memory.Id].TextFingerprint == texts[i] && records[memory.Id].Place == item.Place);
        MatchWhere((item, i, memory) => IsSoft(item) && records[memory.Id].TextFingerprint == texts[i]);
        MatchLike(items, records, free, found);
        missing = free;
        return [.. items.Select((item, i) => new PlannedItem(item, found[i], HasMoved(i)))];

        bool HasMoved(int i) =>
            found[i] is { } memory && IsSoft(items[i])
            && records[memory.Id].TextFingerprint == texts[i] && records[memory.Id].Place != items[i].Place;

        void MatchWhere(Func<ImportItem, int, MemoryVersion, bool> isSame)
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (found[i] is not null) continue;
                var at = free.FindIndex(m => isSame(items[i], i, m));
                if (at < 0) continue;
                found[i] = free[at];
                free.RemoveAt(at);
            }
        }
    }

    private static bool IsSoft(ImportItem item) => item.Draft.Id is null;

    // The most alike first, so that an item does not take what belongs to another.
    private static void MatchLike(
        IReadOnlyList<ImportItem> items, Dictionary<Guid, ImportedRecord> records, List<MemoryVersion> free, MemoryVersion?[] found)
    {
        var pairs = new List<(double Likeness, int Item, MemoryVersion Memory)>();
        var words = free.ToDictionary(m => m.Id, m => Words(m.Text));
        for (var i = 0; i < items.Count; i++)
        {
            if (found[i] is not null || !IsSoft(items[i])) continue;
            var own = Words(items[i].Draft.Text);
            var there = free.Where(m => records[m.Id].Place == items[i].Place).ToList();
            foreach (var memory in there)
            {
                // A place with one text on both sides: whatever it says now, it is that text's successor.
                var likeness = items[i].Identity == ItemIdentity.Place && there.Count == 1 ? 1 : Likeness(own, words[memory.Id]);
                if (likeness >= LikeFrom) pairs.Add((likeness, i, memory));
            }
        }
        foreach (var (_, item, memory) in pairs.OrderByDescending(p => p.Likeness))
            if (found[item] is null && free.Remove(memory)) found[item] = memory;
    }

    // Jaccard's coefficient of their words.
    private static double Likeness(HashSet<string> a, HashSet<string> b)
    {
        var common = a.Count(b.Contains);
        return common == 0 ? 0 : (double)common / (a.Count + b.Count - common);
    }

    private static HashSet<string> Words(string text)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isWord = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (isWord && start < 0) start = i;
            if (isWord || start < 0) continue;
            words.Add(text[start..i]);
            start = -1;
        }
        return words;
    }
}
