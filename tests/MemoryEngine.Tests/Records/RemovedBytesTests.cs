using MemoryEngine.Records;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Records;

/// <summary>After removal, compaction, a checkpoint and truncation, the bytes of a removed body are in no file.</summary>
public sealed class RemovedBytesTests
{
    private const string Root = "/pool/records";

    private readonly SimulatedFileSystem _disk = new();

    /// <summary>Lengths of the bodies, and the places of those that are removed.</summary>
    public static TheoryData<int[], int[]> Cases => new()
    {
        // Several in one block.
        { [100, 300, 200, 150, 400, 90, 700], [1, 3, 4] },
        // All of a block.
        { Enumerable.Repeat(200, 40).ToArray(), Enumerable.Range(0, 40).ToArray() },
        // The first.
        { [3000, 5000, 200], [0] },
        // The last.
        { [5000, 200, 3000], [2] },
        // Long ones.
        { [1 << 20, 500, (1 << 20) + 17, 40_000, 3], [0, 2] },
        // One over a page's end.
        { [900_000, 20_000, 60_000, 100_000, 20_000], [2, 3] },
        // More than memory holds.
        { Enumerable.Repeat(250_000, 80).ToArray(), Enumerable.Range(0, 80).Where(i => i % 3 != 1).ToArray() },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Removed_from_disk(int[] lengths, int[] removed) => Cycle(lengths, removed, checkpointFirst: true, reopen: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Removed_before_it_was_flushed(int[] lengths, int[] removed) =>
        Cycle(lengths, removed, checkpointFirst: false, reopen: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Removed_after_recovery(int[] lengths, int[] removed) => Cycle(lengths, removed, checkpointFirst: true, reopen: true);

    /// <summary>FASTER marks such a record in place: its value, whole and right, comes to disk after its removal.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Removed_in_place_and_flushed_much_later(bool reopen)
    {
        var search = new DiskSearch([(1, 3000), (2, 100_000)]);
        var store = Open(null);
        try
        {
            RecordPool.Put(store, 1, [3000, 100_000]);
            RecordPool.Remove(store, [1, 2]);
            RecordPool.Put(store, store.AppliedSequence + 1, Enumerable.Repeat(30_000, 500));
            var checkpoint = store.TakeCheckpoint();
            Assert.Equal([1, 2], search.FoundOn(_disk));
            if (reopen)
            {
                store.Dispose();
                store = Open(checkpoint);
            }
            RecordPool.Compact(store);
            RecordPool.AssertMissing(store, 1);
            RecordPool.AssertMissing(store, 2);
            for (var id = 5; id <= 504; id++) RecordPool.AssertFound(store, id, 30_000);
            Assert.Empty(search.FoundOn(_disk));
        }
        finally
        {
            store.Dispose();
        }
    }

    private void Cycle(int[] lengths, int[] removed, bool checkpointFirst, bool reopen)
    {
        var search = new DiskSearch(removed.Select(i => (1L + i, lengths[i])));
        var store = Open(null);
        RecordCheckpoint? checkpoint = null;
        try
        {
            RecordPool.Put(store, 1, lengths);
            if (checkpointFirst) checkpoint = store.TakeCheckpoint();
            if (checkpointFirst) Assert.Equal(removed.Select(i => 1L + i), search.FoundOn(_disk));
            if (reopen)
            {
                store.Dispose();
                store = Open(checkpoint);
            }
            RecordPool.Remove(store, removed.Select(i => 1L + i));
            checkpoint = RecordPool.Compact(store);
            AssertRight(store, lengths, removed);
            Assert.Empty(search.FoundOn(_disk));
            // What comes later, and another cycle, do not bring it back.
            RecordPool.Put(store, store.AppliedSequence + 1, [5000, 100_000]);
            checkpoint = RecordPool.Compact(store);
            Assert.Empty(search.FoundOn(_disk));
        }
        finally
        {
            store.Dispose();
        }
        Assert.Empty(search.FoundOn(_disk));
        using var reopened = Open(checkpoint);
        AssertRight(reopened, lengths, removed);
    }

    private static void AssertRight(RecordStore store, int[] lengths, int[] removed)
    {
        for (var i = 0; i < lengths.Length; i++)
        {
            if (removed.Contains(i)) RecordPool.AssertMissing(store, 1 + i);
            else RecordPool.AssertFound(store, 1 + i, lengths[i]);
        }
    }

    private RecordStore Open(RecordCheckpoint? checkpoint)
    {
        var store = RecordStore.Open(_disk, Root, RecordPool.Small, checkpoint, out var reason);
        Assert.Null(reason);
        return store;
    }
}
