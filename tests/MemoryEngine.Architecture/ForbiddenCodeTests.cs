using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

/// <summary>What may not stand in the source at all, or only in one place. Strings and comments may mention it.</summary>
public sealed partial class ForbiddenCodeTests
{
    private const string NativeMethods = "src/MemoryEngine/Storage/NativeMethods.cs";

    private static readonly Rule[] Rules =
    [
        new("TODO, FIXME or HACK", Marker(), _ => true, "do it now, or leave it out.", InComments: true),
        new("NotImplementedException", NotImplemented(), _ => true, "implement it, or leave the member out."),
        new("a constant delay", Delay(), IsTest, "nothing sleeps to wait: wait for the event itself, or drive a fake clock."),
        new("a Skip without a reason", SkipWithoutReason(), IsTest, "say why the test is skipped and what brings it back."),
        new("the wall clock", WallClock(), IsShipped, "take the time from the TimeProvider that was handed in."),
        new("a compiler's path", CompilerPath(), _ => true, "builds for CI rewrite it: tests find files by RepositoryFiles."),
        new("P/Invoke", PlatformInvoke(), path => IsShipped(path) && path != NativeMethods, $"declare it in {NativeMethods}."),
        new("the file system", FileSystem(), path => IsEngine(path) && !IsStorage(path), "go through IFileSystem, the seam in Storage."),
    ];

    [Fact]
    public void No_forbidden_code() => Repository.CSharp.SelectMany(Check).ShouldBeNone();

    [Theory]
    [InlineData("src/MemoryEngine/A.cs", "// TODO: later")]
    [InlineData("fuzz/A.cs", "/* FIXME */")]
    [InlineData("tests/A.cs", "x(); // a HACK")]
    [InlineData("src/MemoryEngine/A.cs", "throw new NotImplementedException();")]
    [InlineData("tests/A.cs", "Thread.Sleep(1);")]
    [InlineData("tests/A.cs", "await Task.Delay(1);")]
    [InlineData("tests/A.cs", "[Fact(Skip = \"\")]")]
    [InlineData("tests/A.cs", "[Fact(Skip = null)]")]
    [InlineData("tests/A.cs", "string At([CallerFilePath] string path = \"\") => path;")]
    [InlineData("src/MemoryEngine/A.cs", "var t = DateTime.UtcNow;")]
    [InlineData("src/MemoryEngine.Server/A.cs", "var t = DateTimeOffset.Now;")]
    [InlineData("src/MemoryEngine/Journal/A.cs", "[LibraryImport(\"libc\")]")]
    [InlineData("src/MemoryEngine.Server/A.cs", "[DllImport(\"libc\")]")]
    [InlineData("src/MemoryEngine/Journal/A.cs", "File.Delete(path);")]
    [InlineData("src/MemoryEngine/Journal/A.cs", "System.IO.Directory.Delete(path);")]
    [InlineData("src/MemoryEngine/MemoryStore.cs", "using var f = new FileStream(path);")]
    [InlineData("src/MemoryEngine/Index/A.cs", "RandomAccess.Read(h, b, 0);")]
    public void Forbidden_code_is_found(string path, string line)
    {
        var finding = Assert.Single(Check(new SourceFile(path, "namespace A;\n" + line)));
        Assert.Equal(2, finding.Line);
    }

    [Theory]
    [InlineData("src/MemoryEngine/A.cs", "var s = \"TODO\";")]
    [InlineData("src/MemoryEngine/A.cs", "// Mentions Thread.Sleep, DateTime.Now and File.Delete.")]
    [InlineData("src/MemoryEngine/A.cs", "await Task.Delay(interval, clock, cancel);")]
    [InlineData("src/MemoryEngine/A.cs", "var t = clock.GetUtcNow();")]
    [InlineData("tests/A.cs", "[Fact(Skip = \"needs a second device\")]")]
    [InlineData("src/MemoryEngine/Storage/A.cs", "File.Delete(path);")]
    [InlineData("src/MemoryEngine/Storage/NativeMethods.cs", "[LibraryImport(\"libc\")]")]
    [InlineData("src/MemoryEngine/Journal/A.cs", "damage.File.ToString(); new JournalFile(path);")]
    [InlineData("tests/A.cs", "File.Delete(path);")]
    public void Other_code_passes(string path, string line) => Assert.Empty(Check(new SourceFile(path, line)));

    /// <remarks>A string that the mask blanked looks empty, so the text itself must match at the same place.</remarks>
    private static IEnumerable<Finding> Check(SourceFile file) =>
        from rule in Rules
        where rule.Holds(file.Path)
        from Match match in rule.Pattern.Matches(rule.InComments ? file.CodeAndComments : file.Code)
        where rule.Pattern.Match(file.Text, match.Index).Index == match.Index
        select file.Find(match.Index, $"{rule.Name} ({match.Value.Trim()}): {rule.Do}");

    private static bool IsTest(string path) => path.StartsWith("tests/", StringComparison.Ordinal);

    private static bool IsShipped(string path) => path.StartsWith("src/", StringComparison.Ordinal);

    private static bool IsEngine(string path) => path.StartsWith("src/MemoryEngine/", StringComparison.Ordinal);

    private static bool IsStorage(string path) => path.StartsWith("src/MemoryEngine/Storage/", StringComparison.Ordinal);

    private sealed record Rule(string Name, Regex Pattern, Func<string, bool> Holds, string Do, bool InComments = false);

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b")]
    private static partial Regex Marker();

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex NotImplemented();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\s*\(|\bTask\s*\.\s*Delay\s*\(")]
    private static partial Regex Delay();

    [GeneratedRegex(@"\bSkip\s*=\s*(""\s*""|null)")]
    private static partial Regex SkipWithoutReason();

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Now|UtcNow|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bCallerFilePath(Attribute)?\b")]
    private static partial Regex CompilerPath();

    [GeneratedRegex(@"\b(DllImport|LibraryImport)\b")]
    private static partial Regex PlatformInvoke();

    // Not the File of another object, such as exception.File.Length.
    [GeneratedRegex(
        @"(?<!(?<!\bSystem\.IO)\.)\b(File|Directory|RandomAccess)\s*\.|" +
        @"\b(FileStream|FileInfo|DirectoryInfo|MemoryMappedFile)\b")]
    private static partial Regex FileSystem();
}
