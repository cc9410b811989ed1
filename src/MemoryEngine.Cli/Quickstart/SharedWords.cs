using System.Text.RegularExpressions;

namespace MemoryEngine.Cli.Quickstart;

/// <summary>Which words a task and a memory share, the rarest among all memories first: they say most about why it was found.</summary>
internal sealed partial class SharedWords(IEnumerable<MemoryVersion> memories)
{
    private const int ShortestWord = 4;

    private readonly Dictionary<string, int> _memoriesWith = memories.SelectMany(Words).CountBy(w => w).ToDictionary();

    public IReadOnlyList<string> Of(string task, MemoryVersion memory, int count) =>
    [
        .. Words(task).Intersect(Words(memory)).OrderBy(w => _memoriesWith.GetValueOrDefault(w)).ThenBy(w => w, StringComparer.Ordinal).Take(count),
    ];

    private static HashSet<string> Words(MemoryVersion memory) => Words($"{memory.Title}\n{memory.Key}\n{memory.Text}");

    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text).Select(m => m.Value.ToLowerInvariant()).Where(w => w.Length >= ShortestWord)];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
