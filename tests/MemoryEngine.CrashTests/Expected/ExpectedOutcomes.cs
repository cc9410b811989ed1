using System.IO.MemoryMappedFiles;

namespace MemoryEngine.CrashTests;

/// <summary>
/// Outcomes that were acknowledged, in a mapped file that outlives the process that told them: first the entry, then that it counts.
/// One process writes, on one thread.
/// </summary>
internal sealed unsafe class ExpectedOutcomes : IDisposable
{
    /// <summary>So many of the newest are held to.</summary>
    public const int Most = 4_096;

    private const int HeaderBytes = 64;
    private const int EntryBytes = 32;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    public ExpectedOutcomes(string path)
    {
        const long Length = HeaderBytes + (Most * EntryBytes);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length);
        _view = _file.CreateViewAccessor(0, Length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>Outcomes acknowledged so far.</summary>
    public long Count => Volatile.Read(ref *(long*)_bytes);

    /// <summary>Those that are still known, oldest first.</summary>
    public IEnumerable<Outcome> All
    {
        get
        {
            for (var i = Math.Max(0, Count - Most); i < Count; i++) yield return At(i);
        }
    }

    public void Acknowledge(Outcome outcome)
    {
        var count = Count;
        var entry = Entry(count);
        outcome.Transfer.TryWriteBytes(new Span<byte>(entry, 16));
        *(double*)(entry + 16) = outcome.Score;
        Volatile.Write(ref *(long*)_bytes, count + 1);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private Outcome At(long index) =>
        new() { Transfer = new Guid(new ReadOnlySpan<byte>(Entry(index), 16)), Score = *(double*)(Entry(index) + 16) };

    private byte* Entry(long index) => _bytes + HeaderBytes + (index % Most * EntryBytes);
}
