namespace MemoryEngine.Architecture;

/// <summary>A file holds one idea and a method one step; past these lengths they hold more.</summary>
public sealed class LengthTests
{
    private const int FileLines = 600;
    private const int LineCharacters = 150;
    private const int MemberLines = 80;

    [Fact]
    public void Files_lines_and_methods_stay_short() => Repository.Sources.SelectMany(Check).ShouldBeNone();

    [Fact]
    public void A_file_too_long_is_found()
    {
        var text = string.Concat(Enumerable.Repeat("\n", FileLines));
        Assert.Empty(Check(new SourceFile("a.cs", text)));
        Assert.Contains("601 lines", Assert.Single(Check(new SourceFile("a.cs", text + "x"))).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_too_long_is_found()
    {
        var text = "\n" + new string('x', LineCharacters);
        Assert.Empty(Check(new SourceFile("a.py", text)));
        Assert.Equal(2, Assert.Single(Check(new SourceFile("a.py", text + "x"))).Line);
    }

    [Theory]
    [InlineData("class C { void Long() {~} }")]
    [InlineData("class C {\n    [Fact]\n    public int Long<T>(int x = 1) where T : class => x switch {~}; }")]
    [InlineData("namespace N { record struct R(int A) { static int Long { get {~} } } }")]
    [InlineData("class C { C Long(C a) => F(() => {~}); }")]
    [InlineData("class C { interface I { int A { get; } } int _b = 1; void Long() { { } ~ } }")]
    [InlineData("class C { public static bool operator ==(C a, C b) {~} }")]
    public void A_method_too_long_is_found(string sample)
    {
        Assert.Empty(Check(new SourceFile("a.cs", sample.Replace("~", Lines(MemberLines - 1), StringComparison.Ordinal))));
        var finding = Assert.Single(Check(new SourceFile("a.cs", sample.Replace("~", Lines(MemberLines), StringComparison.Ordinal))));
        Assert.Contains("81 lines", finding.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class C { static readonly int[] Data = [~]; }")]
    [InlineData("class C { [A(~)] void Short() { } }")]
    [InlineData("class C { void Short() { } ~ int Short2 { get; } = 1; }")]
    [InlineData("class C { string _s = \"{\"; // {\n void Short() { } ~ void Other() { } }")]
    public void Data_attributes_and_gaps_are_not_measured(string sample) =>
        Assert.Empty(Check(new SourceFile("a.cs", sample.Replace("~", Lines(MemberLines), StringComparison.Ordinal))));

    [Fact]
    public void Members_are_found_by_name()
    {
        var file = new SourceFile("a.cs", "class C { C() { } int P => 1; int Q { get; } = 2; void M<T>() { } int F(int x) => x; }");
        Assert.Equal(["C", "P", "Q", "M", "F"], MemberSpans.Of(file).Select(m => m.Name));
    }

    private static string Lines(int count) => string.Concat(Enumerable.Repeat("\n", count));

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        var lines = file.Text.Split('\n');
        // The line break that ends the last line does not begin another.
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        if (count > FileLines)
            yield return new Finding(file.Path, 1, $"{count} lines, more than {FileLines}: it holds more than one idea; split it.");
        for (var i = 0; i < lines.Length; i++)
            if (lines[i].Length > LineCharacters)
                yield return new Finding(file.Path, i + 1, $"{lines[i].Length} characters, more than {LineCharacters}: wrap the line.");
        if (!file.IsCSharp) yield break;
        foreach (var member in MemberSpans.Of(file))
        {
            var length = file.LineAt(member.End) - file.LineAt(member.Start) + 1;
            if (length <= MemberLines) continue;
            var what = $"{member.Name} has {length} lines, more than {MemberLines}: give its steps names of their own.";
            yield return file.Find(member.Start, what);
        }
    }
}
