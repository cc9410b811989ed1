using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

/// <summary>
/// An error may be swallowed only where the code says which one and why: an empty catch block needs a type or a filter,
/// and a comment inside with the reason.
/// </summary>
public sealed partial class EmptyCatchTests
{
    [Fact]
    public void No_empty_catch() => Repository.CSharp.SelectMany(Check).ShouldBeNone();

    [Theory]
    [InlineData("catch { }")]
    [InlineData("catch\n{\n}")]
    [InlineData("catch { /* never mind */ }")]
    [InlineData("catch (IOException) { }")]
    [InlineData("catch (IOException e) when (e.HResult is F(1)) { }")]
    [InlineData("catch (Exception) { /* never mind */ }")]
    public void An_empty_catch_is_found(string text) => Assert.Single(Check(new SourceFile("a.cs", text)));

    [Theory]
    [InlineData("catch { throw; }")]
    [InlineData("catch (IOException) { return null; }")]
    [InlineData("catch (IOException) { /* another process was faster */ }")]
    [InlineData("catch (Exception e) when (e is A or B) { /* another process was faster */ }")]
    [InlineData("// catch { }")]
    public void Other_catches_pass(string text) => Assert.Empty(Check(new SourceFile("a.cs", text)));

    private static IEnumerable<Finding> Check(SourceFile file) =>
        from match in EmptyCatch().Matches(file.Code)
        let body = match.Groups["body"]
        let hasReason = !string.IsNullOrWhiteSpace(file.Text.Substring(body.Index, body.Length))
        let type = match.Groups["type"].Value
        let isNarrow = match.Groups["when"].Success || type is not ("" or "Exception" or "System.Exception")
        where !(hasReason && isNarrow)
        select file.Find(
            match.Index,
            "an empty catch: handle the error, let it pass, or name its type and say in a comment why it does not matter.");

    [GeneratedRegex(
        @"\bcatch\s*(\(\s*(?<type>[\w.]+)[^)]*\)\s*)?" +
        @"(?<when>when\s*\((?:[^()]|(?<o>\()|(?<-o>\)))*\)\s*)?" +
        @"\{(?<body>\s*)\}")]
    private static partial Regex EmptyCatch();
}
