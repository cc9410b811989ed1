namespace MemoryEngine.Cli.Tests;

/// <summary>A recall, what came of it, and why, as scripts and people read them.</summary>
public sealed class TransferVerbTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task What_came_of_a_recall_is_told_once_and_why_shows_it()
    {
        var id = await _cli.RememberAsync("Bound every queue.", "--level", "3", "--domain", "backend/go");
        var recall = await _cli.JsonAsync(0, "recall", "a queue", "--domain", "backend/go", "--task", "fix", "--consumer", "alpha");
        Assert.True(recall.GetProperty("recorded").GetBoolean());
        var transfer = recall.GetProperty("transfer").GetString()!;
        string[] report =
        [
            "report", transfer, "0.75", "--used", $"{id},{Guid.Empty}", "--tokens", "1200", "--seconds", "60", "--steps", "7",
            "--first-edit", "5", "--cost", "0.2",
        ];
        var told = await _cli.JsonAsync(0, report);
        Assert.Equal(("counted", Guid.Empty.ToString()), (told.GetProperty("result").GetString(), told.GetProperty("not_injected")[0].GetString()));
        Assert.Equal("repeated", (await _cli.JsonAsync(0, report)).GetProperty("result").GetString());
        Assert.Equal("conflicting", (await _cli.JsonAsync(0, "report", transfer, "fail")).GetProperty("result").GetString());

        var why = await _cli.JsonAsync(0, "why", transfer);
        Assert.Equal(
            ("fix", "backend/go", "alpha", "single"),
            (Text(why, "task"), Text(why, "domain"), Text(why, "consumer_model"), Text(why, "mode")));
        var candidate = Assert.Single(why.GetProperty("candidates").EnumerateArray());
        Assert.Equal((id, "injected", "in_mode"), (Text(candidate, "id"), Text(candidate, "fate"), candidate.GetProperty("reasons")[0].GetString()));
        var outcome = why.GetProperty("outcome");
        Assert.Equal((0.75, "verifier"), (outcome.GetProperty("score").GetDouble(), Text(outcome, "judge")));
        Assert.Equal((1200, 5), (outcome.GetProperty("tokens").GetInt32(), outcome.GetProperty("first_edit_seconds").GetInt32()));
        var page = (await _cli.RunAsync("why", transfer)).Out;
        string[] lines = ["Handed over:", "effect: not enough data", "What came of it: pass (0.75), by the word of a verifier", "tokens: 1200"];
        foreach (var line in lines) Assert.Contains(line, page, StringComparison.Ordinal);
        Assert.Contains($"Transfer {transfer}", page, StringComparison.Ordinal);

        static string? Text(System.Text.Json.JsonElement json, string name) => json.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData(1, "report", "4d3b0c52-0000-4000-8000-000000000001", "pass")]
    [InlineData(1, "why", "4d3b0c52-0000-4000-8000-000000000001")]
    [InlineData(2, "report", "no-uuid", "pass")]
    [InlineData(2, "report", "4d3b0c52-0000-4000-8000-000000000001", "1.5")]
    [InlineData(2, "report", "4d3b0c52-0000-4000-8000-000000000001", "pass", "--judge", "somebody")]
    [InlineData(2, "report", "4d3b0c52-0000-4000-8000-000000000001", "pass", "--used", "x")]
    [InlineData(2, "report", "4d3b0c52-0000-4000-8000-000000000001", "pass", "--tokens", "-1")]
    [InlineData(2, "report", "4d3b0c52-0000-4000-8000-000000000001", "fail", "--failure", "bad luck")]
    [InlineData(2, "recall", "q", "--design", "withhold=2")]
    [InlineData(2, "recall", "q", "--hold-out", "1")]
    public async Task What_cannot_be_has_its_exit_code(int exitCode, params string[] args)
    {
        await _cli.RememberAsync("Bound every queue.");
        Assert.Equal(exitCode, (await _cli.RunAsync(args)).ExitCode);
    }

    [Fact]
    public async Task Chance_withholds_only_where_it_is_asked_to()
    {
        // Words that no two share, so that none is a duplicate of another.
        for (var i = 0; i < 8; i++)
            await _cli.RememberAsync($"Bound every queue at {(char)('a' + i)}{(char)('p' + i)}{(char)('q' - i)} and {(char)('c' + i)}{i * 977}.");
        var plain = await _cli.JsonAsync(0, "recall", "queue");
        Assert.Equal((0, false), (plain.GetProperty("withheld").GetInt32(), plain.GetProperty("held_out").GetBoolean()));
        var withheld = 0;
        for (var i = 0; i < 5; i++)
        {
            var drawn = await _cli.JsonAsync(0, "recall", "queue", "--design", "factorial");
            Assert.Equal(6, drawn.GetProperty("withheld").GetInt32() + drawn.GetProperty("memories").GetArrayLength());
            withheld += drawn.GetProperty("withheld").GetInt32();
        }
        // All or none of thirty: once in half a billion runs.
        Assert.InRange(withheld, 1, 29);
        var silent = await _cli.JsonAsync(0, "recall", "queue", "--no-record");
        Assert.False(silent.GetProperty("recorded").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, silent.GetProperty("transfer").ValueKind);
        Assert.Contains("Not recorded", (await _cli.RunAsync("recall", "queue", "--no-record")).Out, StringComparison.Ordinal);
        Assert.Contains("Transfer ", (await _cli.RunAsync("recall", "queue")).Out, StringComparison.Ordinal);
    }
}
