using MemoryEngine.Records;

namespace MemoryEngine.Tests.Records;

public sealed class CompactionReaderTests : IDisposable
{
    private const int Count = 6000;

    private readonly RecordPool _pool = new();

    public void Dispose() => _pool.Dispose();

    private static int LengthOf(long id) => (int)(id % 40 == 0 ? 150_000 : 1000 + (id % 9000));

    /// <summary>
    /// A reader has learned where on disk a body is, and before it reads there the log is compacted and that place is given
    /// back: the file deleted, or overwritten.
    /// </summary>
    [Theory]
    [InlineData(1L)]
    [InlineData(40L)]
    [InlineData(2001L)]
    public async Task A_reader_whose_place_is_given_back_looks_again(long sought)
    {
        const int count = 3500;
        var files = new FaultyFiles();
        using var store = _pool.Open(files: files);
        RecordPool.Put(store, 1, Enumerable.Range(1, count).Select(id => LengthOf(id)));
        RecordPool.Remove(store, Enumerable.Range(1, count).Select(id => (long)id).Where(id => id % 40 != 0 && id != 1 && id != 2001));
        using var atTheDisk = new ManualResetEventSlim();
        using var compacted = new ManualResetEventSlim();
        var waiting = 1;
        files.OnRead = _ =>
        {
            if (Interlocked.Exchange(ref waiting, 0) == 0) return null;
            atTheDisk.Set();
            compacted.Wait();
            return null;
        };
        Assert.False(store.TryRead(sought, out RecordBody _));
        var read = Task.Run(async () => await store.ReadAsync(sought, CancellationToken.None));
        atTheDisk.Wait();
        try
        {
            RecordPool.Compact(store);
            // The third one lies in the segment in which the log begins now.
            Assert.False(File.Exists(Path.Combine(_pool.Directory, LogSegments.NameOf(0))));
            Assert.True(File.Exists(Path.Combine(_pool.Directory, LogSegments.NameOf(1))));
        }
        finally
        {
            compacted.Set();
        }
        using var body = await read;
        Assert.True(body.Status == RecordStatus.Found, $"{body.Status}, {body.Damage}");
        Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(sought, LengthOf(sought))));
        Assert.Null(store.DeviceFault);
    }

    /// <summary>
    /// Readers never wait and never miss a live body, while all of the log moves several times and is given back: with files that give at once
    /// what the system has in memory, where it can, and with files that never do.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Readers_find_every_live_body_while_the_log_is_compacted_and_truncated(bool atOnce)
    {
        using var store = _pool.Open(files: atOnce ? null : new FaultyFiles());
        RecordPool.Put(store, 1, Enumerable.Range(1, Count).Select(id => LengthOf(id)));
        var removedBelow = 1L;
        var done = false;
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(seed);
                var fromDisk = 0;
                while (!Volatile.Read(ref done))
                {
                    var from = Volatile.Read(ref removedBelow);
                    var id = random.NextInt64(from, Count + 1);
                    if (!store.TryRead(id, out var body))
                    {
                        body = store.ReadAsync(id, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                        fromDisk++;
                    }
                    using (body)
                    {
                        if (body.Status == RecordStatus.Found) Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, LengthOf(id))));
                        else if (id >= Volatile.Read(ref removedBelow)) Assert.Fail($"record {id}: {body.Status}, {body.Damage}");
                        else Assert.Equal(RecordStatus.Missing, body.Status);
                    }
                }
                return fromDisk;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        for (var round = 0; round < 8; round++)
        {
            var from = removedBelow;
            Volatile.Write(ref removedBelow, from + (Count / 10));
            RecordPool.Remove(store, Enumerable.Range((int)from, Count / 10).Select(id => (long)id));
            RecordPool.Compact(store);
        }
        Volatile.Write(ref done, true);
        var waited = (await Task.WhenAll(readers)).Sum();
        Assert.True((atOnce ? store.Stats().DiskReads : waited) > 100);
        Assert.Null(store.DeviceFault);
        Assert.Null(store.CompactionDamage);
        for (var id = 1L; id <= Count; id++)
        {
            if (id < removedBelow) RecordPool.AssertMissing(store, id);
            else RecordPool.AssertFound(store, id, LengthOf(id));
        }
    }
}
