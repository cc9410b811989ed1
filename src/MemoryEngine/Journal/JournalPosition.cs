namespace MemoryEngine.Journal;

/// <summary>Where a frame begins: file number and byte offset, packed into one long so that a million of them are cheap to keep.</summary>
internal readonly record struct JournalPosition(long Packed)
{
    private const int OffsetBits = 40;

    public JournalPosition(int file, long offset)
        : this(((long)file << OffsetBits) | offset)
    {
    }

    public int File => (int)(Packed >> OffsetBits);

    public long Offset => Packed & ((1L << OffsetBits) - 1);
}

/// <summary>One event as it lies in the journal. The payload is valid only while the visitor runs.</summary>
internal readonly ref struct JournalFrame(
    long sequence, EventType type, ReadOnlySpan<byte> payload, JournalPosition position, int sequences = 1)
{
    public long Sequence { get; } = sequence;

    /// <summary>How many events it stands for: one, or those that an <see cref="EventType.Dropped"/> frame replaced.</summary>
    public int Sequences { get; } = sequences;

    public EventType Type { get; } = type;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public JournalPosition Position { get; } = position;
}

internal delegate void JournalVisitor(in JournalFrame frame);

/// <summary>What a crash left behind the last whole batch, and what was cut.</summary>
/// <param name="File">Path of the journal file.</param>
/// <param name="Offset">Where the cut was made.</param>
/// <param name="Bytes">How many bytes behind it were not zero, up to the last such byte.</param>
internal sealed record TornTail(string File, long Offset, long Bytes);

/// <summary>Bytes of a journal file.</summary>
internal readonly record struct JournalRange(int File, long From, long To);

/// <summary>What reading a whole journal found.</summary>
/// <param name="PoolId">The pool's.</param>
/// <param name="FirstFile">The number of the first file.</param>
/// <param name="LastFile">The number of the file that is written on.</param>
/// <param name="LastHeader">Its header.</param>
/// <param name="LastFileFirst">The sequence of the first frame that it has or will have.</param>
/// <param name="EndOffset">Where its last whole batch ends.</param>
/// <param name="LastSequence">The newest sequence.</param>
/// <param name="Unproven">The newest batches, which nothing says to be on the device.</param>
/// <param name="ClosedCleanly">Whether the journal ends with a closing batch.</param>
/// <param name="Torn">What a crash left behind the last whole batch, or null.</param>
/// <param name="SpareFile">A file that was made ready before a crash and never used, or null.</param>
/// <param name="Bytes">The length of all files but the spare one.</param>
internal sealed record JournalScan(
    Guid PoolId,
    int FirstFile,
    int LastFile,
    JournalFormat.FileHeader LastHeader,
    long LastFileFirst,
    long EndOffset,
    long LastSequence,
    JournalRange Unproven,
    bool ClosedCleanly,
    TornTail? Torn,
    int? SpareFile,
    long Bytes);
