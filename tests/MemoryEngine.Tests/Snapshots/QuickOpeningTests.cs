using MemoryEngine.Journal;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Testing;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Snapshots;

/// <summary>A pool that is opened from a manifest and segments is the one that the journal alone makes.</summary>
public sealed class QuickOpeningTests(ITestOutputHelper output)
{
    private readonly SimulatedPool _pool = new();
    private readonly RandomHistory _history = new(TestSeed.Value);

    [Fact]
    public async Task Any_history_opens_the_same_from_segments_and_from_the_journal_alone()
    {
        output.WriteLine($"MEMORYENGINE_SEED={TestSeed.Value}");
        for (var round = 0; round < 12; round++)
        {
            var history = new RandomHistory(TestSeed.Value + round);
            _pool.Disk = new SimulatedFileSystem();
            for (var session = 0; session < 6; session++)
            {
                string closed;
                await using (var store = await OpenAsync(checkpoint: session % 3 != 2))
                {
                    await history.PlayAsync(store, 25);
                    closed = await PoolImage.OfAsync(store);
                }
                Assert.Equal(closed, await ImageAsync());
                Assert.Equal(closed, await ImageAsync(readOnly: true));
                Assert.Equal(closed, await AloneAsync());
                Assert.NotEmpty(_pool.FilesIn("segments"));
            }
            Assert.Empty((await CheckAsync()).Problems);
        }
    }

    [Fact]
    public async Task Whatever_derived_file_is_deleted_or_damaged_nothing_is_lost()
    {
        var image = await FillAsync();
        var whole = _pool.Disk;
        var random = new Random(TestSeed.Value);
        Assert.True(_pool.FilesIn("segments").Count() >= 2);
        foreach (var path in _pool.FilesIn("manifests").Concat(_pool.FilesIn("segments")).Concat(_pool.FilesIn("records")).ToList())
        {
            var bits = whole.ReadAll(path).Length * 8L;
            for (var i = 0; i < 4; i++)
            {
                _pool.Disk = whole.AfterProcessKill();
                if (i == 0) _pool.Disk.Delete(path);
                else if (i == 1) _pool.Disk.Truncate(path, random.NextInt64(bits / 8));
                else _pool.Disk.FlipBit(path, random.NextInt64(bits));
                Assert.Equal(image, await ImageAsync(readOnly: true));
                if (i > 1 && !path.Contains("/records/", StringComparison.Ordinal))
                    Assert.Contains((await CheckAsync()).Problems, p => p.File == path);
                Assert.Equal(image, await ImageAsync());
                Assert.Equal(image, await ImageAsync());
            }
        }
    }

    [Fact]
    public async Task The_generation_before_is_used_when_the_newest_does_not_check_out()
    {
        var image = await FillAsync();
        var manifests = _pool.FilesIn("manifests").ToList();
        Assert.Equal(2, manifests.Count);
        var newest = new ManifestFiles(_pool.Disk, $"{SimulatedPool.Root}/manifests").Newest()!;
        var segment = SegmentFiles.PathOf($"{SimulatedPool.Root}/segments", newest.Segments[^1].Number);
        _pool.Disk.FlipBit(segment, 33_000);
        var recovery = Recover();
        Assert.Equal(manifests[0], recovery.Source!.Path);
        var note = Assert.Single(recovery.Notes);
        Assert.Contains(manifests[1], note, StringComparison.Ordinal);
        Assert.Contains(segment, note, StringComparison.Ordinal);
        Assert.Contains("offset 4096", note, StringComparison.Ordinal);
        var damaged = _pool.Disk.AfterProcessKill();
        Assert.Equal(image, await ImageAsync());

        _pool.Disk = damaged;
        _pool.Disk.FlipBit(manifests[0], 200);
        recovery = Recover();
        Assert.Null(recovery.Source);
        Assert.Equal(2, recovery.Notes.Count);
        Assert.Equal(image, await ImageAsync());
        // Closing has made a new generation.
        recovery = Recover();
        Assert.NotNull(recovery.Source);
        Assert.Empty(recovery.Notes);
    }

    [Fact]
    public async Task A_manifest_that_the_journal_contradicts_is_not_used()
    {
        Guid id;
        await using (var store = await OpenAsync(checkpoint: true))
        {
            await _history.PlayAsync(store, 10);
            id = (await store.RememberAsync("to be forgotten")).Id;
        }
        var fork = _pool.Disk.AfterProcessKill();
        await using (var store = await OpenAsync(checkpoint: true)) await store.RememberAsync("a record more");
        var derived = _pool.FilesIn("manifests").Concat(_pool.FilesIn("segments")).ToDictionary(f => f, _pool.Disk.ReadAll);
        _pool.Disk = fork;
        await using (var store = await OpenAsync(checkpoint: false))
        {
            await store.ForgetAsync(id);
            await store.RememberAsync("one more");
        }
        var image = await AloneAsync();
        foreach (var path in _pool.FilesIn("manifests").Concat(_pool.FilesIn("segments")).ToList()) _pool.Disk.Delete(path);
        foreach (var (path, bytes) in derived) _pool.Disk.WriteAll(path, bytes);
        var notes = Recover().Notes;
        Assert.Contains("the journal has", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(image, await ImageAsync(readOnly: true));
        Assert.Equal(image, await ImageAsync());
    }

    [Fact]
    public async Task A_manifest_of_another_pool_is_not_used()
    {
        var image = await FillAsync();
        var other = new SimulatedPool();
        await using (var store = await other.OpenAsync(o => o with { CheckpointOnCloseBytes = 1 })) await store.RememberAsync("another");
        foreach (var path in _pool.FilesIn("manifests").ToList()) _pool.Disk.Delete(path);
        foreach (var path in other.FilesIn("manifests")) _pool.Disk.WriteAll(path, other.Disk.ReadAll(path));
        Assert.Contains("belongs to pool", Assert.Single(Recover().Notes), StringComparison.Ordinal);
        Assert.Equal(image, await ImageAsync());
    }

    [Fact]
    public void Dropped_events_stand_for_rows_that_hold_nothing()
    {
        var table = RandomRows(5);
        table.Rows[1].History = [];
        table.Rows[2].History = [];
        var covered = new CoveredEvents(table, 5);
        Pass(covered, EventType.Remembered, 1, Record(1));
        Pass(covered, EventType.Dropped, 2, new DroppedEvent(3, 2, 2).Encode());
        Pass(covered, EventType.Remembered, 5, Record(4));
        Pass(covered, EventType.Forgotten, 6, new LifeEvent(1, Guid.Empty).Encode());
        // Stands for record 5, which the manifest has seen, and 6, which it has not.
        table.Rows[4].History = [];
        Pass(covered, EventType.Dropped, 7, new DroppedEvent(2, 5, 2).Encode());
        Assert.Null(covered.Contradiction());
        Assert.Equal(6, table.RowCount);
        Assert.True(table.Rows[5].IsErased);
        Assert.Equal(5, table.Rows[3].Position);

        var later = new CoveredEvents(RandomRows(2), 2);
        Pass(later, EventType.Dropped, 1, new DroppedEvent(2, 1, 2).Encode());
        Assert.Contains("dropped", later.Contradiction(), StringComparison.Ordinal);
        var fewer = new CoveredEvents(RandomRows(2), 2);
        Pass(fewer, EventType.Remembered, 1, Record(1));
        Assert.NotNull(fewer.Contradiction());
        var other = new CoveredEvents(RandomRows(2), 2);
        Pass(other, EventType.Remembered, 1, Record(2));
        Assert.NotNull(other.Contradiction());

        static void Pass(CoveredEvents covered, EventType type, long sequence, byte[] payload) =>
            covered.Pass(new JournalFrame(sequence, type, payload, new JournalPosition(sequence)));

        static byte[] Record(long id) => [.. new byte[8], .. BitConverter.GetBytes(id), .. new byte[64]];

        static RowTable RandomRows(int rows)
        {
            var table = new RowTable();
            for (var i = 0; i < rows; i++) table.AddKept(new Row { MemoryId = Guid.NewGuid(), Birth = i + 1 }, 0);
            return table;
        }
    }

    [Fact]
    public async Task What_no_generation_needs_is_deleted_at_the_next_opening_at_the_latest()
    {
        var image = await FillAsync();
        var before = _pool.FilesIn("segments").ToList();
        _pool.Disk.WriteAll($"{SimulatedPool.Root}/segments/00000099.segment", "left"u8);
        _pool.Disk.WriteAll($"{SimulatedPool.Root}/segments/00000100.segment.new", "half"u8);
        Assert.Equal(image, await ImageAsync(readOnly: true));
        Assert.Equal(before.Count + 2, _pool.FilesIn("segments").Count());
        Assert.Equal(image, await ImageAsync());
        Assert.Equal(before, _pool.FilesIn("segments"));
    }

    private async Task<string> FillAsync()
    {
        for (var session = 0; session < 9; session++)
            await using (var store = await OpenAsync(checkpoint: true)) await _history.PlayAsync(store, 12);
        return await AloneAsync();
    }

    private Task<MemoryStore> OpenAsync(bool checkpoint, bool readOnly = false) =>
        _pool.OpenAsync(o => Vary(o with { ReadOnly = readOnly }, checkpoint));

    private static MemoryStoreOptions Vary(MemoryStoreOptions options, bool checkpoint) => options with
    {
        Spaces = options.ReadOnly ? [] : [RandomHistory.Space],
        JournalFileBytes = 12_000,
        CheckpointOnCloseBytes = checkpoint ? 1 : long.MaxValue,
    };

    private async Task<string> ImageAsync(bool readOnly = false)
    {
        await using var store = await OpenAsync(checkpoint: true, readOnly);
        return await PoolImage.OfAsync(store);
    }

    private async Task<string> AloneAsync()
    {
        var alone = new SimulatedPool();
        foreach (var path in _pool.FilesIn("journal")) alone.Disk.WriteAll(path, _pool.Disk.ReadAll(path));
        alone.Clock.Advance(_pool.Clock.GetUtcNow() - alone.Clock.GetUtcNow());
        await using var store = await alone.OpenAsync(o => Vary(o, checkpoint: false));
        return await PoolImage.OfAsync(store);
    }

    private Recovery Recover()
    {
        var recovery = new Recovery(_pool.Disk, new PoolPaths(SimulatedPool.Root), 16 << 20, TimeSpan.FromDays(7));
        recovery.Run(withRecords: false);
        return recovery;
    }

    private Task<CheckReport> CheckAsync() => MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options);
}
