using MemoryEngine.Agents.Fingerprints;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// What a file is called in the memories that come from it. Within a repository that has an origin it is the origin and the path from
/// the repository's root, the same on every machine; elsewhere the whole path.
/// </summary>
internal static class ImportSource
{
    /// <summary>The names of a file, the preferred one first: an origin may be added to a repository later.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        var real = Real(path);
        var whole = real.Replace('\\', '/');
        var directory = Path.GetDirectoryName(real)!;
        try
        {
            if (Root(directory) is { } root && GitHead.Find(directory)?.Repository is { Length: > 0 } origin)
                return [$"{origin}/{Path.GetRelativePath(root, real).Replace('\\', '/')}", whole];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A repository that cannot be read names nothing.
        }
        return [whole];
    }

    /// <summary>The file that a path leads to: CLAUDE.md is often a link to AGENTS.md, and they are one file, not two.</summary>
    public static string Real(string path)
    {
        var file = new FileInfo(Path.GetFullPath(path));
        return file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
    }

    private static string? Root(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
            if (Path.Combine(at.FullName, ".git") is var git && (Directory.Exists(git) || File.Exists(git))) return at.FullName;
        return null;
    }
}
