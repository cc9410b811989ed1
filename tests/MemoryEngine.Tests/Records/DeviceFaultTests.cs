using MemoryEngine.Records;

namespace MemoryEngine.Tests.Records;

public sealed class DeviceFaultTests : IDisposable
{
    private readonly RecordPool _pool = new();
    private readonly FaultyFiles _files = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Room_that_was_ensured_is_there_when_the_log_is_flushed()
    {
        using var store = _pool.Open(files: _files);
        var random = new Random(1);
        RecordPool.Put(store, 1, Enumerable.Range(0, 3000).Select(_ => random.Next(100) == 0 ? 2_000_000 : random.Next(40_000)));
        store.TakeCheckpoint();
        Assert.Equal(0, _files.GrowingLogWrites);
    }

    [Fact]
    public void Room_ensured_ahead_of_the_applier_is_there_too()
    {
        using var store = _pool.Open(files: _files);
        for (var i = 0; i < 2000; i++) store.EnsureRoom(30_000);
        for (var id = 1; id <= 2000; id++) store.Put(id, id, RecordPool.BodyOf(id, 30_000));
        store.TakeCheckpoint();
        Assert.Equal(0, _files.GrowingLogWrites);
    }

    [Fact]
    public void A_small_pool_takes_little_disk()
    {
        using var store = _pool.Open();
        RecordPool.Put(store, 1, Enumerable.Repeat(2000, 10));
        var checkpoint = store.TakeCheckpoint();
        Assert.InRange(store.Stats().FileBytes, 1, 1_100_000);
        Assert.InRange(checkpoint.Files.Sum(f => f.Length), 1, 10_000);
    }

    [Fact]
    public void A_full_disk_is_an_error_of_ensuring_room_alone()
    {
        using var store = _pool.Open(files: _files);
        RecordPool.Put(store, 1, [1000]);
        _files.OnReserve = path => new MemoryEngineException(ErrorCode.DiskFull, path);
        var e = Assert.Throws<MemoryEngineException>(() => store.EnsureRoom(5 << 20));
        Assert.Equal(ErrorCode.DiskFull, e.Code);
        Assert.Null(store.DeviceFault);
        RecordPool.AssertFound(store, 1, 1000);
        // A small one still fits what was reserved.
        RecordPool.Put(store, 2, [1000]);
        _files.OnReserve = null;
        RecordPool.Put(store, 3, [5 << 20]);
        RecordPool.AssertFound(store, 3, 5 << 20);
    }

    [Fact]
    public void After_a_failed_flush_nothing_hangs_nothing_is_put_and_lost_bodies_are_damaged()
    {
        using var store = _pool.Open(files: _files);
        RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 100));
        var before = store.TakeCheckpoint();
        _files.OnWrite = FaultyFiles.Failure;
        var e = Assert.Throws<MemoryEngineException>(() => RecordPool.Put(store, 101, Enumerable.Repeat(30_000, 2000)));
        Assert.Equal(ErrorCode.Poisoned, e.Code);
        Assert.NotNull(store.DeviceFault);
        Assert.Throws<MemoryEngineException>(() => store.TakeCheckpoint());
        var damaged = 0;
        for (var id = 1; id <= store.AppliedSequence; id++)
        {
            using var body = RecordPool.Read(store, id);
            if (body.Status == RecordStatus.Found) Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, 30_000)));
            else Assert.Equal(RecordStatus.Damaged, body.Status);
            if (body.Status == RecordStatus.Damaged) damaged++;
        }
        Assert.InRange(damaged, 0, (int)store.AppliedSequence - 100);
        _files.OnWrite = null;
        store.Dispose();
        using var reopened = _pool.Open(before);
        Assert.Equal(100, reopened.AppliedSequence);
        for (var id = 1; id <= 100; id++) RecordPool.AssertFound(reopened, id, 30_000);
    }

    [Fact]
    public void A_failed_read_is_damage_of_that_read_alone()
    {
        using var store = _pool.Open(files: _files);
        RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 1000));
        _files.OnRead = FaultyFiles.Failure;
        using (var body = RecordPool.Read(store, 1))
        {
            Assert.Equal(RecordStatus.Damaged, body.Status);
            Assert.Contains("made to fail", body.Damage, StringComparison.Ordinal);
        }
        Assert.NotNull(store.DeviceFault);
        Assert.Null(store.WriteFault);
        _files.OnRead = null;
        RecordPool.AssertFound(store, 1, 30_000);
        RecordPool.Put(store, 1001, [100]);
        RecordPool.AssertFound(store, 1001, 100);
        store.TakeCheckpoint();
    }

    [Fact]
    public void A_failed_sync_poisons_the_store()
    {
        using var store = _pool.Open(files: _files);
        RecordPool.Put(store, 1, [1000]);
        _files.OnSync = path => path.Contains("log.", StringComparison.Ordinal) ? FaultyFiles.Failure(path) : null;
        Assert.Throws<MemoryEngineException>(() => store.TakeCheckpoint());
        _files.OnSync = null;
        Assert.Equal(ErrorCode.Poisoned, Assert.Throws<MemoryEngineException>(() => store.TakeCheckpoint()).Code);
        RecordPool.AssertFound(store, 1, 1000);
    }

    [Fact]
    public void A_checkpoint_file_that_cannot_be_written_leaves_the_store_as_it_was()
    {
        using var store = _pool.Open(files: _files);
        RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 1500));
        foreach (var suffix in new[] { ".index", ".log", ".index-facts" })
        {
            _files.OnWrite = path => path.EndsWith(suffix, StringComparison.Ordinal) ? FaultyFiles.Failure(path) : null;
            Assert.Throws<MemoryEngineException>(() => store.TakeCheckpoint());
            Assert.Empty(Directory.GetFiles(_pool.Directory, "checkpoint.*"));
        }
        _files.OnWrite = null;
        RecordPool.Put(store, 1501, [10]);
        var checkpoint = store.TakeCheckpoint();
        Assert.Equal(3, checkpoint.Files.Count);
        store.Dispose();
        using var reopened = _pool.Open(checkpoint);
        RecordPool.AssertFound(reopened, 1, 30_000);
    }

    [Fact]
    public void A_disk_that_fails_while_opening_means_starting_empty()
    {
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 1500));
            checkpoint = store.TakeCheckpoint();
        }
        _files.OnRead = path => path.Contains("log.0", StringComparison.Ordinal) ? FaultyFiles.Failure(path) : null;
        using var opened = _pool.Open(checkpoint, out var reason, files: _files);
        Assert.Contains("made to fail", reason, StringComparison.Ordinal);
        Assert.Equal(0, opened.AppliedSequence);
    }
}
