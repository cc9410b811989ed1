using System.Runtime.InteropServices;
using System.Text;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>Purging removes from every file, compaction gives up what nobody can see and nothing else, backups are pools.</summary>
public sealed class CompactionTests
{
    private const string Secret = "the-key-is-7f3a9c";
    private static readonly float[] SecretVector = [0.123456f, -7.654321f, 3.1415927f, 42.424242f];
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task What_is_purged_is_in_no_view_and_in_no_file()
    {
        var store = await OpenAsync();
        for (var i = 0; i < 30; i++) await store.RememberAsync(Draft($"before {i} {new string('x', 900)}"));
        var id = (await store.RememberAsync(Draft($"first {Secret}", SecretVector))).Id;
        await store.ReviseAsync(id, Draft($"second {Secret} {new string('y', 70_000)}", SecretVector));
        await store.CreateSnapshotAsync("with-it");
        await store.DisposeAsync();
        store = await OpenAsync();
        await store.RememberAsync(Draft("after"));
        Assert.True(Occurs(Encoding.UTF8.GetBytes(Secret)) && Occurs(MemoryMarshal.AsBytes<float>(SecretVector)));
        using (var snapshot = store.OpenSnapshot("with-it"))
        {
            Assert.Equal(31, snapshot.Stats().Memories);
            Assert.Equal(1, await store.PurgeAsync([id]));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await snapshot.GetAsync(id)));
            Assert.DoesNotContain((await snapshot.RecallAsync(new RecallQuery { Text = Secret, K = 100 })).Memories, m => m.Memory.Id == id);
        }
        for (var round = 0; round < 2; round++)
        {
            Assert.False(Occurs(Encoding.UTF8.GetBytes(Secret)), "the text is in a file");
            Assert.False(Occurs(MemoryMarshal.AsBytes<float>(SecretVector)), "the vector is in a file");
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.GetAsync(id)));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.HistoryAsync(id)));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.RestoreAsync(id)));
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.RememberAsync(Draft("again") with { Id = id })));
            Assert.Equal(31, store.Stats().Memories);
            Assert.Equal(30, Assert.Single(store.Snapshots()).Memories);
            Assert.Equal(0, await store.PurgeAsync([id]));
            Assert.Equal(31, (await SimulatedPool.ListAsync(store)).Count);
            await store.DisposeAsync();
            store = await OpenAsync();
        }
        await store.RollBackAsync("with-it");
        Assert.Equal(30, store.Stats().Memories);
        await store.DisposeAsync();
        Assert.Empty((await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options)).Problems);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_that_a_rollback_hid_for_good_does_not_lend_its_number_to_another(bool isKnownToEvidence)
    {
        var store = await OpenAsync();
        var id = (await store.RememberAsync(Draft("first"))).Id;
        await store.CreateSnapshotAsync("then");
        await store.ReviseAsync(id, Draft($"second {new string('x', 20_000)}"));
        // What the second version was worth is known by its number. Where nothing is known, only the version itself tells that it was given.
        if (isKnownToEvidence) await store.DecideAsync(id, MemoryState.Quarantined, "it did harm");
        var undo = (await store.RollBackAsync("then")).Undo;
        await store.DropSnapshotAsync("then");
        await store.DropSnapshotAsync(undo);
        await store.CompactAsync();
        await store.DisposeAsync();
        store = await OpenAsync();
        await store.CompactAsync();
        Assert.Equal(3, (await store.ReviseAsync(id, Draft("another second"))).Version);
        Assert.Contains((await store.RecallAsync(new RecallQuery { Text = "another second" })).Memories, m => m.Memory.Id == id);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_number_that_evidence_knows_is_passed_over_when_the_memory_itself_is_gone()
    {
        var store = await OpenAsync();
        var id = Guid.NewGuid();
        await store.CreateSnapshotAsync("before");
        await store.RememberAsync(Draft($"first {new string('x', 20_000)}") with { Id = id });
        await store.DecideAsync(id, MemoryState.Quarantined, "it did harm");
        var undo = (await store.RollBackAsync("before")).Undo;
        await store.DropSnapshotAsync("before");
        await store.DropSnapshotAsync(undo);
        Assert.Equal(1, (await store.CompactAsync()).VersionsDropped);
        Assert.Equal(2, (await store.RememberAsync(Draft("another first") with { Id = id })).Version);
        Assert.Contains((await store.RecallAsync(new RecallQuery { Text = "another first" })).Memories, m => m.Memory.Id == id);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_purge_that_was_cut_short_is_finished_by_the_next_opening()
    {
        var calls = await CallsOfAPurgeAsync();
        for (var n = 1; n <= calls; n++)
        {
            var pool = new SimulatedPool();
            var store = await OpenAsync(pool);
            var id = (await store.RememberAsync(Draft(Secret))).Id;
            pool.Disk.FailCall(pool.Disk.CallCount + n, FaultKind.Io);
            var isPurged = await IsDoneAsync(() => store.PurgeAsync([id]));
            pool.Disk = pool.Disk.AfterProcessKill();
            await using var again = await OpenAsync(pool);
            var isGone = !await IsDoneAsync(async () => await again.GetAsync(id));
            Assert.True(isGone || !isPurged, $"call {n}: it is back");
            Assert.Equal(!isGone, Occurs(Encoding.UTF8.GetBytes(Secret), pool));
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_purge_of_a_checkpointed_memory_that_was_cut_short_is_finished_by_the_next_opening()
    {
        var id = Guid.CreateVersion7();
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 20; i++) await store.RememberAsync(Draft($"before {i}"));
            await store.RememberAsync(Draft(Secret, SecretVector) with { Id = id });
        }
        await using (var store = await OpenAsync()) await store.RememberAsync(Draft("in a segment of its own"));
        var before = _pool.Disk;
        long calls = 1;
        for (var n = 0; n <= calls; n++)
        {
            _pool.Disk = before.AfterProcessKill();
            var store = await OpenAsync();
            var opened = _pool.Disk.CallCount;
            if (n > 0) _pool.Disk.FailCall(opened + n, FaultKind.Io);
            var isPurged = await IsDoneAsync(() => store.PurgeAsync([id]));
            if (n == 0) calls = _pool.Disk.CallCount - opened;
            if (isPurged) Assert.False(Occurs(Encoding.UTF8.GetBytes(Secret)), $"call {n}: it is in a file");
            _pool.Disk = _pool.Disk.AfterProcessKill();
            await using var again = await OpenAsync();
            var isGone = !await IsDoneAsync(async () => await again.GetAsync(id));
            Assert.True(isGone || !isPurged, $"call {n}: it is back");
            Assert.Equal(!isGone, Occurs(Encoding.UTF8.GetBytes(Secret)));
            Assert.Equal(!isGone, Occurs(MemoryMarshal.AsBytes<float>(SecretVector)));
            Assert.Equal(isGone ? 21 : 22, again.Stats().Memories);
            Assert.Equal(isGone ? 21 : 22, (await SimulatedPool.ListAsync(again)).Count);
            await store.DisposeAsync();
        }
    }

    private async Task<long> CallsOfAPurgeAsync()
    {
        await using var store = await OpenAsync();
        var id = (await store.RememberAsync(Draft(Secret))).Id;
        var before = _pool.Disk.CallCount;
        await store.PurgeAsync([id]);
        return _pool.Disk.CallCount - before;
    }

    private static async Task<bool> IsDoneAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (MemoryEngineException)
        {
            return false;
        }
    }

    [Fact]
    public async Task Compaction_gives_up_what_nobody_can_see_and_nothing_else()
    {
        await using var store = await OpenAsync();
        var kept = (await store.RememberAsync(Draft("kept one"))).Id;
        await store.ReviseAsync(kept, Draft("kept two"));
        var forgotten = (await store.RememberAsync(Draft("forgotten"))).Id;
        await store.ForgetAsync(forgotten);
        await store.CreateSnapshotAsync("base");
        for (var i = 0; i < 200; i++) await store.RememberAsync(Draft($"rolled back {i} {new string('z', 5_000)}"));
        var keyed = await store.RememberAsync(Draft("keyed") with { IdempotencyKey = "key" });
        var undo = (await store.RollBackAsync("base")).Undo;

        Assert.Equal(0, (await store.CompactAsync()).VersionsDropped);
        await store.DropSnapshotAsync(undo);
        var result = await store.CompactAsync();
        Assert.Equal(200, result.VersionsDropped);
        Assert.True(result.JournalBytes < result.JournalBytesBefore / 4, $"{result}");
        Assert.Equal(2, (await store.HistoryAsync(kept)).Count);
        Assert.Equal(keyed, await store.RememberAsync(Draft("keyed") with { IdempotencyKey = "key" }));
        Assert.True(await store.RestoreAsync(forgotten));
        Assert.Equal("forgotten", (await store.GetAsync(forgotten))!.Text);
    }

    [Fact]
    public async Task Superseded_versions_go_when_asked_unless_a_snapshot_has_them()
    {
        await using var store = await OpenAsync();
        var id = (await store.RememberAsync(Draft("one " + new string('a', 3_000)))).Id;
        await store.ReviseAsync(id, Draft("two " + new string('b', 3_000)));
        await store.CreateSnapshotAsync("at-two");
        await store.ReviseAsync(id, Draft("three"));
        _pool.Clock.Advance(TimeSpan.FromDays(3));
        await store.ReviseAsync(id, Draft("four"));
        await store.CompactAsync(new CompactOptions { KeepVersionsFor = TimeSpan.FromDays(1) });
        Assert.Equal(["one", "two", "three", "four"], (await store.HistoryAsync(id)).Select(v => v.Text.Split(' ')[0]));
        await store.DropSnapshotAsync("at-two");
        var result = await store.CompactAsync(new CompactOptions { KeepVersionsFor = TimeSpan.FromDays(1) });
        Assert.Equal(2, result.VersionsDropped);
        Assert.Equal(["three", "four"], (await store.HistoryAsync(id)).Select(v => v.Text));
        Assert.Equal(5, (await store.ReviseAsync(id, Draft("five"))).Version);
    }

    [Fact]
    public async Task Who_reads_beside_the_owner_keeps_what_was_there()
    {
        await using var store = await OpenAsync();
        var kept = new List<Guid>();
        await store.CreateSnapshotAsync("empty");
        for (var i = 0; i < 40; i++)
        {
            if (i % 8 == 0) kept.Add((await store.RememberAsync(Draft($"kept {i}") with { IdempotencyKey = $"k{i}" })).Id);
            await store.RememberAsync(Draft($"rolled back {i} {new string('x', 3_000)}"));
        }
        await using var reader = await MemoryStore.OpenAsync(SimulatedPool.Root, Options(_pool) with { ReadOnly = true });
        var undo = (await store.RollBackAsync("empty")).Undo;
        await store.DropSnapshotAsync(undo);
        Assert.Equal(40, (await store.CompactAsync()).VersionsDropped);
        Assert.Equal(45, (await SimulatedPool.ListAsync(reader)).Count);
        foreach (var id in kept) Assert.StartsWith("kept", (await reader.GetAsync(id))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_is_a_pool_as_of_one_moment()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 50; i++) await store.RememberAsync(Draft($"memory {i} {new string('x', 2_000)}"));
        await store.CreateSnapshotAsync("s");
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await store.RememberAsync(Draft($"later {i}"));
        });
        var backup = await store.BackupAsync("/backups/one");
        await writing;
        Assert.True(backup.Memories is >= 50 and <= 100);
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(() => store.BackupAsync("/backups/one")));
        var restored = await MemoryStore.RestoreBackupAsync("/backups/one", "/restored", _pool.Options);
        Assert.Equal(backup.Memories, restored.Memories);
        foreach (var path in new[] { "/backups/one", "/restored" })
        {
            Assert.Empty((await MemoryStore.CheckAsync(path, _pool.Options)).Problems);
            await using var copy = await MemoryStore.OpenAsync(path, Options(_pool));
            Assert.Equal(backup.Memories, copy.Stats().Memories);
            Assert.Equal(50, Assert.Single(copy.Snapshots()).Memories);
            await copy.RememberAsync(Draft("goes on"));
        }
    }

    private static MemoryDraft Draft(string text, float[]? vector = null) => new()
    {
        Text = text,
        Vectors = vector is null ? [] : new Dictionary<string, ReadOnlyMemory<float>> { ["v"] = vector },
    };

    private static MemoryStoreOptions Options(SimulatedPool pool) => pool.Options with
    {
        Spaces = [new VectorSpace("v", 4, Metric.L2)],
        JournalFileBytes = 20_000,
        CheckpointBytes = 15_000,
        CheckpointOnCloseBytes = 1,
    };

    private Task<MemoryStore> OpenAsync() => OpenAsync(_pool);

    private static Task<MemoryStore> OpenAsync(SimulatedPool pool) => MemoryStore.OpenAsync(SimulatedPool.Root, Options(pool));

    private bool Occurs(ReadOnlySpan<byte> bytes) => Occurs(bytes, _pool);

    private static bool Occurs(ReadOnlySpan<byte> bytes, SimulatedPool pool)
    {
        foreach (var path in pool.Disk.AllFiles())
            if (pool.Disk.ReadAll(path).AsSpan().IndexOf(bytes) >= 0) return true;
        return false;
    }
}
