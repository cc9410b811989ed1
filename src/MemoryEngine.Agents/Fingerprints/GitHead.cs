namespace MemoryEngine.Agents.Fingerprints;

/// <summary>The commit that a git working directory is at, read from git's files without git.</summary>
/// <param name="Commit">The commit's hash.</param>
/// <param name="Repository">Host and path of the remote named origin, without user and password; null where there is none.</param>
internal sealed record GitHead(string Commit, string? Repository)
{
    private const int MaxReferences = 5;

    /// <summary>The head of the repository that a directory lies in; null where there is none, or no commit yet.</summary>
    public static GitHead? Find(string directory)
    {
        for (var at = new DirectoryInfo(Path.GetFullPath(directory)); at is not null; at = at.Parent)
        {
            var git = Path.Combine(at.FullName, ".git");
            if (Directory.Exists(git)) return Read(git);
            // A worktree or a submodule: a file that says where.
            if (File.Exists(git) && File.ReadAllText(git) is var text && text.StartsWith("gitdir:", StringComparison.Ordinal))
                return Read(Path.GetFullPath(Path.Combine(at.FullName, text["gitdir:".Length..].Trim())));
        }
        return null;
    }

    private static GitHead? Read(string git)
    {
        var shared = Path.Combine(git, "commondir") is var common && File.Exists(common)
            ? Path.GetFullPath(Path.Combine(git, File.ReadAllText(common).Trim()))
            : git;
        var value = ReadLine(Path.Combine(git, "HEAD"));
        for (var i = 0; value is not null && value.StartsWith("ref:", StringComparison.Ordinal); i++)
        {
            var name = value["ref:".Length..].Trim();
            // A name that leads elsewhere is none of git's.
            if (i == MaxReferences || name.Contains("..", StringComparison.Ordinal) || Path.IsPathRooted(name)) return null;
            value = ReadLine(Path.Combine(git, name)) ?? ReadLine(Path.Combine(shared, name)) ?? Packed(shared, name);
        }
        return value is { Length: 40 or 64 } && value.All(char.IsAsciiHexDigit) ? new GitHead(value, Origin(shared)) : null;
    }

    private static string? Packed(string git, string name)
    {
        var path = Path.Combine(git, "packed-refs");
        return !File.Exists(path) ? null : File.ReadLines(path)
            .Where(l => l.EndsWith($" {name}", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(' ', StringComparison.Ordinal)]).FirstOrDefault();
    }

    private static string? Origin(string git)
    {
        var path = Path.Combine(git, "config");
        if (!File.Exists(path)) return null;
        var isOrigin = false;
        foreach (var line in File.ReadLines(path).Select(l => l.Trim()))
        {
            if (line.StartsWith('[')) isOrigin = line == "[remote \"origin\"]";
            else if (isOrigin && line.StartsWith("url", StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                return Plain(line[(at + 1)..].Trim());
        }
        return null;
    }

    // One form for https://user:password@host/path.git and git@host:path, with nothing secret in it.
    private static string Plain(string url)
    {
        if (url.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0) url = url[(scheme + 3)..];
        else if (!url.StartsWith('/')) url = url.Replace(':', '/');
        if (url.LastIndexOf('@') is var at and >= 0) url = url[(at + 1)..];
        return (url.EndsWith(".git", StringComparison.Ordinal) ? url[..^4] : url).TrimEnd('/');
    }

    private static string? ReadLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
}
