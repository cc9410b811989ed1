using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>Which words a text is found by.</summary>
public sealed class TextAnalyzerTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("The deadlock of a thread", "deadlock thread")]
    [InlineData("getUserName", "get user name getusernam")]
    [InlineData("HTTPServer", "http server httpserver")]
    [InlineData("snake_case dryRun dry-run dry_run dryrun", "snake case snakecas dri run dryrun dri run dryrun dri run dryrun dryrun")]
    [InlineData("src/main.rs", "src main rs src/main.rs")]
    [InlineData("utf8 x86_64", "utf 8 utf8 x 86 64 x8664")]
    [InlineData("dry-run.", "dri run dryrun")]
    [InlineData("std::vector", "std vector")]
    [InlineData("C:\\temp", "c temp")]
    [InlineData("git commit --no-verify -a", "git commit verifi noverifi")]
    [InlineData("queries tests classes boxes status class bus", "queri test class box status class bus")]
    [InlineData("!!! ??? ...", "")]
    [InlineData("a\ud83d\ude00b \ud800 x", "b x")]
    public void Words_are_split_stemmed_and_kept_whole(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("File \"/app/models/user.py\", line 42, in save", "file app model user py app/models/user.py line save")]
    [InlineData("at com.acme.FooBar.run(FooBar.java:123)", "com acm foo bar foobar run com.acme.foobar.run foo bar foobar java foobar.java")]
    [InlineData("main.c:42:7: error", "main c main.c error")]
    [InlineData("2024-05-01T12:34:56.789Z 2024-05-01 12:34:56 12:30 x", "x")]
    [InlineData("0xC0000005 at 0x00007ffdeadbeef0", "0xc0000005")]
    [InlineData("a1b2c3d 9fceb02d0ae598e95dc970b74767f19372d61af8 123e4567-e89b-12d3-a456-426614174000", "a1b2c3d")]
    [InlineData("port 8080, error 1045, 1700000000123", "port 8080 error 1045")]
    [InlineData("TlMxQmFzZTY0RW5jb2RlZERhdGFXaXRoRGlnaXRz", "")]
    [InlineData("python 3.11.2", "python 3 11 2 3.11.2")]
    [InlineData("java.lang.NullPointerException", "java lang null pointer exception nullpointerexception java.lang.nullpointerexception")]
    public void Traces_and_commands_keep_what_has_a_name(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("日本語", "日 日本 本 本語 語")]
    [InlineData("使用git提交", "使 使用 用 git 提 提交 交")]
    [InlineData("サーバー", "サ サー ー ーバ バ バー ー")]
    [InlineData("데이터를", "데 데이 이 이터 터 터를 를")]
    [InlineData("ÄPFEL straße strasse", "apfel strass strass")]
    [InlineData("café cafe\u0301 ＣＡＦＥ ﬁle naïve", "cafe cafe cafe file naiv")]
    [InlineData("Ёлка елка ошибка", "елка елка ошибка")]
    [InlineData("ΛΌΓΟΣ λογος", "λογοσ λογοσ")]
    public void Scripts_and_accents_are_brought_together(string text, string expected) => Check(text, expected);

    /// <summary>Forms of a word that an engineer's query and a memory are likely to differ in, and words that are to stay apart.</summary>
    [Theory]
    [InlineData("configure configured configuring configuration configurations")]
    [InlineData("validate validated validation")]
    [InlineData("deploy deploys deployed deploying deployment")]
    [InlineData("use uses used using")]
    [InlineData("cache caches cached caching")]
    [InlineData("commit commits committed committing")]
    [InlineData("retry retries retried retrying")]
    [InlineData("index indexes indexed indexing")]
    [InlineData("add adds added adding")]
    [InlineData("embed embeds embedded embedding")]
    [InlineData("optimize optimizes optimized optimizer optimization")]
    [InlineData("status statuses")]
    [InlineData("alias aliases")]
    public void Forms_of_a_word_are_one_term(string forms)
    {
        var sink = new Words([]);
        TextAnalyzer.Analyze(forms, ref sink);
        Assert.Single(sink.Terms.Distinct());
    }

    [Theory]
    [InlineData("generic generate")]
    [InlineData("parser parse")]
    [InlineData("ios io")]
    [InlineData("redis redi")]
    [InlineData("string str")]
    [InlineData("expression express")]
    public void Words_of_different_meaning_stay_apart(string words)
    {
        var sink = new Words([]);
        TextAnalyzer.Analyze(words, ref sink);
        Assert.Equal(2, sink.Terms.Distinct().Count());
    }

    private static void Check(string text, string expected)
    {
        var words = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var sink = new Words(words);
        TextAnalyzer.Analyze(text, ref sink);
        Assert.Equal(words, sink.Found);
    }

    [Fact]
    public void Very_long_runs_are_no_words_and_harm_nobody()
    {
        var sink = new Words("first", new string('z', 64), "last");
        TextAnalyzer.Analyze($"first {new string('x', 1 << 20)} {new string('y', 65)} {new string('z', 64)} last", ref sink);
        Assert.Equal(["first", new string('z', 64), "last"], sink.Found);
        TextAnalyzer.Analyze(string.Concat(Enumerable.Repeat("a/", 100_000)), ref sink);
        TextAnalyzer.Analyze(new string('_', 10_000), ref sink);
    }

    [Fact]
    public void Any_characters_at_all_are_taken()
    {
        var random = new Random(3);
        var sink = new Words([]);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new char[random.Next(60)];
            for (var j = 0; j < text.Length; j++) text[j] = (char)(random.Next(3) == 0 ? random.Next(0x1_0000) : random.Next(0x80));
            TextAnalyzer.Analyze(text, ref sink);
        }
        Assert.NotEmpty(sink.Found);
    }

    // Terms are hashes: those that are expected get their names back, others show as the word and its hash.
    private readonly struct Words(params string[] expected) : TextAnalyzer.ISink
    {
        private readonly Dictionary<ulong, string> _names = expected.Distinct().ToDictionary(w => TextAnalyzer.Hash(w), w => w);

        public List<string> Found { get; } = [];

        public List<ulong> Terms { get; } = [];

        public void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole)
        {
            Terms.Add(term);
            Found.Add(_names.TryGetValue(term, out var name) ? name : $"{word}={term:x}");
        }
    }
}
