namespace MemoryEngine.Cli.Tests;

/// <summary>What goes wrong is told in a sentence that says what to do, with a code and an exit code.</summary>
public sealed class ErrorTests : IDisposable
{
    private const string Id = "0194401d-ae33-7f9f-962e-7d4a5da92bdc";

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("recall", "x")]
    [InlineData("get", Id)]
    [InlineData("history", Id)]
    [InlineData("list")]
    [InlineData("stats")]
    [InlineData("export", "file.jsonl")]
    [InlineData("check")]
    [InlineData("revise", Id)]
    [InlineData("forget", Id)]
    [InlineData("restore", Id)]
    public async Task A_pool_that_is_not_there_is_not_made(params string[] args)
    {
        await ExpectAsync(1, "pool_not_found", "There is no pool at", args);
        Assert.False(Directory.Exists(_cli.Pool));
    }

    [Fact]
    public async Task A_directory_of_something_else_is_left_alone()
    {
        Directory.CreateDirectory(_cli.Pool);
        await File.WriteAllTextAsync(Path.Combine(_cli.Pool, "thesis.txt"), "years of work");
        await ExpectAsync(2, "not_a_pool", "thesis.txt", "remember", "x");
        await ExpectAsync(2, "not_a_pool", "thesis.txt", "stats");
        Assert.Single(Directory.GetFileSystemEntries(_cli.Pool));
    }

    [Fact]
    public async Task A_pool_that_is_owned_is_read_as_it_lies_and_not_written()
    {
        await using var owner = await MemoryStore.OpenAsync(_cli.Pool);
        var id = (await owner.RememberAsync("Bound every queue.")).Id.ToString();
        await ExpectAsync(4, "pool_busy", "owned by", "remember", "x");
        await ExpectAsync(4, "pool_busy", "owned by", "forget", id);
        foreach (var args in new string[][] { ["recall", "queue"], ["get", id], ["history", id], ["list"], ["stats"], ["advise"] })
        {
            var answer = await _cli.RunAsync([.. args, "--json"]);
            Assert.Equal(0, answer.ExitCode);
            Assert.Equal(System.Text.Json.JsonValueKind.Object, answer.Json.ValueKind);
            Assert.Contains("as of ", answer.Error, StringComparison.Ordinal);
        }
        Assert.Empty((await _cli.RunAsync("list", "-q")).Error);
        var file = Path.Combine(_cli.Root, "e.jsonl");
        Assert.Equal(1, (await _cli.JsonAsync(0, "export", file)).GetProperty("written").GetInt32());
    }

    [Fact]
    public async Task A_pool_of_another_embedder_is_read_by_words()
    {
        var spaces = new[] { new VectorSpace(VectorSpace.TextSpace, 2, EmbedderId: "someone/else") };
        await using (var store = await MemoryStore.OpenAsync(_cli.Pool, new MemoryStoreOptions { Spaces = spaces }))
            await store.RememberAsync(new MemoryDraft { Text = "Bound every queue.", Vectors = Vectors(1f, 0f) });
        var answer = await _cli.RunAsync("recall", "queue", "--json");
        Assert.Equal(1, answer.Json.GetProperty("memories").GetArrayLength());
        Assert.Contains("by their words alone", answer.Error, StringComparison.Ordinal);
        await ExpectAsync(2, "embedder_mismatch", "someone/else", "remember", "x");
        var id = answer.Json.GetProperty("memories")[0].GetProperty("id").GetString()!;
        Assert.True((await _cli.JsonAsync(0, "forget", id)).GetProperty("forgotten").GetBoolean());
    }

    [Theory]
    [InlineData("get")]
    [InlineData("history")]
    [InlineData("revise")]
    [InlineData("forget")]
    [InlineData("restore")]
    public async Task An_unknown_id_is_not_found(string verb)
    {
        await _cli.RememberAsync("x");
        await ExpectAsync(1, "not_found", Id, verb, Id);
    }

    [Fact]
    public async Task An_unknown_version_is_not_found()
    {
        var id = await _cli.RememberAsync("x");
        await ExpectAsync(1, "not_found", "has no version 7", "get", id, "--version", "7");
    }

    [Theory]
    [InlineData("ID is a UUID", "get", "seven")]
    [InlineData("--level is 1, 2, 3 or 4, not '5'", "remember", "x", "--level", "5")]
    [InlineData("--level is a level from 1 to 4, or a range", "recall", "x", "--level", "4..2")]
    [InlineData("--format is trajectory", "remember", "x", "--format", "poem")]
    [InlineData("-k is a whole number", "recall", "x", "-k", "0")]
    [InlineData("1 to 1000 memories", "recall", "x", "-k", "1001")]
    [InlineData("'--foo'", "recall", "x", "--foo")]
    [InlineData("memengine recall --help", "recall", "x", "--foo")]
    [InlineData("dance", "dance")]
    [InlineData("Required command", "bench")]
    [InlineData("TEXT", "remember")]
    [InlineData("Give a QUERY", "recall")]
    [InlineData("text is empty", "remember", "  ")]
    [InlineData("domain '/x'", "remember", "x", "--domain", "/x")]
    [InlineData("--requires is 'go'", "remember", "x", "--requires", "go")]
    [InlineData("names 'a' twice", "remember", "x", "--requires", "a=1", "--requires", "a=2")]
    [InlineData("--expires is 'soon'", "remember", "x", "--expires", "soon")]
    [InlineData("--vector v: ", "remember", "x", "--vector", "v=/none/such")]
    [InlineData("--durability is device or process", "import", "x", "--durability", "hope")]
    [InlineData("unknown' is of a space", "recall", "--vector", "unknown=VECTOR")]
    [InlineData("not both", "quickstart", "here", "--pool", "there")]
    public async Task Wrong_usage_is_told(string message, params string[] args)
    {
        if (args[0] == "recall" && args[1..] is not []) await _cli.RememberAsync("x");
        var vector = _cli.WriteVector("v.bin", 1f, 0f);
        await ExpectAsync(2, "usage", message, [.. args.Select(a => a.Replace("VECTOR", vector, StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task A_text_too_long_is_told()
    {
        var answer = await _cli.RunAsync(new string('x', (1 << 20) + 1), ["remember", "-"]);
        Assert.Equal(2, answer.ExitCode);
        Assert.Empty(answer.Out);
        Assert.Contains("The text ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_has_an_exit_code_of_its_own()
    {
        for (var i = 0; i < 20; i++) await _cli.RememberAsync($"memory {i}");
        var journal = Directory.GetFiles(Path.Combine(_cli.Pool, "journal"))[0];
        await using (var file = File.Open(journal, FileMode.Open))
        {
            file.Position = 8192;
            file.WriteByte(0xAB);
        }
        await ExpectAsync(3, "corruption", "Damaged data in", "stats");
        var check = await _cli.JsonAsync(3, "check");
        Assert.False(check.GetProperty("ok").GetBoolean());
        var problem = check.GetProperty("problems")[0];
        Assert.Equal(journal, problem.GetProperty("file").GetString());
        Assert.True(problem.GetProperty("offset").GetInt64() > 0);
        Assert.NotEmpty(problem.GetProperty("what").GetString()!);
        Assert.NotEmpty(problem.GetProperty("consequence").GetString()!);
    }

    [Fact]
    public async Task A_cancelled_run_says_so()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Shared.Terminal(TextReader.Null, output, error);
        var code = await Program.RunAsync(["remember", "x", "--pool", _cli.Pool], terminal, new CancellationToken(canceled: true));
        Assert.Equal(Shared.ExitCode.Cancelled, code);
        Assert.Contains("Stopped.", error.ToString(), StringComparison.Ordinal);
    }

    private async Task ExpectAsync(int exitCode, string code, string message, params string[] args)
    {
        var error = (await _cli.JsonAsync(exitCode, args)).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var human = await _cli.RunAsync(args);
        Assert.Equal(exitCode, human.ExitCode);
        Assert.Empty(human.Out);
        Assert.StartsWith("memengine: ", human.Error, StringComparison.Ordinal);
        Assert.Contains(message, human.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, ReadOnlyMemory<float>> Vectors(params float[] vector) => new() { [VectorSpace.TextSpace] = vector };
}
