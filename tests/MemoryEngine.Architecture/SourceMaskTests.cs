namespace MemoryEngine.Architecture;

/// <summary>Every textual check stands on the mask, so the mask is tested on all kinds of strings and comments.</summary>
public sealed class SourceMaskTests
{
    [Theory]
    [InlineData("a // gone", "a        ")]
    [InlineData("a /* gone */ b", "a            b")]
    [InlineData("a // gone\nb", "a        \nb")]
    [InlineData("  #region don't\nb", "               \nb")]
    [InlineData("f(\"a{b}\") + c", "f(\"    \") + c")]
    [InlineData("f(\"a\\\"b\") + c", "f(\"    \") + c")]
    [InlineData("f(@\"a\\\") + c", "f(@\"  \") + c")]
    [InlineData("f(@\"a\"\"b\") + c", "f(@\"    \") + c")]
    [InlineData("f(\"\") + c", "f(\"\") + c")]
    [InlineData("f('\"') + '\\'' + c", "f(' ') + '  ' + c")]
    [InlineData("$\"ab{c}d\" + e", "$\"   c  \" + e")]
    [InlineData("$\"a{{b}}{c:N2}\" + e", "$\"       c    \" + e")]
    [InlineData("$\"a{f(\"x\", y)}\" + e", "$\"  f(\" \", y) \" + e")]
    [InlineData("$\"{(a ? b : c)}\" + e", "$\" (a ? b : c) \" + e")]
    [InlineData("f(\"\"\"a \"b\" {c}\"\"\") + d", "f(\"\"\"         \"\"\") + d")]
    [InlineData("f($$\"\"\"{a} {{b}}\"\"\") + d", "f($$\"\"\"      b  \"\"\") + d")]
    public void Strings_and_comments_are_blanked_and_holes_stay(string text, string code) =>
        Assert.Equal(code, new SourceFile("a.cs", text).Code);

    [Fact]
    public void Comments_stay_where_they_are_asked_for() =>
        Assert.Equal("a(\"    \"); // kept", new SourceFile("a.cs", "a(\"gone\"); // kept").CodeAndComments);

    [Fact]
    public void Lines_are_counted_from_one() => Assert.Equal(2, new SourceFile("a.cs", "a\r\nb").LineAt(2));
}
