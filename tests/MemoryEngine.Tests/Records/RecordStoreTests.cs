using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Records;

namespace MemoryEngine.Tests.Records;

public sealed class RecordStoreTests : IDisposable
{
    private readonly RecordPool _pool = new();

    public void Dispose() => _pool.Dispose();

    /// <summary>Lengths at, just below and just above what one, two and 128 chunks hold, and any small one.</summary>
    private static Gen<int> Lengths { get; } = Gen.OneOf(
        Gen.Choose(0, 5000),
        Gen.Choose(-2, 2).SelectMany(d => Gen.Elements(1, 2, 3).Select(n => (n * StoredValue.MostPayloadBytes) + d)),
        Gen.Choose(0, 300_000),
        Gen.Elements(4 << 20, (4 << 20) + 17));

    [Fact]
    public void Bodies_of_all_lengths_survive_checkpoints_and_recovery() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(15),
            Prop.ForAll(Gen.ListOf(Lengths, 40).ToArbitrary(), all =>
            {
                using var pool = new RecordPool();
                var lengths = all.ToArray();
                var half = lengths.Length / 2;
                RecordCheckpoint checkpoint;
                using (var store = pool.Open())
                {
                    RecordPool.Put(store, 1, lengths[..half]);
                    var first = store.TakeCheckpoint();
                    RecordPool.Put(store, 1 + half, lengths[half..]);
                    checkpoint = store.TakeCheckpoint();
                    store.Retire(first);
                    // Neither of these is in the checkpoint.
                    RecordPool.Put(store, 1 + lengths.Length, [100, 40_000]);
                }
                using var reopened = pool.Open(checkpoint);
                Assert.Equal(lengths.Length, reopened.AppliedSequence);
                Assert.Equal(lengths.Length, reopened.Stats().RecordsWritten);
                for (var i = 0; i < lengths.Length; i++) RecordPool.AssertFound(reopened, 1 + i, lengths[i]);
                Assert.Equal(RecordStatus.Missing, RecordPool.Read(reopened, 1 + lengths.Length).Status);
                // The replay that follows an opening.
                RecordPool.Put(reopened, 1 + lengths.Length, [100, 40_000]);
                RecordPool.AssertFound(reopened, 2 + lengths.Length, 40_000);
            }));

    [Fact]
    public void A_checkpoint_of_an_empty_store_opens()
    {
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open())
        {
            store.MarkApplied(17);
            checkpoint = store.TakeCheckpoint();
        }
        using var reopened = _pool.Open(checkpoint);
        Assert.Equal(17, reopened.AppliedSequence);
        RecordPool.Put(reopened, 18, [10]);
        RecordPool.AssertFound(reopened, 18, 10);
    }

    [Fact]
    public void An_unknown_id_is_missing()
    {
        using var store = _pool.Open();
        RecordPool.Put(store, 1, [10]);
        foreach (var id in new[] { -1, 0, 2, StoredValue.LargestRecordId, long.MaxValue })
        {
            Assert.True(store.TryRead(id, out var body));
            Assert.Equal(RecordStatus.Missing, body.Status);
        }
    }

    [Fact]
    public void A_put_that_is_applied_already_is_skipped_and_a_later_one_replaces()
    {
        using var store = _pool.Open();
        store.Put(0, 5, RecordPool.BodyOf(5, 70_000));
        store.MarkApplied(5);
        store.Put(0, 5, RecordPool.BodyOf(9, 10));
        store.Put(0, 4, RecordPool.BodyOf(9, 10));
        using (var body = RecordPool.Read(store, 0))
            Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(5, 70_000)));
        store.Put(0, 6, RecordPool.BodyOf(6, 33_000));
        using var later = RecordPool.Read(store, 0);
        Assert.Equal(6, later.Sequence);
        Assert.True(later.Span.SequenceEqual(RecordPool.BodyOf(6, 33_000)));
    }

    [Fact]
    public void Ten_times_the_budget_is_stored_and_read_under_it()
    {
        const int count = 40_000;
        RecordCheckpoint first, second;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(4096, count));
            var stats = store.Stats();
            Assert.InRange(stats.MutableBytes + stats.ReadOnlyBytes, 1, 8 << 20);
            Assert.True(stats.DiskBytes > 150 << 20);
            // The index is in the first, and the second is replayed onto it.
            first = store.TakeCheckpoint();
            RecordPool.Put(store, count + 1, Enumerable.Repeat(4096, 5000));
            second = store.TakeCheckpoint();
            Assert.NotEqual(Guid.Empty, second.IndexToken);
            Assert.Equal(first.IndexToken, second.IndexToken);
            store.Retire(first);
            for (var id = 1; id <= count; id += 37) RecordPool.AssertFound(store, id, 4096);
            Assert.True(store.Stats().DiskReads > 900);
        }
        using (var reopened = _pool.Open(second))
        {
            for (var id = 1; id <= count + 5000; id += 37) RecordPool.AssertFound(reopened, id, 4096);
        }
        // With another size of index the log alone is used.
        using var other = _pool.Open(second, RecordPool.Small with { ExpectedRecords = 1000 });
        for (var id = 1; id <= count + 5000; id += 37) RecordPool.AssertFound(other, id, 4096);
    }

    /// <summary>Bodies whose records are one block long; 511 of them end with a page, 4095 with a segment.</summary>
    [Theory]
    [InlineData(511)]
    [InlineData(4095)]
    public void A_log_that_ends_at_or_near_a_border_recovers(int atBorder)
    {
        const int length = LogBlock.Bytes - ColdReader.RecordHeaderBytes - StoredValue.HeaderBytes;
        for (var last = -1; last <= 1; last++)
        {
            foreach (var small in new[] { 0, length - 60, length - 40, length - 30, length - 8 })
                RecoverAtBorder(atBorder + last, length, small, isBorder: last == 0);
        }
    }

    private static void RecoverAtBorder(int count, int length, int small, bool isBorder)
    {
        using var pool = new RecordPool();
        RecordCheckpoint checkpoint;
        using (var store = pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(length, count));
            var stats = store.Stats();
            var tail = LogSegments.FirstAddress + stats.DiskBytes + stats.ReadOnlyBytes + stats.MutableBytes;
            if (isBorder) Assert.Equal(0, tail % MemoryPlan.PageBytes);
            if (small > 0) RecordPool.Put(store, count + 1, [small]);
            checkpoint = store.TakeCheckpoint();
            Assert.Equal(0, checkpoint.TailAddress % LogBlock.Bytes);
        }
        using (var reopened = pool.Open(checkpoint))
        {
            if (small > 0) RecordPool.AssertFound(reopened, count + 1, small);
            RecordPool.Put(reopened, count + 2, [500]);
            checkpoint = reopened.TakeCheckpoint();
        }
        using var again = pool.Open(checkpoint);
        for (var id = 1; id <= count; id += 50) RecordPool.AssertFound(again, id, length);
        RecordPool.AssertFound(again, count + 2, 500);
    }

    [Theory]
    [InlineData(64, 16)]
    [InlineData(16, 64)]
    public void The_budget_may_differ_at_each_opening(int firstMiB, int secondMiB)
    {
        RecordCheckpoint checkpoint;
        using (var store = _pool.Open(options: new RecordStoreOptions { MemoryBudgetBytes = (long)firstMiB << 20 }))
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 1500));
            checkpoint = store.TakeCheckpoint();
        }
        using var reopened = _pool.Open(checkpoint, new RecordStoreOptions { MemoryBudgetBytes = (long)secondMiB << 20 });
        var stats = reopened.Stats();
        Assert.InRange(stats.MutableBytes + stats.ReadOnlyBytes, 1, (long)secondMiB << 19);
        for (var id = 1; id <= 1500; id++) RecordPool.AssertFound(reopened, id, 30_000);
        RecordPool.Put(reopened, 1501, Enumerable.Repeat(30_000, 1500));
        for (var id = 1; id <= 3000; id++) RecordPool.AssertFound(reopened, id, 30_000);
    }

    [Fact]
    public void A_budget_that_is_too_small_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Open(options: new RecordStoreOptions { MemoryBudgetBytes = 8 << 20 }));

    [Fact]
    public async Task Readers_get_what_was_written_while_the_applier_writes_and_takes_checkpoints()
    {
        using var store = _pool.Open();
        const int count = 20_000;
        static int LengthOf(long id) => (int)(id % 97 == 0 ? 100_000 : 200 + (id % 3000));
        var written = 0L;
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                var reads = 0;
                while (Volatile.Read(ref written) < count || reads < 1000)
                {
                    var until = Volatile.Read(ref written);
                    if (until == 0) continue;
                    var id = random.Next(4) == 0 ? until : 1 + random.NextInt64(until);
                    RecordPool.AssertFound(store, id, LengthOf(id));
                    reads++;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        RecordCheckpoint? last = null;
        for (var id = 1L; id <= count; id++)
        {
            RecordPool.Put(store, id, [LengthOf(id)]);
            Volatile.Write(ref written, id);
            if (id % 2500 != 0) continue;
            var next = store.TakeCheckpoint();
            if (last is not null) store.Retire(last);
            last = next;
        }
        await Task.WhenAll(readers);
        Assert.Null(store.DeviceFault);
    }

    [Fact]
    public void A_hot_read_allocates_nothing()
    {
        using var store = _pool.Open();
        RecordPool.Put(store, 1, [4000]);
        void ReadOften(int times)
        {
            for (var i = 0; i < times; i++)
            {
                store.TryRead(1, out var body);
                body.Dispose();
            }
        }
        ReadOften(1000);
        // A collection that other tests bring about may empty the array pool in the midst of a round.
        var least = long.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ReadOften(1000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void Retiring_deletes_what_no_later_checkpoint_needs()
    {
        using var store = _pool.Open();
        RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 2000));
        var first = store.TakeCheckpoint();
        RecordPool.Put(store, 2001, [10]);
        var second = store.TakeCheckpoint();
        Assert.Equal(3, first.Files.Count);
        string[] Checkpoints() => Directory.GetFiles(_pool.Directory, "checkpoint.*").Select(p => Path.GetFileName(p)).Order().ToArray();
        Assert.Equal(first.Files.Union(second.Files).Select(f => f.Name).Order(), Checkpoints());
        store.Retire(first);
        Assert.Equal(second.Files.Select(f => f.Name).Order(), Checkpoints());
    }

    [Fact]
    public void An_earlier_checkpoint_opens_as_it_was_however_the_log_went_on()
    {
        RecordCheckpoint first;
        using (var store = _pool.Open())
        {
            RecordPool.Put(store, 1, Enumerable.Repeat(3000, 5000));
            first = store.TakeCheckpoint();
            RecordPool.Put(store, 5001, Enumerable.Repeat(3000, 5000));
            store.TakeCheckpoint();
        }
        // What a power cut leaves of writes that no checkpoint synced.
        var segment = first.TailAddress >> LogSegments.SegmentBits;
        _pool.Flip(LogSegments.NameOf((int)segment), LogSegments.StoredLength(first.TailAddress & (LogSegments.SegmentBytes - 1)) + 5);
        using var reopened = _pool.Open(first);
        Assert.Equal(5000, reopened.AppliedSequence);
        for (var id = 1; id <= 5000; id++) RecordPool.AssertFound(reopened, id, 3000);
        Assert.Equal(RecordStatus.Missing, RecordPool.Read(reopened, 5001).Status);
        RecordPool.Put(reopened, 5001, Enumerable.Repeat(2000, 5000));
        for (var id = 5001; id <= 10_000; id++) RecordPool.AssertFound(reopened, id, 2000);
    }

    [Fact]
    public async Task A_cancelled_read_throws_and_later_reads_work()
    {
        using var store = _pool.Open();
        RecordPool.Put(store, 1, Enumerable.Repeat(30_000, 1000));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadAsync(1, cancelled.Token));
        RecordPool.AssertFound(store, 1, 30_000);
    }
}
