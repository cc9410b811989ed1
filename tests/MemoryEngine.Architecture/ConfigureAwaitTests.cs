using System.Text.RegularExpressions;

namespace MemoryEngine.Architecture;

/// <summary>
/// A library does not know the context it is called on, so it never asks to come back to it: every await in src, but for
/// the command line tool, says ConfigureAwait(false). Read as text: what is awaited reaches to the end of the statement,
/// the next await or the bracket around it, and must say so itself, not in its arguments.
/// </summary>
public sealed partial class ConfigureAwaitTests
{
    [Fact]
    public void Libraries_await_without_the_context() =>
        Repository.CSharp.Where(f => f.IsUnder("src") && !f.IsUnder("src/MemoryEngine.Cli")).SelectMany(Check).ShouldBeNone();

    [Theory]
    [InlineData("await F();")]
    [InlineData("var a = await F(\n    1,\n    2);")]
    [InlineData("await F().ConfigureAwait(true);")]
    [InlineData("await F(await G().ConfigureAwait(false));")]
    [InlineData("await F(async () => { await G(); }).ConfigureAwait(false);")]
    [InlineData("F(await G(), H().ConfigureAwait(false));")]
    [InlineData("await using var a = F();")]
    [InlineData("await using (F()) { G().ConfigureAwait(false); }")]
    [InlineData("await foreach (var a in F()) { G().ConfigureAwait(false); }")]
    [InlineData("if (await F() && await G().ConfigureAwait(false)) { }")]
    public void An_await_on_the_context_is_found(string text) => Assert.Single(Check(new SourceFile("a.cs", text)));

    [Theory]
    [InlineData("await F().ConfigureAwait(false);")]
    [InlineData("var a = await F(\n    1, () => { G(); })\n    .ConfigureAwait(false);")]
    [InlineData("await F().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);")]
    [InlineData("await F(await G().ConfigureAwait(false)).ConfigureAwait(false);")]
    [InlineData("var a = (await F().ConfigureAwait(false)).B;")]
    [InlineData("await using var a = F().ConfigureAwait(false);")]
    [InlineData("await using (F().ConfigureAwait(false)) { }")]
    [InlineData("await foreach (var a in F(b).WithCancellation(c).ConfigureAwait(false)) { }")]
    [InlineData("await Task.Yield();")]
    [InlineData("// await F();")]
    public void Other_awaits_pass(string text) => Assert.Empty(Check(new SourceFile("a.cs", text)));

    private static IEnumerable<Finding> Check(SourceFile file) =>
        from match in Await().Matches(file.Code)
        let start = match.Index + match.Length
        let awaited = match.Groups["each"].Success ? InBrackets(file.Code, start) : TopLevel(file.Code, start)
        where !WithoutContext().IsMatch(awaited) && awaited.Trim() != "Task.Yield()"
        select file.Find(match.Index, "await without ConfigureAwait(false): a library must not need its caller's context.");

    /// <summary>The inside of the brackets that follow <c>await using</c> or <c>await foreach</c>.</summary>
    private static string InBrackets(string code, int start) => TopLevel(code, code.IndexOf('(', start) + 1);

    /// <summary>The expression from an offset to its end; of what stands in brackets only the first word is kept.</summary>
    private static string TopLevel(string code, int start)
    {
        var (depth, kept) = (0, new System.Text.StringBuilder());
        for (var at = start; at < code.Length; at++)
        {
            var c = code[at];
            if (depth == 0 && (c is ';' or ',' || NextAwait().IsMatch(code, at))) break;
            if (c is ')' or ']' or '}' && depth-- == 0) break;
            if (depth == 0) kept.Append(c);
            if (c is '(' or '[' or '{' && depth++ == 0) kept.Append(FirstWord().Match(code, at + 1).Value);
        }
        return kept.ToString();
    }

    [GeneratedRegex(@"\bawait\b(?<each>\s+foreach\b|\s+using\s*(?=\())?")]
    private static partial Regex Await();

    [GeneratedRegex(@"\G\bawait\b")]
    private static partial Regex NextAwait();

    [GeneratedRegex(@"\G\s*[\w.]+")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\.\s*ConfigureAwait\s*\(\s*(false|ConfigureAwaitOptions\.)")]
    private static partial Regex WithoutContext();
}
