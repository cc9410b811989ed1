using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Records;

/// <summary>A directory for a record store, bodies that tell their id and length in every byte, and the checks on them.</summary>
internal sealed class RecordPool : IDisposable
{
    public static readonly RecordStoreOptions Small = new() { MemoryBudgetBytes = 16 << 20 };

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("memengine-records-").FullName;

    /// <summary>What a test opens it with.</summary>
    public RecordCheckpoint? Checkpoint { get; set; }

    public static byte[] BodyOf(long id, int length)
    {
        var body = new byte[length];
        new Random(HashCode.Combine(id, length)).NextBytes(body);
        return body;
    }

    public RecordStore Open(RecordCheckpoint? checkpoint = null, RecordStoreOptions? options = null, IFileSystem? files = null)
    {
        var store = Open(checkpoint, out var reason, options, files);
        Assert.Null(reason);
        return store;
    }

    public RecordStore Open(RecordCheckpoint? checkpoint, out string? reason, RecordStoreOptions? options = null, IFileSystem? files = null) =>
        RecordStore.Open(files ?? PhysicalFileSystem.Instance, Directory, options ?? Small, checkpoint, out reason);

    /// <summary>Puts bodies of some lengths under the ids from one on.</summary>
    public static void Put(RecordStore store, long firstId, IEnumerable<int> lengths)
    {
        var id = firstId;
        foreach (var length in lengths)
        {
            store.EnsureRoom(length);
            store.Put(id, id, BodyOf(id, length));
            store.MarkApplied(id++);
        }
    }

    /// <summary>Removes records, each by an event of its own.</summary>
    public static void Remove(RecordStore store, IEnumerable<long> ids)
    {
        foreach (var id in ids)
        {
            store.EnsureRoom(0);
            var sequence = store.AppliedSequence + 1;
            store.Remove(id, sequence);
            store.MarkApplied(sequence);
        }
    }

    /// <summary>What a pool does to give space back, the writing of the manifest left out.</summary>
    public static RecordCheckpoint Compact(RecordStore store)
    {
        var until = store.BeginCompaction();
        while (!store.CompactStep(until))
        {
        }
        var checkpoint = store.TakeCheckpoint();
        store.Truncate(checkpoint);
        return checkpoint;
    }

    public static void AssertMissing(RecordStore store, long id)
    {
        using var body = Read(store, id);
        Assert.True(body.Status == RecordStatus.Missing, $"record {id}: {body.Status}, {body.Damage}");
    }

    public static void AssertFound(RecordStore store, long id, int length)
    {
        using var body = Read(store, id);
        Assert.True(body.Status == RecordStatus.Found, $"record {id}: {body.Status}, {body.Damage}");
        Assert.Equal(id, body.Sequence);
        Assert.True(body.Span.SequenceEqual(BodyOf(id, length)), $"record {id} has other bytes");
    }

    public static RecordBody Read(RecordStore store, long id) =>
        store.TryRead(id, out var body) ? body : store.ReadAsync(id, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public void Flip(string name, long offset)
    {
        using var file = PhysicalFileSystem.Instance.Open(Path.Combine(Directory, name), FileOpening.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, file.Read(offset, one));
        one[0] ^= 0x10;
        file.Write(offset, one);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
