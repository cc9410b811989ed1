using System.IO.MemoryMappedFiles;

namespace MemoryEngine.CrashTests;

/// <summary>
/// What a pool must hold, in a mapped file that outlives the process that writes it: its stores are in the kernel's pages
/// the moment they are made. A memory has one writer. Before a write its intent is noted; after the acknowledgement first
/// the new state, then that nothing is under way. Between any two of these stores the file says the truth.
/// </summary>
internal sealed unsafe class ExpectedState : IDisposable
{
    public const int Writers = 4;
    public const int SlotsPerWriter = 40;
    public const int Slots = Writers * SlotsPerWriter;
    private const int HeaderBytes = 64;
    private const int SlotBytes = 32;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    public ExpectedState(string path)
    {
        const long Length = HeaderBytes + ((long)Slots * SlotBytes);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length);
        _view = _file.CreateViewAccessor(0, Length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>Operations acknowledged since the file was made.</summary>
    public long Acknowledged => Volatile.Read(ref *(long*)_bytes);

    public long CountAcknowledged() => Interlocked.Increment(ref *(long*)_bytes);

    public SlotState State(int slot) => SlotState.Unpack(Volatile.Read(ref Word(slot, 0)));

    public Intent Intent(int slot) => CrashTests.Intent.Unpack(Volatile.Read(ref Word(slot, 1)));

    /// <summary>The id of a slot's memory; empty while it is not known.</summary>
    public Guid Id(int slot) => new(new ReadOnlySpan<byte>((byte*)Address(slot, 2), 16));

    public void Intend(int slot, Intent intent) => Volatile.Write(ref Word(slot, 1), intent.Packed);

    public void SetId(int slot, Guid id)
    {
        id.TryWriteBytes(new Span<byte>((byte*)Address(slot, 2), 16));
        Thread.MemoryBarrier();
    }

    public void Acknowledge(int slot, SlotState state)
    {
        Volatile.Write(ref Word(slot, 0), state.Packed);
        Volatile.Write(ref Word(slot, 1), 0);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private ref long Word(int slot, int index) => ref *Address(slot, index);

    private long* Address(int slot, int index) => (long*)(_bytes + HeaderBytes + (slot * SlotBytes)) + index;
}
