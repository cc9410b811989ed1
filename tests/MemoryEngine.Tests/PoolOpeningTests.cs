using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>What opening makes of what it finds; whatever it refuses it leaves as it was.</summary>
public sealed class PoolOpeningTests
{
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task A_pool_that_is_not_there_is_made_only_when_asked()
    {
        Assert.Equal(ErrorCode.PoolNotFound, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync(o => o with { CreateIfMissing = false })));
        Assert.Equal(ErrorCode.PoolNotFound, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync(o => o with { ReadOnly = true })));
        Assert.Empty(_pool.Disk.AllFiles());
        _pool.Disk.CreateDirectory(SimulatedPool.Root);
        await (await _pool.OpenAsync()).DisposeAsync();
        await (await _pool.OpenAsync(o => o with { CreateIfMissing = false })).DisposeAsync();
    }

    [Fact]
    public async Task What_is_no_pool_is_left_alone()
    {
        _pool.Disk.WriteAll($"{SimulatedPool.Root}/notes.txt", "mine"u8);
        Assert.Equal(ErrorCode.NotAPool, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync()));
        Assert.Equal([$"{SimulatedPool.Root}/notes.txt"], _pool.Disk.AllFiles());
        var file = new SimulatedPool();
        file.Disk.WriteAll(SimulatedPool.Root, "mine"u8);
        Assert.Equal(ErrorCode.NotAPool, await SimulatedPool.CodeOfAsync(() => file.OpenAsync()));
        var network = new SimulatedPool { Disk = { NetworkFileSystem = "nfs" } };
        Assert.Equal(ErrorCode.NetworkFileSystem, await SimulatedPool.CodeOfAsync(() => network.OpenAsync()));
    }

    [Fact]
    public async Task One_owner_at_a_time_and_readers_beside_it()
    {
        await using var store = await _pool.OpenAsync();
        await store.RememberAsync("seen");
        var e = await Assert.ThrowsAsync<MemoryEngineException>(() => _pool.OpenAsync());
        Assert.Equal(ErrorCode.PoolBusy, e.Code);
        Assert.Contains("the tests", e.Message, StringComparison.Ordinal);
        await using var reader = await _pool.OpenAsync(o => o with { ReadOnly = true });
        await store.RememberAsync("not yet");
        Assert.Equal("seen", Assert.Single(await SimulatedPool.ListAsync(reader)).Text);
        Assert.Single((await reader.RecallAsync("seen")).Memories);
        Assert.Equal(ErrorCode.ReadOnly, await SimulatedPool.CodeOfAsync(async () => await reader.RememberAsync("x")));
        await using var later = await _pool.OpenAsync(o => o with { ReadOnly = true });
        Assert.Equal(2, later.Stats().Memories);
    }

    [Fact]
    public async Task A_disk_that_takes_no_writes_can_be_read()
    {
        await FillAsync();
        _pool.Disk.ReadOnly = true;
        Assert.Equal(ErrorCode.ReadOnly, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync()));
        await using var reader = await _pool.OpenAsync(o => o with { ReadOnly = true });
        Assert.Equal(20, reader.Stats().Memories);
    }

    [Theory]
    [InlineData("records")]
    [InlineData("manifests")]
    [InlineData("segments")]
    [InlineData("records,manifests")]
    [InlineData("records,segments")]
    [InlineData("records,segments,manifests")]
    public async Task Deleting_what_is_derived_loses_nothing(string parts)
    {
        await FillAsync();
        foreach (var path in parts.Split(',').SelectMany(_pool.FilesIn).ToList()) _pool.Disk.Delete(path);
        await CheckAsync();
        await CheckAsync();
    }

    [Fact]
    public async Task The_journal_alone_is_the_pool()
    {
        await FillAsync();
        var alone = new SimulatedPool();
        foreach (var path in _pool.FilesIn("journal")) alone.Disk.WriteAll(path, _pool.Disk.ReadAll(path));
        _pool.Disk = alone.Disk;
        await CheckAsync();
    }

    [Fact]
    public async Task Damage_to_what_is_derived_loses_nothing()
    {
        await FillAsync();
        var whole = _pool.Disk;
        var random = new Random(5);
        foreach (var path in _pool.FilesIn("records").Concat(_pool.FilesIn("manifests")).Concat(_pool.FilesIn("segments")).ToList())
        {
            for (var i = 0; i < 4; i++)
            {
                _pool.Disk = whole.AfterProcessKill();
                var bits = _pool.Disk.ReadAll(path).Length * 8;
                if (bits == 0) continue;
                if (i == 0) _pool.Disk.Truncate(path, random.Next(bits / 8));
                else _pool.Disk.FlipBit(path, random.Next(bits));
                await CheckAsync();
            }
        }
    }

    [Fact]
    public async Task A_journal_shorter_than_its_manifest_is_refused()
    {
        await FillAsync();
        var path = _pool.FilesIn("journal").Last();
        var bytes = _pool.Disk.ReadAll(path);
        foreach (var length in new[] { 4_096, bytes.Length / 2 })
        {
            _pool.Disk.Truncate(path, length);
            await Assert.ThrowsAsync<CorruptionException>(() => _pool.OpenAsync());
            await Assert.ThrowsAsync<CorruptionException>(() => _pool.OpenAsync(o => o with { ReadOnly = true }));
            Assert.NotEmpty((await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options)).Problems);
            _pool.Disk.WriteAll(path, bytes);
        }
        await CheckAsync();
        // Without its journal, or with an empty one, it is no new pool either.
        foreach (var derived in _pool.FilesIn("manifests").Concat(_pool.FilesIn("segments")).ToList()) _pool.Disk.Delete(derived);
        _pool.Disk.Truncate(path, 4_096);
        await Assert.ThrowsAsync<CorruptionException>(() => _pool.OpenAsync());
        _pool.Disk.Delete(path);
        await Assert.ThrowsAsync<CorruptionException>(() => _pool.OpenAsync());
        _pool.Disk.WriteAll(path, bytes);
        await CheckAsync();
    }

    [Fact]
    public async Task A_pool_on_the_real_disk_opens_again()
    {
        var root = Directory.CreateTempSubdirectory("memengine-door-").FullName;
        try
        {
            Guid id;
            await using (var store = await MemoryStore.OpenAsync(Path.Combine(root, "a", "pool")))
            {
                id = (await store.RememberAsync("A deadlock shows up under load.", "backend/go")).Id;
                Assert.Equal(ErrorCode.PoolBusy, await SimulatedPool.CodeOfAsync(() => MemoryStore.OpenAsync(Path.Combine(root, "a", "pool"))));
            }
            await using (var store = await MemoryStore.OpenAsync(Path.Combine(root, "a", "pool")))
            {
                Assert.Equal(id, (await store.RecallAsync("deadlocks under load")).Memories[0].Memory.Id);
                Assert.Empty(store.Stats().OpeningNotes);
            }
            await File.WriteAllTextAsync(Path.Combine(root, "file"), "x");
            Assert.Equal(ErrorCode.NotAPool, await SimulatedPool.CodeOfAsync(() => MemoryStore.OpenAsync(Path.Combine(root, "file"))));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task A_full_disk_at_any_step_leaves_the_pool_readable()
    {
        for (var free = 0L; free <= 400_000; free += free < 40_000 ? 4_096 : 40_960)
        {
            _pool.Disk = new SimulatedFileSystem { CapacityBytes = free };
            var acknowledged = new List<string>();
            try
            {
                await using var store = await _pool.OpenAsync(Small);
                for (var i = 0; i < 30; i++)
                {
                    try
                    {
                        await store.RememberAsync(Text(i));
                        acknowledged.Add(Text(i));
                    }
                    catch (MemoryEngineException e) when (e.Code == ErrorCode.DiskFull)
                    {
                        Assert.Equal(acknowledged, (await SimulatedPool.ListAsync(store)).Select(v => v.Text));
                    }
                }
            }
            catch (MemoryEngineException e)
            {
                Assert.Equal((ErrorCode.DiskFull, 0), (e.Code, acknowledged.Count));
                continue;
            }
            await using (var reader = await _pool.OpenAsync(o => Small(o) with { ReadOnly = true }))
                Assert.Equal(acknowledged, (await SimulatedPool.ListAsync(reader)).Select(v => v.Text));
            _pool.Disk.CapacityBytes = long.MaxValue;
            await using var again = await _pool.OpenAsync(Small);
            Assert.Equal(acknowledged, (await SimulatedPool.ListAsync(again)).Select(v => v.Text));
            Assert.Equal(RememberOutcome.Added, (await again.RememberAsync("room again")).Outcome);
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.Io))]
    [InlineData(nameof(FaultKind.FailedSync))]
    [InlineData(nameof(FaultKind.ShortWrite))]
    [InlineData(nameof(FaultKind.DiskFull))]
    public async Task Every_call_of_a_session_may_fail_once(string kind)
    {
        await RunAsync([]);
        var calls = _pool.Disk.CallCount;
        for (var n = 1; n <= calls; n++)
        {
            _pool.Disk = new SimulatedFileSystem();
            _pool.Disk.FailCall(n, Enum.Parse<FaultKind>(kind));
            var acknowledged = new List<string>();
            await RunAsync(acknowledged);
            if (_pool.Disk.LastFault is not { } fault) continue;
            var killed = _pool.Disk.AfterProcessKill();
            foreach (var disk in new[] { killed, _pool.Disk.AfterPowerLoss(PowerLoss.LoseAll) })
            {
                _pool.Disk = disk;
                await using var store = await _pool.OpenAsync(Small);
                var texts = (await SimulatedPool.ListAsync(store)).Select(v => v.Text).ToList();
                Assert.True(!acknowledged.Except(texts).Any(), $"{fault}: acknowledged and gone");
                Assert.Equal(texts.Distinct(), texts);
                await store.RememberAsync("after all");
            }
        }

        async Task RunAsync(List<string> acknowledged)
        {
            try
            {
                await using var store = await _pool.OpenAsync(Small);
                for (var i = 0; i < 6; i++)
                {
                    try
                    {
                        await store.RememberAsync(Text(i));
                        acknowledged.Add(Text(i));
                    }
                    catch (MemoryEngineException)
                    {
                        // Not acknowledged: it may be there or not.
                    }
                }
            }
            catch (MemoryEngineException)
            {
                // Opening or closing failed; what was acknowledged is checked.
            }
        }
    }

    private static string Text(int i) => $"memory {i} {new string('x', 2_000 + (i * 100))}";

    private static MemoryStoreOptions Small(MemoryStoreOptions options) => options with
    {
        LexicalOnly = true,
        JournalFileBytes = 8_000,
        CheckpointBytes = 6_000,
        CheckpointOnCloseBytes = 1,
    };

    private async Task FillAsync()
    {
        await using var store = await _pool.OpenAsync(o => o with { CheckpointBytes = 8_000, CheckpointOnCloseBytes = 1 });
        for (var i = 0; i < 20; i++) await store.RememberAsync(Text(i));
        var forgotten = (await store.RememberAsync("forgotten")).Id;
        await store.ForgetAsync(forgotten);
    }

    private async Task CheckAsync()
    {
        await using var store = await _pool.OpenAsync();
        Assert.Equal(Enumerable.Range(0, 20).Select(Text), (await SimulatedPool.ListAsync(store)).Select(v => v.Text));
        Assert.Equal(21, store.Stats().Records);
        Assert.Equal(20, (await store.RecallAsync("memory", k: 100)).Memories.Count);
    }
}
