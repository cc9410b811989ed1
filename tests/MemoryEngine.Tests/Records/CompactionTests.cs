using MemoryEngine.Records;

namespace MemoryEngine.Tests.Records;

public sealed class CompactionTests : IDisposable
{
    private readonly RecordPool _pool = new();

    public void Dispose() => _pool.Dispose();

    private static bool IsRemoved(long id) => id % 2 == 0;

    private static int LengthOf(long id) => id % 31 == 0 ? 100_000 + (int)id : 500 + (int)(id * 37 % 9000);

    [Fact]
    public void What_is_removed_is_missing_in_memory_and_on_disk_and_after_recovery()
    {
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Range(1, 4000).Select(id => LengthOf(id)));
            // 1 is on disk alone, 3999 in memory; 31 has several chunks.
            RecordPool.Remove(store, [1, 31, 3999, 4000, 1, 5000]);
            AssertRemoved(store);
            checkpoint = store.TakeCheckpoint();
            AssertRemoved(store);
        }
        using var reopened = _pool.Open(checkpoint);
        Assert.Equal(4006, reopened.AppliedSequence);
        AssertRemoved(reopened);

        static void AssertRemoved(RecordStore store)
        {
            foreach (var id in new[] { 1, 31, 3999, 4000, 5000 }) RecordPool.AssertMissing(store, id);
            foreach (var id in new[] { 2, 32, 62, 3998 }) RecordPool.AssertFound(store, id, LengthOf(id));
        }
    }

    [Fact]
    public void A_removal_is_of_what_was_put_before_it()
    {
        using var store = _pool.Open();
        store.Put(1, 5, RecordPool.BodyOf(1, 70_000));
        store.MarkApplied(5);
        store.Remove(1, 4);
        using (var body = RecordPool.Read(store, 1)) Assert.Equal(RecordStatus.Found, body.Status);
        store.Remove(1, 5);
        RecordPool.AssertMissing(store, 1);
        store.Put(1, 6, RecordPool.BodyOf(1, 10));
        store.MarkApplied(6);
        store.Remove(1, 5);
        using (var body = RecordPool.Read(store, 1)) Assert.Equal(RecordStatus.Found, body.Status);
    }

    [Fact]
    public void Compaction_gives_space_back_and_keeps_every_other_body()
    {
        const int count = 12_000;
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Range(1, count).Select(id => LengthOf(id)));
            var first = store.TakeCheckpoint();
            RecordPool.Remove(store, Ids(count).Where(IsRemoved));
            var before = store.Stats();
            Assert.InRange(before.DeadBytes, before.FileBytes * 0.45, before.FileBytes * 0.55);
            var until = store.BeginCompaction();
            var steps = 0;
            for (var from = store.BeginAddress; !store.CompactStep(until); from = store.BeginAddress, steps++)
            {
                Assert.InRange(store.BeginAddress - from, 1, LogSegments.SegmentBytes);
                // Writers are let in between the steps, and nothing is deleted before the checkpoint.
                RecordPool.Put(store, store.AppliedSequence + 1, [10]);
                Assert.True(store.Stats().FileBytes >= before.FileBytes);
            }
            Assert.True(steps > 3);
            checkpoint = store.TakeCheckpoint();
            store.Retire(first);
            Assert.True(File.Exists(Path.Combine(_pool.Directory, LogSegments.NameOf(0))));
            store.Truncate(checkpoint);
            store.Truncate(checkpoint);
            var after = store.Stats();
            Assert.InRange(after.FileBytes, before.FileBytes * 0.4, before.FileBytes * 0.7);
            Assert.InRange(after.DeadBytes, 0, 3 << 20);
            Assert.Equal(checkpoint.TailAddress - checkpoint.BeginAddress, after.MutableBytes + after.ReadOnlyBytes + after.DiskBytes);
            Assert.Equal(Directory.GetFiles(_pool.Directory, "log.*").Sum(f => new FileInfo(f).Length), after.FileBytes);
            Assert.Equal(checkpoint.Files.Select(f => f.Name).Order(), CheckpointNames());
            AssertRight(store, count);
        }
        foreach (var expected in new[] { 100_000, 1000 })
        {
            using var reopened = _pool.Open(checkpoint, RecordPool.Small with { ExpectedRecords = expected });
            AssertRight(reopened, count);
            Assert.InRange(reopened.Stats().DeadBytes, 0, 3 << 20);
        }
    }

    [Fact]
    public void Compacting_again_and_again_loses_nothing()
    {
        var random = new Random(7);
        var live = new Dictionary<long, int>();
        RecordCheckpoint? checkpoint = null;
        for (var round = 0; round < 8; round++)
        {
            using var store = _pool.Open(checkpoint);
            for (var turn = 0; turn < 2; turn++)
            {
                for (var i = 0; i < 250; i++)
                {
                    var id = store.AppliedSequence + 1;
                    live[id] = random.Next(20) == 0 ? random.Next(200_000) : random.Next(20_000);
                    RecordPool.Put(store, id, [live[id]]);
                }
                var removed = live.Keys.Where(_ => random.Next(3) == 0).ToArray();
                RecordPool.Remove(store, removed);
                foreach (var id in removed) live.Remove(id);
                if (random.Next(2) == 0)
                {
                    // As far as a page's beginning, wherever that is.
                    var until = store.BeginCompaction();
                    var between = store.BeginAddress + random.NextInt64(until - store.BeginAddress);
                    while (!store.CompactStep(between))
                    {
                    }
                    checkpoint = store.TakeCheckpoint();
                    store.Truncate(checkpoint);
                }
                else
                {
                    checkpoint = RecordPool.Compact(store);
                }
                foreach (var (id, length) in live) RecordPool.AssertFound(store, id, length);
                foreach (var id in removed) RecordPool.AssertMissing(store, id);
            }
            Assert.Null(store.CompactionDamage);
            Assert.Null(store.DeviceFault);
        }
    }

    /// <summary>4,096 bytes a record: 255 end one block before a page's end, 4,095 with a segment.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(4094)]
    [InlineData(4095)]
    [InlineData(4096)]
    public void A_log_of_which_nothing_is_left_opens_and_goes_on(int count)
    {
        const int length = LogBlock.Bytes - ColdReader.RecordHeaderBytes - StoredValue.HeaderBytes;
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(length, count));
            RecordPool.Remove(store, Ids(count));
            checkpoint = RecordPool.Compact(store);
            Assert.Equal(checkpoint.TailAddress, checkpoint.BeginAddress);
        }
        for (var round = 1; round <= 3; round++)
        {
            using var store = _pool.Open(checkpoint);
            for (var id = 1L; id <= count; id += 50) RecordPool.AssertMissing(store, id);
            var next = store.AppliedSequence + 1;
            RecordPool.Put(store, next, [5000]);
            checkpoint = store.TakeCheckpoint();
            RecordPool.AssertFound(store, next, 5000);
        }
        using var last = _pool.Open(checkpoint);
        for (var id = last.AppliedSequence - 2; id <= last.AppliedSequence; id++) RecordPool.AssertFound(last, id, 5000);
    }

    [Fact]
    public void A_damaged_block_is_passed_over_and_told_and_the_others_live_on()
    {
        const int count = 3000;
        using var opened = _pool.Open();
        RecordPool.Put(opened, 1, Enumerable.Range(1, count).Select(id => LengthOf(id)));
        _pool.Flip(LogSegments.NameOf(0), 5_000_000);
        RecordPool.Remove(opened, Ids(count).Where(IsRemoved));
        RecordPool.Compact(opened);
        Assert.Contains(LogSegments.NameOf(0), opened.CompactionDamage, StringComparison.Ordinal);
        var lost = 0;
        foreach (var id in Ids(count).Where(id => !IsRemoved(id)))
        {
            using var body = RecordPool.Read(opened, id);
            // Of a long body a later chunk may be what is gone.
            if (body.Status is RecordStatus.Missing or RecordStatus.Damaged) lost++;
            else Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, LengthOf(id))));
        }
        Assert.InRange(lost, 1, 5);
        foreach (var id in Ids(count).Where(IsRemoved)) RecordPool.AssertMissing(opened, id);
    }

    [Fact]
    public void A_checkpoint_of_before_is_refused_once_its_log_is_gone()
    {
        RecordCheckpoint before;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Range(1, 500).Select(id => LengthOf(id)));
            before = store.TakeCheckpoint();
            RecordPool.Remove(store, Ids(500).Where(IsRemoved));
            RecordPool.Compact(store);
        }
        using var reopened = _pool.Open(before, out var reason);
        Assert.Contains("is missing", reason, StringComparison.Ordinal);
        Assert.Equal(0, reopened.AppliedSequence);
    }

    [Fact]
    public void A_full_disk_stops_a_step_and_nothing_else()
    {
        var files = new FaultyFiles();
        using var store = _pool.Open(files: files);
        RecordPool.Put(store, 1, Enumerable.Repeat(20_000, 1500));
        RecordPool.Remove(store, Ids(1500).Where(id => id % 10 == 0));
        var until = store.BeginCompaction();
        files.OnReserve = path => new MemoryEngineException(ErrorCode.DiskFull, path);
        Assert.Equal(ErrorCode.DiskFull, Assert.Throws<MemoryEngineException>(() => store.CompactStep(until)).Code);
        Assert.Null(store.DeviceFault);
        foreach (var id in Ids(1500))
        {
            if (id % 10 == 0) RecordPool.AssertMissing(store, id);
            else RecordPool.AssertFound(store, id, 20_000);
        }
        files.OnReserve = null;
        RecordPool.Put(store, 1651, [1000]);
        while (!store.CompactStep(until))
        {
        }
        var checkpoint = store.TakeCheckpoint();
        store.Truncate(checkpoint);
        RecordPool.AssertFound(store, 1651, 1000);
        foreach (var id in Ids(1500).Where(id => id % 10 != 0)) RecordPool.AssertFound(store, id, 20_000);
        Assert.Equal(0, files.GrowingLogWrites);
    }

    private static IEnumerable<long> Ids(int count) => Enumerable.Range(1, count).Select(id => (long)id);

    private static void AssertRight(RecordStore store, int count)
    {
        for (var id = 1L; id <= count; id++)
        {
            if (IsRemoved(id)) RecordPool.AssertMissing(store, id);
            else if (id % 7 == 0) RecordPool.AssertFound(store, id, LengthOf(id));
        }
    }

    private string[] CheckpointNames() =>
        Directory.GetFiles(_pool.Directory, "checkpoint.*").Select(p => Path.GetFileName(p)).Order().ToArray();
}
