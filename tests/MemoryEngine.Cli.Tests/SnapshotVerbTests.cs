using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

/// <summary>The verbs of snapshots, and the verbs that read as of one.</summary>
public sealed class SnapshotVerbTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_snapshot_is_made_read_compared_and_rolled_back_to()
    {
        var revised = await _cli.RememberAsync("old words", "--title", "T");
        var forgotten = await _cli.RememberAsync("gone tomorrow");
        var made = await _cli.JsonAsync(0, "snapshot", "create", "before");
        Assert.Equal(("before", 2), (made.GetProperty("name").GetString(), made.GetProperty("memories").GetInt32()));
        await _cli.RunAsync("revise", revised, "new words");
        await _cli.RunAsync("forget", forgotten);
        var added = await _cli.RememberAsync("came later");

        var diff = await _cli.JsonAsync(0, "snapshot", "diff", "before");
        Assert.Equal([added], Ids(diff, "added"));
        Assert.Equal([revised], Ids(diff, "revised"));
        Assert.Equal([forgotten], Ids(diff, "removed"));
        Assert.Equal([forgotten], Ids(diff, "changed"));

        Assert.Equal("old words", Text(await _cli.JsonAsync(0, "get", revised, "--as-of", "before")));
        var unknown = await _cli.JsonAsync(1, "get", added, "--as-of", "before");
        Assert.Equal("not_found", unknown.GetProperty("error").GetProperty("code").GetString());
        Assert.Single((await _cli.JsonAsync(0, "history", revised, "--as-of", "before")).GetProperty("versions").EnumerateArray());
        Assert.Equal(2, (await _cli.JsonAsync(0, "list", "--as-of", "before")).GetProperty("memories").GetArrayLength());
        var recalled = await _cli.JsonAsync(0, "recall", "words", "--as-of", "before");
        Assert.Equal("old words", Text(recalled.GetProperty("memories")[0]));

        var rolledBack = await _cli.JsonAsync(0, "snapshot", "rollback", "before");
        Assert.Equal(2, rolledBack.GetProperty("memories").GetInt32());
        Assert.Equal("old words", Text(await _cli.JsonAsync(0, "get", revised)));
        await _cli.JsonAsync(0, "snapshot", "rollback", rolledBack.GetProperty("undo").GetString()!);
        Assert.Equal("new words", Text(await _cli.JsonAsync(0, "get", revised)));

        var list = (await _cli.JsonAsync(0, "snapshot", "list")).GetProperty("snapshots");
        Assert.Equal(3, list.GetArrayLength());
        Assert.True(list[0].GetProperty("created_us").GetInt64() > 0);
        Assert.Equal(made.GetProperty("sequence").GetInt64(), list[0].GetProperty("sequence").GetInt64());
        await _cli.JsonAsync(0, "snapshot", "drop", "before");
        Assert.Equal(1, (await _cli.RunAsync("snapshot", "drop", "before")).ExitCode);
    }

    [Fact]
    public async Task People_are_told_in_words()
    {
        await _cli.RememberAsync("one");
        Assert.Contains("There are no snapshots", (await _cli.RunAsync("snapshot", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("1 memories as of event", (await _cli.RunAsync("snapshot", "create", "a")).Out, StringComparison.Ordinal);
        await _cli.RememberAsync("two");
        Assert.Contains("1 added, 0 revised", (await _cli.RunAsync("snapshot", "diff", "a")).Out, StringComparison.Ordinal);
        Assert.Contains("to undo it: memengine snapshot rollback", (await _cli.RunAsync("snapshot", "rollback", "a")).Out, StringComparison.Ordinal);
        Assert.Contains("before-rollback-", (await _cli.RunAsync("snapshot", "list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "snapshot", "create", "no name")]
    [InlineData(1, "snapshot", "rollback", "missing")]
    [InlineData(1, "snapshot", "diff", "missing")]
    [InlineData(1, "recall", "x", "--as-of", "missing")]
    public async Task What_cannot_be_is_refused(int exitCode, params string[] args)
    {
        await _cli.RememberAsync("one");
        var answer = await _cli.RunAsync(args);
        Assert.Equal((exitCode, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(args[^1], answer.Error, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement memory) => memory.GetProperty("text").GetString();

    private static string[] Ids(JsonElement diff, string name) => [.. diff.GetProperty(name).EnumerateArray().Select(i => i.GetString()!)];
}
