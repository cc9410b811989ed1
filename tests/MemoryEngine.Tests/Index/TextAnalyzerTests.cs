using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>Which words a text is found by.</summary>
public sealed class TextAnalyzerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("The deadlock of a thread", "deadlock thread")]
    [InlineData("getUserName", "get user name getusername")]
    [InlineData("HTTPServer", "http server httpserver")]
    [InlineData("snake_case_name", "snake case name snake_case_name")]
    [InlineData("src/main.rs", "src main rs src/main.rs")]
    [InlineData("utf8 x86_64", "utf 8 utf8 x 86 64 x86_64")]
    [InlineData("dry-run.", "dry run dry-run")]
    [InlineData("std::vector", "std vector")]
    [InlineData("C:\\temp", "c temp")]
    [InlineData("queries tests classes boxes status class bus", "query test class box status class bus")]
    [InlineData("日本語", "日 本 語 日本語")]
    [InlineData("ÄPFEL straße", "äpfel straße")]
    [InlineData("a\ud83d\ude00b \ud800 x", "b x")]
    [InlineData("!!! ??? ...", "")]
    public void Words_are_split_folded_and_kept_whole(string text, string expected)
    {
        var sink = new Words();
        TextAnalyzer.Analyze(text, ref sink);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), sink.Found);
    }

    [Fact]
    public void Very_long_runs_are_no_words_and_harm_nobody()
    {
        var sink = new Words();
        TextAnalyzer.Analyze($"before {new string('x', 1 << 20)} {new string('y', 65)} {new string('z', 64)} after", ref sink);
        Assert.Equal(["before", new string('z', 64), "after"], sink.Found);
        TextAnalyzer.Analyze(string.Concat(Enumerable.Repeat("a/", 100_000)), ref sink);
        TextAnalyzer.Analyze(new string('_', 10_000), ref sink);
    }

    [Fact]
    public void Any_characters_at_all_are_taken()
    {
        var random = new Random(3);
        var sink = new Words();
        for (var i = 0; i < 2_000; i++)
        {
            var text = new char[random.Next(60)];
            for (var j = 0; j < text.Length; j++) text[j] = (char)(random.Next(3) == 0 ? random.Next(0x1_0000) : random.Next(0x80));
            TextAnalyzer.Analyze(text, ref sink);
        }
        Assert.NotEmpty(sink.Found);
    }

    private struct Words() : TextAnalyzer.ISink
    {
        public List<string> Found { get; } = [];

        public readonly void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            Assert.Equal(TextAnalyzer.Hash(word), term);
            Found.Add(word.ToString());
        }
    }
}
