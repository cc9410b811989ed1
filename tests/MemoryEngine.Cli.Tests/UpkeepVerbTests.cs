using System.Text;

namespace MemoryEngine.Cli.Tests;

/// <summary>Purging, compacting, upkeep and backups.</summary>
public sealed class UpkeepVerbTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_purge_asks_and_then_removes_from_every_file()
    {
        const string Secret = "token-5f2c91";
        var id = await _cli.RememberAsync($"the {Secret} of the build server");
        var kept = await _cli.RememberAsync("something else");
        var asked = await _cli.RunAsync("no\n", ["purge", id]);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("Nothing was purged", asked.Error, StringComparison.Ordinal);
        Assert.True(Occurs(Secret));
        Assert.Equal(0, (await _cli.RunAsync("purge\n", ["purge", id])).ExitCode);
        Assert.False(Occurs(Secret));
        var gone = await _cli.JsonAsync(1, "get", id);
        Assert.Equal("purged", gone.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1, (await _cli.JsonAsync(0, "purge", kept, "--yes")).GetProperty("purged").GetInt32());
        Assert.Equal(1, (await _cli.RunAsync("purge", "0194401d-0000-7000-8000-00000000000a", "--yes")).ExitCode);
        Assert.Equal(2, (await _cli.RunAsync("purge", "nonsense", "--yes")).ExitCode);
        Assert.True((await _cli.JsonAsync(0, "check")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Importing_what_was_purged_is_told_line_by_line()
    {
        var file = _cli.Write("m.jsonl", """{"id":"0194401d-0000-7000-8000-00000000000a","text":"one"}""", """{"text":"two"}""");
        await _cli.JsonAsync(0, "import", file);
        await _cli.JsonAsync(0, "purge", "0194401d-0000-7000-8000-00000000000a", "--yes");
        var again = await _cli.JsonAsync(0, "import", file);
        Assert.Equal(1, again.GetProperty("unchanged").GetInt32());
        var failed = Assert.Single(again.GetProperty("failed").EnumerateArray());
        Assert.Equal(1, failed.GetProperty("line").GetInt32());
        Assert.Contains("was purged", failed.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compacting_gives_space_back_and_upkeep_changes_nothing_that_is_seen()
    {
        await _cli.RememberAsync("stays");
        await _cli.RunAsync("snapshot", "create", "base");
        for (var i = 0; i < 5; i++) await _cli.RememberAsync($"{i} {new string('x', 20_000)}");
        var undo = (await _cli.JsonAsync(0, "snapshot", "rollback", "base")).GetProperty("undo").GetString()!;
        await _cli.RunAsync("snapshot", "drop", undo);
        var compacted = await _cli.JsonAsync(0, "compact");
        Assert.Equal(5, compacted.GetProperty("versions_dropped").GetInt32());
        Assert.True(compacted.GetProperty("journal_bytes").GetInt64() < compacted.GetProperty("journal_bytes_before").GetInt64() / 2);
        Assert.Equal(0, (await _cli.JsonAsync(0, "maintain")).GetProperty("events_dropped").GetInt32());
        Assert.Contains("0 events, 0 versions", (await _cli.RunAsync("compact", "--keep-versions-days", "1")).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.JsonAsync(0, "stats")).GetProperty("memories").GetInt32());
        Assert.True((await _cli.JsonAsync(0, "check")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_backup_is_restored_as_a_pool()
    {
        await _cli.RememberAsync("one");
        await _cli.RunAsync("snapshot", "create", "s");
        var (backup, restored) = (Path.Combine(_cli.Root, "backup"), Path.Combine(_cli.Root, "restored"));
        var made = await _cli.JsonAsync(0, "backup", "create", backup);
        Assert.Equal(1, made.GetProperty("memories").GetInt32());
        await _cli.RememberAsync("two");
        Assert.Contains("1 memories", (await _cli.RunAsync("backup", "restore", backup, "--to", restored)).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await _cli.JsonAsync(0, "stats", "--pool", restored)).GetProperty("memories").GetInt32());
        Assert.Equal(1, (await _cli.JsonAsync(0, "snapshot", "list", "--pool", restored)).GetProperty("snapshots").GetArrayLength());
        Assert.Equal(2, (await _cli.RunAsync("backup", "create", backup)).ExitCode);
        Assert.Equal(1, (await _cli.RunAsync("backup", "restore", Path.Combine(_cli.Root, "none"), "--to", restored + "2")).ExitCode);
        Assert.Equal(2, (await _cli.RunAsync("backup", "restore", backup)).ExitCode);
    }

    private bool Occurs(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(_cli.Pool, "*", SearchOption.AllDirectories).Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(bytes) >= 0);
    }
}
