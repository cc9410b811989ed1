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
    private const int SlotBytes = 40;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    public ExpectedState(string path)
    {
        const long Length = HeaderBytes + ((long)Slots * SlotBytes) + ExpectedSnapshots.Bytes;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Length);
        _view = _file.CreateViewAccessor(0, Length);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
        Snapshots = new ExpectedSnapshots((long*)(_bytes + HeaderBytes + (Slots * SlotBytes)));
    }

    /// <summary>The snapshots, and what is being done to the pool as a whole.</summary>
    public ExpectedSnapshots Snapshots { get; }

    /// <summary>The number of the newest backup that was acknowledged; 0 while there is none.</summary>
    public ref long Backup => ref *(long*)(_bytes + 8);

    /// <summary>How many rollbacks there were: until the first, no version can be missing.</summary>
    public ref long Rollbacks => ref *(long*)(_bytes + 16);

    /// <summary>Operations acknowledged since the file was made.</summary>
    public long Acknowledged => Volatile.Read(ref *(long*)_bytes);

    public long CountAcknowledged() => Interlocked.Increment(ref *(long*)_bytes);

    public SlotState State(int slot) => SlotState.Unpack(Volatile.Read(ref Word(slot, 0)));

    /// <summary>The newest version of a slot's memory, whether the present knows it or not.</summary>
    public SlotState Newest(int slot) => SlotState.Unpack(Volatile.Read(ref Word(slot, 4)));

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
        // What was purged leaves the slot to another memory.
        if (Intent(slot).Kind == IntentKind.Purge && !state.Exists) Clear(slot);
        // The highest number and the newest content: where a compaction gave up a number, they are not of one version.
        var newest = Newest(slot);
        newest = state with { Version = Math.Max(newest.Version, state.Version), Content = Math.Max(newest.Content, state.Content) };
        Volatile.Write(ref Word(slot, 4), newest.Packed);
        Volatile.Write(ref Word(slot, 0), state.Packed);
        Volatile.Write(ref Word(slot, 1), 0);
    }

    /// <summary>The present becomes another one.</summary>
    public void Replace(int slot, SlotState state) => Volatile.Write(ref Word(slot, 0), state.Packed);

    // In this order: whoever finds the intent still there does the same again.
    private void Clear(int slot)
    {
        Snapshots.Purge(slot);
        // Contents go on being counted: none comes twice in a slot.
        Volatile.Write(ref Word(slot, 4), new SlotState(0, Math.Max(Newest(slot).Content, State(slot).Content), Live: false).Packed);
        SetId(slot, Guid.Empty);
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
