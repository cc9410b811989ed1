namespace MemoryEngine.Evidence.State;

/// <summary>How two domains stand to each other: paths as <c>backend/go</c>.</summary>
internal static class DomainPath
{
    /// <summary>Whether they are equal or one contains the other.</summary>
    public static bool IsOwn(string a, string b) => a == b || Contains(a, b) || Contains(b, a);

    /// <summary>The first part, by which task types are counted.</summary>
    public static string TaskType(string domain) => domain.Split('/', 2)[0];

    private static bool Contains(string outer, string inner) =>
        inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal) && inner[outer.Length] == '/';
}
