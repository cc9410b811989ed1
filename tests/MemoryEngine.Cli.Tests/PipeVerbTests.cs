using MemoryEngine.Server;

namespace MemoryEngine.Cli.Tests;

/// <summary>The verbs on a pool that another process owns and serves; here that other is this one.</summary>
public sealed class PipeVerbTests : IAsyncLifetime, IDisposable
{
    private readonly CliRun _cli = new();
    private PipeServer _server = null!;

    public async Task InitializeAsync() => _server = await PipeServer.StartAsync(_cli.Pool);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Memories_are_written_and_read_through_the_pipe()
    {
        var id = await _cli.RememberAsync("Retry only what is idempotent.", "--domain", "backend/go");
        Assert.Equal(1, _server.Store.Stats().Memories);
        Assert.Equal("Retry only what is idempotent.", (await _cli.JsonAsync(0, "get", id)).GetProperty("text").GetString());
        var recalled = await _cli.JsonAsync(0, "recall", "idempotent retries", "--domain", "backend/go", "--explain");
        Assert.Equal(id, recalled.GetProperty("memories")[0].GetProperty("id").GetString());
        Assert.Equal("accepted", recalled.GetProperty("memories")[0].GetProperty("verdict").GetString());
        await _cli.JsonAsync(0, "revise", id, "Retry only what is idempotent, with a key.");
        Assert.Equal(2, (await _cli.JsonAsync(0, "history", id)).GetProperty("versions").GetArrayLength());
        Assert.Equal(1, (await _cli.JsonAsync(0, "verify", id, "--domain", "backend/go")).GetProperty("verdicts").GetArrayLength());
        Assert.True((await _cli.JsonAsync(0, "forget", id)).GetProperty("forgotten").GetBoolean());
        Assert.Empty((await _cli.JsonAsync(0, "list")).GetProperty("memories").EnumerateArray());
        Assert.True((await _cli.JsonAsync(0, "restore", id)).GetProperty("restored").GetBoolean());
        Assert.Equal(1, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt64());
        Assert.True((await _cli.JsonAsync(0, "check")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task What_came_of_a_recall_is_reported_and_explained_through_the_pipe()
    {
        var id = await _cli.RememberAsync("Retry only what is idempotent.", "--domain", "backend/go");
        var transfer = (await _cli.JsonAsync(0, "recall", "idempotent retries", "--domain", "backend/go")).GetProperty("transfer").GetString()!;
        Assert.Equal("counted", (await _cli.JsonAsync(0, "report", transfer, "pass", "--used", id)).GetProperty("result").GetString());
        Assert.Equal("repeated", (await _cli.JsonAsync(0, "report", transfer, "pass", "--used", id)).GetProperty("result").GetString());
        Assert.Contains(id, (await _cli.JsonAsync(0, "why", transfer)).ToString(), StringComparison.Ordinal);
        await _cli.JsonAsync(1, "why", "01900000-0000-7000-8000-000000000001");
        var advice = await _cli.JsonAsync(0, "advise", "--scenario", "single-task");
        Assert.Equal("single", advice.GetProperty("mode").GetString());
        Assert.Contains("The scenario single-task is about one domain.", advice.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
        Assert.Contains("hybrid_ntr", advice.GetProperty("gates").EnumerateArray().Select(g => g.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task The_evidence_is_the_same_through_the_pipe_and_from_the_pool_itself()
    {
        var id = await _cli.RememberAsync("Retry only what is idempotent.", "--domain", "backend/go", "--contributor", "ann");
        for (var i = 0; i < 6; i++)
        {
            string[] recall = ["recall", "idempotent retries", "--domain", "backend/go", "--design", "factorial", "--task", $"t{i}"];
            var recalled = await _cli.JsonAsync(0, recall);
            await _cli.JsonAsync(0, "report", recalled.GetProperty("transfer").GetString()!, i % 2 == 0 ? "pass" : "fail");
        }
        string[] verb = ["stats", "--evidence", "--memories", "5", "--pass-value", "2", "--upkeep", "0.5"];
        var (asked, shown) = (await _cli.JsonAsync(0, verb), await _cli.RunAsync(verb));
        Assert.Equal(6, asked.GetProperty("outcomes").GetInt32());
        var memory = Assert.Single(asked.GetProperty("memories").EnumerateArray());
        Assert.Equal((id, 6), (memory.GetProperty("id").GetString(), memory.GetProperty("appearances").GetInt32()));
        Assert.Equal("ann", Assert.Single(asked.GetProperty("contributors").EnumerateArray()).GetProperty("contributor").GetString());
        var refused = await _cli.JsonAsync(2, "stats", "--evidence", "--upkeep", "0");
        Assert.Contains("above 0", refused.ToString(), StringComparison.Ordinal);
        await _server.DisposeAsync();
        Assert.Equal(asked.ToString(), (await _cli.JsonAsync(0, verb)).ToString());
        var own = await _cli.RunAsync(verb);
        Assert.Equal((0, shown.Out), (own.ExitCode, own.Out));
    }

    [Fact]
    public async Task The_pool_is_kept_through_the_pipe()
    {
        await _cli.RememberAsync("One");
        Assert.Equal(1, (await _cli.JsonAsync(0, "snapshot", "create", "before")).GetProperty("memories").GetInt64());
        var two = await _cli.RememberAsync("Two");
        Assert.Equal("before", (await _cli.JsonAsync(0, "snapshot", "list")).GetProperty("snapshots")[0].GetProperty("name").GetString());
        Assert.Equal(two, (await _cli.JsonAsync(0, "snapshot", "diff", "before")).GetProperty("added")[0].GetString());
        Assert.Single((await _cli.JsonAsync(0, "list", "--as-of", "before")).GetProperty("memories").EnumerateArray());
        Assert.Equal(1, (await _cli.JsonAsync(0, "snapshot", "rollback", "before")).GetProperty("memories").GetInt64());
        await _cli.JsonAsync(0, "compact");
        await _cli.JsonAsync(0, "maintain");
        await _cli.JsonAsync(0, "backup", "create", Path.Combine(_cli.Root, "copy"));
        Assert.Equal(1, _server.Store.Stats().Memories);
    }

    [Fact]
    public async Task Files_are_imported_and_exported_through_the_pipe_and_a_bad_line_is_only_its_own()
    {
        var file = _cli.Write("in.jsonl", """{"text": "One"}""", """{"text": ""}""", """{"text": "Two", "level": 2}""");
        var imported = await _cli.JsonAsync(0, "import", file);
        Assert.Equal((2, 1), (imported.GetProperty("added").GetInt32(), imported.GetProperty("failed").GetArrayLength()));
        Assert.Equal(2, (await _cli.JsonAsync(0, "import", file)).GetProperty("unchanged").GetInt32());
        Assert.Equal(2, (await _cli.JsonAsync(0, "export", Path.Combine(_cli.Root, "out.jsonl"))).GetProperty("written").GetInt32());
    }

    [Fact]
    public async Task What_cannot_be_done_through_the_pipe_says_who_owns_the_pool()
    {
        var id = await _cli.RememberAsync("One");
        Assert.Equal("pool_busy", (await _cli.JsonAsync(4, "purge", id, "--yes")).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("pool_busy", (await _cli.JsonAsync(4, "serve")).GetProperty("error").GetProperty("code").GetString());
    }
}
