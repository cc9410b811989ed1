namespace MemoryEngine.Verification;

/// <summary>
/// Holds what a memory was learned with against what a task has, where both say so: entries that begin with <c>seen:</c>, namely
/// <c>seen:dependency/NAME</c>, <c>seen:repository</c> and <c>seen:commit</c>.
/// </summary>
internal static class Staleness
{
    private const string Dependency = Preconditions.SeenPrefix + "dependency/";
    private const string RepositoryName = Preconditions.SeenPrefix + "repository";
    private const string CommitName = Preconditions.SeenPrefix + "commit";

    /// <summary>
    /// The dependency whose version is one of another compatibility than when the memory was learned: another major number, or
    /// another minor one before 1.0. Null when there is none.
    /// </summary>
    public static string? Find(IReadOnlyDictionary<string, string> memory, IReadOnlyDictionary<string, string> task)
    {
        if (memory.Count == 0 || task.Count == 0) return null;
        foreach (var (name, then) in memory)
        {
            if (!name.StartsWith(Dependency, StringComparison.Ordinal) || !task.TryGetValue(name, out var now)) continue;
            if (VersionNumber.TryParse(then, out var a) && VersionNumber.TryParse(now, out var b) && a.IsIncompatibleWith(b))
                return $"{name[Dependency.Length..]} was {then} and is {now}";
        }
        return null;
    }

    /// <summary>Whether it was learned on another commit of the same repository.</summary>
    public static bool IsOtherCommit(IReadOnlyDictionary<string, string> memory, IReadOnlyDictionary<string, string> task) =>
        memory.Count > 0 && task.Count > 0
        && memory.TryGetValue(CommitName, out var then) && task.TryGetValue(CommitName, out var now) && then != now
        && memory.TryGetValue(RepositoryName, out var from) && task.TryGetValue(RepositoryName, out var here) && from == here;
}
