namespace MemoryEngine.Architecture;

/// <summary>The first thing a newcomer sees is the top level of the repository; it stays one glance long.</summary>
public sealed class TopLevelTests
{
    private static readonly string[] Allowed =
    [
        "src", "tests", "benchmarks", "fuzz", "docs",
        "MemoryEngine.sln", "Directory.Build.props", "Directory.Packages.props", "global.json", "README.md", "LICENSE",
    ];

    [Fact]
    public void Nothing_else_stands_at_the_top_level()
    {
        var names = Directory.EnumerateFileSystemEntries(Repository.Root).Select(p => Path.GetFileName(p)!);
        Check(names, Repository.Read(".gitignore")).ShouldBeNone();
    }

    [Fact]
    public void Anything_else_is_found()
    {
        var findings = Check(["src", "LICENSE", ".editorconfig", "TestResults", "notes.txt"], "bin/\nTestResults/\n");
        Assert.Equal("notes.txt", Assert.Single(findings).File);
    }

    /// <summary>Dot files belong to tools, and what git ignores is not part of the repository.</summary>
    private static IEnumerable<Finding> Check(IEnumerable<string> names, string ignored)
    {
        var left = ignored.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim().TrimEnd('/')).ToHashSet();
        return
            from name in names
            where !name.StartsWith('.') && !Allowed.Contains(name) && !left.Contains(name)
            select new Finding(name, 1, "does not belong at the top level: move it to src, tests, benchmarks, fuzz or docs.");
    }
}
