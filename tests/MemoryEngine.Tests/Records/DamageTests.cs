using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Records;

namespace MemoryEngine.Tests.Records;

public sealed class DamageTests : IDisposable
{
    private const int Count = 900;

    private readonly RecordPool _pool = new();
    private readonly RecordCheckpoint _checkpoint;

    public DamageTests()
    {
        // Four times what is kept in memory, with bodies of one chunk and of several.
        using var store = _pool.Open(options: WithIndex);
        RecordPool.Put(store, 1, Enumerable.Range(1, Count).Select(id => LengthOf(id)));
        _checkpoint = store.TakeCheckpoint();
        _pool.Checkpoint = _checkpoint;
        Assert.Equal(3, _checkpoint.Files.Count);
    }

    private static RecordStoreOptions WithIndex { get; } = RecordPool.Small with { ExpectedRecords = 1000 };

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_flipped_byte_in_the_log_is_damage_or_harmless()
    {
        var damaged = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), n =>
            {
                using var copy = Copy();
                var segments = Directory.GetFiles(copy.Directory, "log.*").Order().ToArray();
                var segment = segments[n % segments.Length];
                copy.Flip(Path.GetFileName(segment), n / segments.Length % new FileInfo(segment).Length);
                using var store = copy.Open(_checkpoint, out var reason, WithIndex);
                for (var id = 1; id <= Count; id++)
                {
                    using var body = RecordPool.Read(store, id);
                    if (body.Status == RecordStatus.Found) Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, LengthOf(id))));
                    else if (body.Status == RecordStatus.Missing) Assert.NotNull(reason);
                    else Interlocked.Increment(ref damaged);
                }
            }));
        Assert.True(damaged > 0);
    }

    [Fact]
    public void A_flipped_byte_in_a_checkpoint_file_means_starting_empty() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(30),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), n =>
            {
                using var copy = Copy();
                var file = _checkpoint.Files[n % 3];
                copy.Flip(file.Name, n / 3 % file.Length);
                AssertStartsEmpty(copy, file.Name);
            }));

    [Fact]
    public void A_missing_shorter_or_longer_file_means_starting_empty()
    {
        var log = Enumerable.Range(0, 3).Select(LogSegments.NameOf);
        foreach (var name in _checkpoint.Files.Select(f => f.Name).Concat(log))
        {
            using (var without = Copy())
            {
                File.Delete(Path.Combine(without.Directory, name));
                AssertStartsEmpty(without, name);
            }
            using (var cut = Copy())
            {
                using (var file = File.OpenWrite(Path.Combine(cut.Directory, name))) file.SetLength(50);
                AssertStartsEmpty(cut, name);
            }
        }
        using var longer = Copy();
        File.AppendAllText(Path.Combine(longer.Directory, _checkpoint.Files[0].Name), "x");
        AssertStartsEmpty(longer, _checkpoint.Files[0].Name);
    }

    [Fact]
    public void A_damaged_page_that_recovery_reads_means_starting_empty()
    {
        var last = (_checkpoint.TailAddress - 1) >> LogSegments.SegmentBits;
        var offset = LogSegments.StoredLength(_checkpoint.TailAddress & (LogSegments.SegmentBytes - 1)) - 2000;
        _pool.Flip(LogSegments.NameOf((int)last), offset);
        AssertStartsEmpty(_pool, LogSegments.NameOf((int)last));
    }

    [Fact]
    public void A_checkpoint_of_another_log_means_starting_empty_or_reads_as_damaged()
    {
        using var other = new RecordPool();
        using (var store = other.Open()) RecordPool.Put(store, 1, Enumerable.Repeat(25_000, 1500));
        foreach (var file in _checkpoint.Files)
            File.Copy(Path.Combine(_pool.Directory, file.Name), Path.Combine(other.Directory, file.Name));
        using var opened = other.Open(_checkpoint, out _, WithIndex);
        for (var id = 1; id <= Count; id++)
        {
            using var body = RecordPool.Read(opened, id);
            // What the other log put under that id would be right; anything else must not be handed out.
            if (body.Status == RecordStatus.Found) Assert.True(body.Span.SequenceEqual(RecordPool.BodyOf(id, 25_000)));
        }
    }

    private static int LengthOf(int id) => id % 5 == 0 ? 100_000 + id : 30_000 + id;

    private static void AssertStartsEmpty(RecordPool pool, string named)
    {
        using var store = pool.Open(pool.Checkpoint, out var reason, WithIndex);
        Assert.Contains(named, reason, StringComparison.Ordinal);
        Assert.Equal(0, store.AppliedSequence);
        Assert.Equal(RecordStatus.Missing, RecordPool.Read(store, 1).Status);
        RecordPool.Put(store, 1, [100]);
        RecordPool.AssertFound(store, 1, 100);
    }

    private RecordPool Copy()
    {
        var copy = new RecordPool { Checkpoint = _checkpoint };
        foreach (var path in Directory.GetFiles(_pool.Directory)) File.Copy(path, Path.Combine(copy.Directory, Path.GetFileName(path)));
        return copy;
    }
}
