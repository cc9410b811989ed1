using System.Diagnostics;
using MemoryEngine.Server;
using MemoryEngine.Testing;

namespace MemoryEngine.Client.Tests;

/// <summary>The client and the real server, over a real socket.</summary>
public sealed class RealServerTests
{
    [Fact]
    public async Task Many_at_once_are_answered_each_with_its_own()
    {
        await using var served = await Served.StartAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => served.Client.RememberAsync($"memory {i}").AsTask()));
        Assert.Equal(500, made.Select(m => m.Id).Distinct().Count());
        var read = await Task.WhenAll(made.Select(m => Task.Run(() => served.Client.GetAsync(m.Id).AsTask())));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"memory {i}"), read.Select(m => m!.Text));
    }

    [Fact]
    public async Task A_list_goes_over_its_pages_and_a_snapshot_is_read_as_it_was()
    {
        await using var served = await Served.StartAsync();
        var made = await served.Client.RememberManyAsync([.. Enumerable.Range(0, 600).Select(i => new MemoryDraft { Text = $"memory {i}" })]);
        await served.Client.CreateSnapshotAsync("then");
        var later = await served.Client.RememberAsync("later");
        var then = await served.Client.OpenSnapshotAsync("then");
        Assert.Equal(made.Select(m => m.Id), await IdsAsync(then));
        Assert.Equal(601, (await IdsAsync(served.Client)).Count);
        Assert.Equal((600, 601), ((await then.StatsAsync()).Memories, (await served.Client.StatsAsync()).Memories));
        Assert.DoesNotContain((await then.RecallAsync(new RecallQuery { Text = "later" })).Memories, m => m.Memory.Id == later.Id);
        Assert.Equal(later.Id, (await served.Client.RecallAsync("later")).Memories[0].Memory.Id);
        Assert.Single(await then.HistoryAsync(made[0].Id));
        Assert.NotNull(await then.GetAsync(made[0].Id));
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await served.Client.OpenSnapshotAsync("never"));
        Assert.Equal(ErrorCode.NotFound, error.Code);
        Assert.True((await served.Client.CheckAsync()).Ok);
    }

    [Fact]
    public async Task A_restarted_server_is_found_again_and_changes_go_on()
    {
        await using var served = await Served.StartAsync();
        await using var changes = served.Client.WatchAsync(after: 0).GetAsyncEnumerator();
        var first = await served.Client.RememberAsync("one");
        Assert.True(await changes.MoveNextAsync());
        while (changes.Current.Id != first.Id) Assert.True(await changes.MoveNextAsync());
        await served.Server.DisposeAsync();
        var writing = served.Client.RememberAsync("two").AsTask();
        await served.StartServerAsync();
        var second = await writing;
        Assert.Equal(RememberOutcome.Added, second.Outcome);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(new MemoryChange(second.Sequence, MemoryChangeKind.Added, second.Id, 1), changes.Current);
        Assert.Equal(2, (await served.Client.StatsAsync()).Memories);
    }

    [Fact]
    public async Task A_rollback_is_told_as_a_resync()
    {
        await using var served = await Served.StartAsync();
        await served.Client.RememberAsync("one");
        await served.Client.CreateSnapshotAsync("s");
        await using var changes = served.Client.WatchAsync((await served.Client.StatsAsync()).Sequence).GetAsyncEnumerator();
        await served.Client.RememberAsync("two");
        Assert.True(await changes.MoveNextAsync());
        await served.Client.RollBackAsync("s");
        while (changes.Current.Kind != MemoryChangeKind.Resync) Assert.True(await changes.MoveNextAsync());
    }

    [Fact]
    public async Task Watching_ends_when_it_is_cancelled()
    {
        await using var served = await Served.StartAsync();
        using var source = new CancellationTokenSource();
        await using var changes = served.Client.WatchAsync(cancellationToken: source.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = changes.MoveNextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task A_token_is_asked_for()
    {
        using var scratch = new Scratch();
        await using var server = await PipeServer.StartAsync(scratch.Pool, null, new PipeServerOptions { Token = "secret" });
        await using var client = await MemoryClient.ConnectToPoolAsync(scratch.Pool, new MemoryClientOptions { Token = "secret" });
        await client.PingAsync();
        foreach (var token in new[] { null, "other" })
        {
            var error = await Assert.ThrowsAsync<MemoryEngineException>(
                () => MemoryClient.ConnectToPoolAsync(scratch.Pool, new MemoryClientOptions { Token = token }));
            Assert.Equal(ErrorCode.Protocol, error.Code);
            Assert.StartsWith("UNAUTHORIZED: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pool_that_nobody_serves_says_what_to_do()
    {
        using var scratch = new Scratch();
        var error = await Assert.ThrowsAsync<MemoryEngineException>(() => MemoryClient.ConnectToPoolAsync(scratch.Pool));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.Contains("memengine serve", error.Message, StringComparison.Ordinal);
        await using var store = await MemoryStore.OpenAsync(scratch.Pool);
        error = await Assert.ThrowsAsync<MemoryEngineException>(() => MemoryClient.ConnectToPoolAsync(scratch.Pool));
        Assert.Contains("memengine serve", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_leave_neither_threads_nor_handles_behind()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var served = await Served.StartAsync();
        await UseAsync(20);
        var (handles, threads) = Held();
        await UseAsync(200);
        // What ends does so a moment after it was told to.
        Assert.True(
            Patience.Until(() => Held() is var now && now.Handles <= handles + 5 && now.Threads <= threads + 5),
            $"{Held()} are held, and {(handles, threads)} were.");

        async Task UseAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await using var client = await MemoryClient.ConnectToPoolAsync(served.Pool);
                await client.PingAsync();
                await client.StatsAsync();
            }
        }

        static (int Handles, int Threads) Held()
        {
            using var process = Process.GetCurrentProcess();
            return (Directory.GetFiles("/proc/self/fd").Length, process.Threads.Count);
        }
    }

    private static async Task<List<Guid>> IdsAsync(IMemoryReader reader)
    {
        var ids = new List<Guid>();
        await foreach (var memory in reader.ListAsync()) ids.Add(memory.Id);
        return ids;
    }
}
