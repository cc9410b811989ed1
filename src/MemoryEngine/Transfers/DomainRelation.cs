namespace MemoryEngine.Transfers;

/// <summary>How far a memory's domain is from a task's.</summary>
internal enum DomainRelation : byte
{
    /// <summary>Equal, or one contains the other; also whatever a task without a domain asks for.</summary>
    Own = 0,

    /// <summary>The same first part.</summary>
    Near = 1,

    /// <summary>The rest.</summary>
    Foreign = 2,
}

/// <summary>Compares domains, which are paths as <c>backend/go</c>.</summary>
internal static class Domains
{
    /// <summary>How far a memory's domain is from a task's.</summary>
    /// <param name="memory">The memory's domain; empty where it has none, which is foreign to a task that has one.</param>
    /// <param name="task">The task's domain; null or empty where it states none.</param>
    public static DomainRelation Compare(ReadOnlySpan<char> memory, ReadOnlySpan<char> task)
    {
        if (task.IsEmpty) return DomainRelation.Own;
        if (memory.IsEmpty) return DomainRelation.Foreign;
        if (IsWithin(memory, task) || IsWithin(task, memory)) return DomainRelation.Own;
        return First(memory).SequenceEqual(First(task)) ? DomainRelation.Near : DomainRelation.Foreign;
    }

    /// <summary>Whether a domain is another or lies below it.</summary>
    public static bool IsWithin(ReadOnlySpan<char> domain, ReadOnlySpan<char> path) =>
        domain.StartsWith(path, StringComparison.Ordinal) && (domain.Length == path.Length || domain[path.Length] == '/');

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> domain) => domain.IndexOf('/') is var at and >= 0 ? domain[..at] : domain;
}
