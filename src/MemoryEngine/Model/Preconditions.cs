namespace MemoryEngine;

/// <summary>How what a memory requires stands to what a task has.</summary>
public enum PreconditionMatch : byte
{
    /// <summary>It requires nothing, or something that the task does not speak of.</summary>
    Unknown = 0,

    /// <summary>The task has all that it requires.</summary>
    Match = 1,

    /// <summary>The task has something else than it requires.</summary>
    Contradict = 2,
}

/// <summary>
/// Compares preconditions: <c>language</c>, <c>os</c>, <c>tool</c>, and names with versions (<c>python</c> to <c>>=3.10</c>).
/// What one side does not state is unknown; a domain's name implies nothing.
/// </summary>
internal static class Preconditions
{
    /// <summary>Entries that begin so say what a memory was learned with; they require nothing.</summary>
    public const string SeenPrefix = "seen:";

    private const string Tool = "tool";

    /// <summary>
    /// Compares all of a memory's preconditions. A value is a name, several separated by commas of which one is enough, or a bound on
    /// a version (<c>>=</c>, <c>></c>, <c>&lt;=</c>, <c>&lt;</c>, <c>=</c>, <c>^</c>, <c>~</c>).
    /// </summary>
    /// <param name="requires">What the memory requires.</param>
    /// <param name="task">What the task has, likewise; several values separated by commas are all there.</param>
    public static PreconditionMatch Compare(IReadOnlyDictionary<string, string> requires, IReadOnlyDictionary<string, string> task)
    {
        if (requires.Count == 0 || task.Count == 0) return PreconditionMatch.Unknown;
        var (stated, unknown) = (0, 0);
        foreach (var (name, wanted) in requires)
        {
            if (name.StartsWith(SeenPrefix, StringComparison.Ordinal)) continue;
            stated++;
            if (!task.TryGetValue(name, out var given)) unknown++;
            else if (!Meets(wanted, given))
            {
                // Nobody lists all tools that a machine has.
                if (name != Tool) return PreconditionMatch.Contradict;
                unknown++;
            }
        }
        return stated > 0 && unknown == 0 ? PreconditionMatch.Match : PreconditionMatch.Unknown;
    }

    /// <summary>The names of preconditions that the task contradicts.</summary>
    public static IEnumerable<string> Contradicted(IReadOnlyDictionary<string, string> requires, IReadOnlyDictionary<string, string> task) =>
        from r in requires
        where !r.Key.StartsWith(SeenPrefix, StringComparison.Ordinal) && r.Key != Tool
        where task.TryGetValue(r.Key, out var given) && !Meets(r.Value, given)
        select $"{r.Key} is {task[r.Key]}, not {r.Value}";

    private static bool Meets(string wanted, string given)
    {
        foreach (var one in wanted.AsSpan().Split(','))
        {
            foreach (var had in given.AsSpan().Split(','))
                if (MeetsOne(wanted.AsSpan(one).Trim(), given.AsSpan(had).Trim())) return true;
        }
        return false;
    }

    private static bool MeetsOne(ReadOnlySpan<char> wanted, ReadOnlySpan<char> given) =>
        VersionBound.TryParse(wanted, out var bound) && VersionNumber.TryParse(given, out var version)
            ? bound.Admits(version)
            : Plain(wanted).Equals(Plain(given), StringComparison.OrdinalIgnoreCase);

    // One name for what has several.
    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> name) => name.Length > 10 ? name : name.ToString().ToLowerInvariant() switch
    {
        "js" or "node" or "nodejs" => "javascript",
        "ts" => "typescript",
        "py" or "python3" => "python",
        "golang" => "go",
        "c#" or "cs" => "csharp",
        "c++" => "cpp",
        "rs" => "rust",
        "osx" or "darwin" or "mac" => "macos",
        "win32" or "win" => "windows",
        _ => name,
    };
}
