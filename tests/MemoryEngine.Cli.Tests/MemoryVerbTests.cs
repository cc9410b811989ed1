namespace MemoryEngine.Cli.Tests;

/// <summary>The verbs that write and read single memories.</summary>
public sealed class MemoryVerbTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Remember_keeps_everything_that_is_given()
    {
        var vector = _cli.WriteVector("v.bin", 1f, 0f, 0f);
        var id = await _cli.RememberAsync(
            "Retry only what is idempotent.", "--domain", "backend/go", "--level", "2", "--format", "workflow", "--title", "Retries",
            "--key", "A request timed out.", "--task", "t1", "--model", "m", "--contributor", "c", "--tag", "b", "--tag", "a",
            "--requires", "language=go", "--requires", "os=linux", "--expires", "2090-01-31", "--vector", $"code={vector}");
        var memory = await _cli.JsonAsync(0, "get", id);
        Assert.Equal(id, memory.GetProperty("id").GetString());
        Assert.Equal("workflow", memory.GetProperty("format").GetString());
        Assert.Equal(2, memory.GetProperty("level").GetInt32());
        Assert.Equal("Retry only what is idempotent.", memory.GetProperty("text").GetString());
        Assert.Equal("language", memory.GetProperty("requires").EnumerateObject().First().Name);
        Assert.Equal(["a", "b"], memory.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!));
        Assert.Equal(3789504000000000, memory.GetProperty("expires_us").GetInt64());
        Assert.Equal("AACAPwAAAAAAAAAA", memory.GetProperty("vectors").GetProperty("code").GetString());
        Assert.Equal((1, "active"), (memory.GetProperty("version").GetInt32(), memory.GetProperty("state").GetString()));
        Assert.True(memory.GetProperty("created_us").GetInt64() > 0);
    }

    [Fact]
    public async Task Remember_reads_standard_input_and_answers_in_json()
    {
        var answer = await _cli.RunAsync("from\nstdin\n", ["remember", "-", "--json"]);
        Assert.Equal("added", answer.Json.GetProperty("outcome").GetString());
        var memory = await _cli.JsonAsync(0, "get", answer.Json.GetProperty("id").GetString()!);
        Assert.Equal("from\nstdin", memory.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_text_that_begins_with_an_at_sign_is_a_text()
    {
        var id = await _cli.RememberAsync("@Transactional needs a proxy.");
        Assert.Contains("@Transactional", (await _cli.RunAsync("get", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revise_changes_what_is_given_and_history_shows_both()
    {
        var id = await _cli.RememberAsync("old", "--title", "T", "--tag", "a");
        var revised = await _cli.JsonAsync(0, "revise", id, "new");
        Assert.Equal((2, "revised"), (revised.GetProperty("version").GetInt32(), revised.GetProperty("outcome").GetString()));
        var same = await _cli.JsonAsync(0, "revise", id);
        Assert.Equal("unchanged", same.GetProperty("outcome").GetString());
        var history = await _cli.JsonAsync(0, "history", id);
        Assert.Equal(id, history.GetProperty("id").GetString());
        Assert.Equal(["old", "new"], history.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("text").GetString()!));
        Assert.All(history.GetProperty("versions").EnumerateArray(), v => Assert.Equal("T", v.GetProperty("title").GetString()));
        Assert.Equal("old", (await _cli.JsonAsync(0, "get", id, "--version", "1")).GetProperty("text").GetString());
        Assert.Contains("superseded", (await _cli.RunAsync("history", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_forgotten_is_listed_apart_and_comes_back()
    {
        var id = await _cli.RememberAsync("a lesson", "--level", "4", "--domain", "ops/k8s");
        await _cli.RememberAsync("another", "--level", "1");
        Assert.True((await _cli.JsonAsync(0, "forget", id)).GetProperty("forgotten").GetBoolean());
        Assert.False((await _cli.JsonAsync(0, "forget", id)).GetProperty("forgotten").GetBoolean());
        Assert.Equal("tombstoned", (await _cli.JsonAsync(0, "get", id)).GetProperty("state").GetString());
        Assert.Equal([id], await ListAsync("--state", "tombstoned"));
        Assert.Equal(2, (await ListAsync("--state", "all")).Length);
        Assert.True((await _cli.JsonAsync(0, "restore", id)).GetProperty("restored").GetBoolean());
        Assert.Equal([id], await ListAsync("--level", "4"));
        Assert.Equal([id], await ListAsync("--domain", "ops"));
        Assert.Contains(id, (await _cli.RunAsync("list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recall_shows_scores_and_explains_them()
    {
        var id = await _cli.RememberAsync("A queue needs a bound.", "--title", "Bound every queue", "--level", "3", "--domain", "backend/go");
        await _cli.RememberAsync("Tabs are wider than they look.", "--level", "1", "--domain", "web");
        var plain = await _cli.JsonAsync(0, "recall", "the queue grows without a bound", "--domain", "game", "--mode", "cross", "-k", "1");
        var memory = Assert.Single(plain.GetProperty("memories").EnumerateArray());
        Assert.Equal(id, memory.GetProperty("id").GetString());
        Assert.Equal((1, 3), (memory.GetProperty("version").GetInt32(), memory.GetProperty("level").GetInt32()));
        Assert.Equal(("insight", "backend/go"), (memory.GetProperty("format").GetString(), memory.GetProperty("domain").GetString()));
        Assert.Equal("Bound every queue", memory.GetProperty("title").GetString());
        Assert.Equal("A queue needs a bound.", memory.GetProperty("text").GetString());
        Assert.True(memory.GetProperty("scores").GetProperty("bm25").GetSingle() > 0);
        Assert.True(memory.GetProperty("scores").GetProperty("vector").GetSingle() > 0);
        Assert.True(memory.GetProperty("scores").GetProperty("fused").GetSingle() > 0);
        Assert.True(plain.GetProperty("micros").GetProperty("total").GetInt64() >= plain.GetProperty("micros").GetProperty("search").GetInt64());
        var explained = await _cli.JsonAsync(0, "recall", "queue bound", "--explain");
        Assert.Equal(2, explained.GetProperty("considered").GetInt32());
        Assert.Equal(1, explained.GetProperty("memories")[0].GetProperty("scores").GetProperty("bm25_rank").GetInt32());
        var text = (await _cli.RunAsync("recall", "queue bound", "--explain")).Out;
        Assert.Contains("rank 1", text, StringComparison.Ordinal);
        Assert.Contains("2 memories considered", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--level", "2..4", "b,c")]
    [InlineData("--level", "1", "a")]
    [InlineData("--format", "workflow", "b")]
    [InlineData("--model", "m2", "b")]
    [InlineData("--tag", "t3", "c")]
    [InlineData("--language", "go", "a,b")]
    [InlineData("--exclude-domain", "x", "c")]
    [InlineData("--within-domain", "x", "a,b")]
    public async Task Recall_filters(string option, string value, string expected)
    {
        await _cli.RememberAsync("lesson", "--title", "a", "--level", "1", "--format", "trajectory", "--model", "m1", "--domain", "x/1");
        await _cli.RememberAsync(
            "lesson", "--title", "b", "--level", "2", "--format", "workflow", "--model", "m2", "--domain", "x/2", "--requires", "language=go");
        await _cli.RememberAsync("lesson", "--title", "c", "--level", "4", "--tag", "t3", "--domain", "y", "--requires", "language=rust");
        var found = await _cli.JsonAsync(0, "recall", "lesson", option, value);
        var titles = found.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("title").GetString()!);
        Assert.Equal(expected, string.Join(',', titles.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Recall_searches_by_a_vector_alone()
    {
        await _cli.RememberAsync("north", "--vector", $"map={_cli.WriteVector("n.bin", 0f, 1f)}");
        await _cli.RememberAsync("east", "--vector", $"map={_cli.WriteVector("e.bin", 1f, 0f)}");
        var found = await _cli.JsonAsync(0, "recall", "--vector", $"map={_cli.WriteVector("q.bin", 0.9f, 0.1f)}", "-k", "1");
        Assert.Equal("east", found.GetProperty("memories")[0].GetProperty("text").GetString());
        Assert.Equal("null", found.GetProperty("memories")[0].GetProperty("scores").GetProperty("bm25").GetRawText());
    }

    [Fact]
    public async Task An_empty_recall_is_an_answer()
    {
        await _cli.RememberAsync("something", "--level", "1");
        var found = await _cli.JsonAsync(0, "recall", "something", "--level", "4");
        Assert.Empty(found.GetProperty("memories").EnumerateArray());
        Assert.Contains("Nothing was found", (await _cli.RunAsync("recall", "x", "--level", "4")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_and_check_tell_the_pool()
    {
        await _cli.RememberAsync("x", "--level", "2", "--domain", "a", "--task", "t");
        var stats = await _cli.JsonAsync(0, "stats");
        Assert.Equal((1, 1, 1), (Number(stats, "memories"), Number(stats, "records"), Number(stats, "tasks")));
        Assert.Equal((0, 1), (Number(stats.GetProperty("by_level"), "1"), Number(stats.GetProperty("by_level"), "2")));
        Assert.Equal(1, Number(stats.GetProperty("by_domain"), "a"));
        Assert.True(Number(stats.GetProperty("bytes"), "journal") > 0);
        Assert.Equal("ready", stats.GetProperty("health").GetString());
        Assert.Contains("2 procedure", (await _cli.RunAsync("stats")).Out, StringComparison.Ordinal);
        var check = await _cli.JsonAsync(0, "check");
        Assert.True(check.GetProperty("ok").GetBoolean());
        Assert.True(Number(check, "bytes") > 0);
        Assert.Empty(check.GetProperty("problems").EnumerateArray());
    }

    private static int Number(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private async Task<string[]> ListAsync(params string[] args)
    {
        var list = await _cli.JsonAsync(0, ["list", .. args]);
        return [.. list.GetProperty("memories").EnumerateArray().Select(m => m.GetProperty("id").GetString()!)];
    }
}
