using System.IO.MemoryMappedFiles;

namespace MemoryEngine.CrashTests;

/// <summary>What is known of a removal.</summary>
internal enum RemovalState
{
    /// <summary>It was acknowledged: the version is not to be handed over.</summary>
    Removed = 1,

    /// <summary>It may have been undone, or is about to be.</summary>
    Restoring = 2,
}

/// <summary>A memory version that was removed.</summary>
internal readonly record struct Removal(Guid Memory, int Version, RemovalState State);

/// <summary>Removals that were acknowledged, in a mapped file that outlives the process that made them. One process writes, on one thread.</summary>
internal sealed unsafe class ExpectedRemovals : IDisposable
{
    private const int Most = 4_096;
    private const int HeaderBytes = 64;
    private const int EntryBytes = 32;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    public ExpectedRemovals(string path)
    {
        const long Length = HeaderBytes + (Most * EntryBytes);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length);
        _view = _file.CreateViewAccessor(0, Length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>Removals acknowledged so far.</summary>
    public int Count => (int)Volatile.Read(ref *(long*)_bytes);

    public Removal this[int index] => new(
        new Guid(new ReadOnlySpan<byte>(Entry(index), 16)), *(int*)(Entry(index) + 16), (RemovalState)Volatile.Read(ref *(int*)(Entry(index) + 20)));

    public void Acknowledge(Guid memory, int version)
    {
        var count = Count;
        if (count == Most) throw new InvalidOperationException($"{Most} removals are more than the file holds.");
        memory.TryWriteBytes(new Span<byte>(Entry(count), 16));
        *(int*)(Entry(count) + 16) = version;
        Volatile.Write(ref *(int*)(Entry(count) + 20), (int)RemovalState.Removed);
        Volatile.Write(ref *(long*)_bytes, count + 1);
    }

    /// <summary>From here on nobody knows whether any removal of that memory holds.</summary>
    public void Restore(Guid memory)
    {
        for (var i = 0; i < Count; i++)
            if (this[i].Memory == memory) Volatile.Write(ref *(int*)(Entry(i) + 20), (int)RemovalState.Restoring);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private byte* Entry(int index) => _bytes + HeaderBytes + ((long)index * EntryBytes);
}
