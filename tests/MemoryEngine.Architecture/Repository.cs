namespace MemoryEngine.Architecture;

/// <summary>The repository these tests were built from, read once.</summary>
internal static class Repository
{
    private static readonly string[] SourceFolders = ["src", "tests", "benchmarks", "fuzz", "docs"];
    private static readonly string[] SourceExtensions = [".cs", ".py", ".js", ".ts"];
    private static readonly string[] BuiltFolders = ["bin", "obj", "node_modules", "artifacts", "TestResults", "__pycache__", "dist"];

    public static string Root { get; } = FindRoot();

    /// <summary>What people wrote in src, tests, benchmarks, fuzz and the examples of docs.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files(path => SourceExtensions.Contains(Path.GetExtension(path))).Select(path => new SourceFile(path, Read(path)))];

    public static IEnumerable<SourceFile> CSharp => Sources.Where(f => f.IsCSharp);

    public static IEnumerable<SourceFile> Engine => CSharp.Where(f => f.IsUnder("src/MemoryEngine"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Paths from the root, with forward slashes; what builds leave behind is not looked at.</summary>
    public static IEnumerable<string> Files(Func<string, bool> wanted) =>
        SourceFolders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists).SelectMany(Walk)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(wanted)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder)
                .Where(d => Path.GetFileName(d) is var name && !name.StartsWith('.') && !BuiltFolders.Contains(name))
                .SelectMany(Walk));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MemoryEngine.sln")))
            directory = directory.Parent;
        return directory?.FullName ??
            throw new InvalidOperationException($"No MemoryEngine.sln above {AppContext.BaseDirectory}; build inside the repository.");
    }
}
