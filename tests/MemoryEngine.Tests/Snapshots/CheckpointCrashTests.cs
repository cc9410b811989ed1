using MemoryEngine.Snapshots;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Snapshots;

/// <summary>A checkpoint that merges, cut short in every way: whatever it leaves opens as what was acknowledged.</summary>
public sealed class CheckpointCrashTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task Power_may_fail_at_every_call()
    {
        var before = await BeforeMergeAsync();
        _pool.Disk = before.AfterProcessKill();
        var image = await CloseAsync();
        var calls = _pool.Disk.CallCount;
        var merged = new ManifestFiles(_pool.Disk, $"{SimulatedPool.Root}/manifests").Newest()!;
        Assert.Equal(16, Assert.Single(merged.Segments).Rows);
        for (var n = 1; n <= calls + 1; n++)
        {
            var failing = before.AfterProcessKill();
            _pool.Disk = failing;
            // From the n-th call on nothing reaches the disk: it stays as it is when the power fails there.
            for (var later = n; later <= calls + 50; later++) failing.FailCall(later, FaultKind.Io);
            await CloseAsync();
            var unsynced = failing.UnsyncedOperationCount;
            PowerLoss[] losses =
                [PowerLoss.LoseAll, PowerLoss.Prefix(unsynced / 2), PowerLoss.TornPrefix(Math.Max(0, unsynced - 1), n), PowerLoss.Random(n)];
            foreach (var loss in losses)
            {
                _pool.Disk = failing.AfterPowerLoss(loss);
                Assert.Equal(image, await ReadAsync());
            }
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.Io))]
    [InlineData(nameof(FaultKind.FailedSync))]
    [InlineData(nameof(FaultKind.ShortWrite))]
    [InlineData(nameof(FaultKind.DiskFull))]
    public async Task Every_call_may_fail_once(string kind)
    {
        var before = await BeforeMergeAsync();
        _pool.Disk = before.AfterProcessKill();
        var image = await CloseAsync();
        var calls = _pool.Disk.CallCount;
        Assert.Equal(2, _pool.FilesIn("manifests").Count());
        for (var n = 1; n <= calls; n++)
        {
            _pool.Disk = before.AfterProcessKill();
            _pool.Disk.FailCall(n, Enum.Parse<FaultKind>(kind));
            await CloseAsync();
            // The same disk, now without a fault: first as it is left, then after a checkpoint that goes through.
            Assert.Equal(image, await ReadAsync());
            await CloseAsync();
            Assert.Equal(image, await ReadAsync());
            Assert.DoesNotContain(_pool.FilesIn("segments"), f => f.EndsWith(".new", StringComparison.Ordinal));
            Assert.Empty((await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options)).Problems);
        }
    }

    // Three segments, and rows enough beside them to merge all when the pool is closed with a checkpoint.
    private async Task<SimulatedFileSystem> BeforeMergeAsync()
    {
        for (var session = 0; session < 3; session++)
        {
            await using var store = await OpenAsync(checkpoint: true);
            for (var i = 0; i < 4; i++) await store.RememberAsync($"memory {session} {i} alpha beta");
        }
        Assert.Equal(3, _pool.FilesIn("segments").Count());
        await using (var store = await OpenAsync(checkpoint: false))
        {
            for (var i = 0; i < 4; i++) await store.RememberAsync($"more {i} gamma");
            await store.ForgetAsync((await SimulatedPool.ListAsync(store))[1].Id);
        }
        return _pool.Disk;
    }

    // Opens the pool and closes it with a checkpoint; what it holds, where nothing failed.
    private async Task<string?> CloseAsync()
    {
        try
        {
            await using var store = await OpenAsync(checkpoint: true);
            return await PoolImageOf(store);
        }
        catch (MemoryEngineException)
        {
            // What is left is looked at.
            return null;
        }
    }

    private async Task<string> ReadAsync()
    {
        await using var store = await OpenAsync(checkpoint: false);
        return await PoolImageOf(store);
    }

    private static async Task<string> PoolImageOf(MemoryStore store) =>
        string.Join('\n', (await SimulatedPool.ListAsync(store, new ListFilter { State = null })).Select(v => $"{v.Id} {v.Text} {v.IsCurrent}"));

    private Task<MemoryStore> OpenAsync(bool checkpoint) => _pool.OpenAsync(o => o with
    {
        LexicalOnly = true,
        CheckpointOnCloseBytes = checkpoint ? 0 : long.MaxValue,
    });
}
