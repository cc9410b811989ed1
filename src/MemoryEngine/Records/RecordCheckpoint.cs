using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>A file of a checkpoint, as it must be found at the next opening.</summary>
internal readonly record struct CheckpointFile(string Name, long Length, uint Crc32C);

/// <summary>
/// What it takes to open the record store as it was at <see cref="AppliedSequence"/>. Stored in the manifest.
/// Little-endian: <c>magic 4, version 2, file count 2, applied sequence 8, records 8, tail address 8, index buckets 8,
/// index address 8, log token 16, index token 16, begin address 8, erased until 8, live bytes 8, files (name length 1, name,
/// length 8, crc 4), crc32c of all before 4</c>. Version 1, of a log that was never compacted, lacks the three before the
/// files.
/// </summary>
internal sealed record RecordCheckpoint
{
    private const uint Magic = 0x4B_43_52_4D; // "MRCK"
    private const ushort Version = 2;
    private const int FixedBytesOfVersion1 = 80;
    private const int FixedBytes = 104;
    private const int MostFiles = 8;

    /// <summary>Everything up to this sequence is in the checkpoint, nothing after it is.</summary>
    public required long AppliedSequence { get; init; }

    /// <summary>Bodies written since the store was empty.</summary>
    public required long Records { get; init; }

    /// <summary>Where the log ends.</summary>
    public required long TailAddress { get; init; }

    /// <summary>The size of the hash index that <see cref="IndexToken"/> is of.</summary>
    public required long IndexBuckets { get; init; }

    /// <summary>Where the log ended when that index was written.</summary>
    public required long IndexAddress { get; init; }

    public required Guid LogToken { get; init; }

    /// <summary>
    /// The index that the log is replayed onto; empty when it is rebuilt from the whole log, which is cheap for a small
    /// one.
    /// </summary>
    public required Guid IndexToken { get; init; }

    /// <summary>Where the log begins; compaction has moved what lay below.</summary>
    public long BeginAddress { get; init; } = LogSegments.FirstAddress;

    /// <summary>What lies below this address was off the disk when the checkpoint was taken.</summary>
    public long ErasedUntil { get; init; }

    /// <summary>What the bodies that are read take of the log.</summary>
    public long LiveBytes { get; init; }

    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    public void WriteTo(IBufferWriter<byte> writer)
    {
        var names = Files.Select(static f => Encoding.UTF8.GetBytes(f.Name)).ToArray();
        var size = FixedBytes + names.Sum(static n => 1 + n.Length + 12) + 4;
        var span = writer.GetSpan(size)[..size];
        BinaryPrimitives.WriteUInt32LittleEndian(span, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(span[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(span[6..], checked((ushort)Files.Count));
        BinaryPrimitives.WriteInt64LittleEndian(span[8..], AppliedSequence);
        BinaryPrimitives.WriteInt64LittleEndian(span[16..], Records);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], TailAddress);
        BinaryPrimitives.WriteInt64LittleEndian(span[32..], IndexBuckets);
        BinaryPrimitives.WriteInt64LittleEndian(span[40..], IndexAddress);
        LogToken.TryWriteBytes(span[48..]);
        IndexToken.TryWriteBytes(span[64..]);
        BinaryPrimitives.WriteInt64LittleEndian(span[80..], BeginAddress);
        BinaryPrimitives.WriteInt64LittleEndian(span[88..], ErasedUntil);
        BinaryPrimitives.WriteInt64LittleEndian(span[96..], LiveBytes);
        var at = FixedBytes;
        for (var i = 0; i < names.Length; i++)
        {
            span[at] = checked((byte)names[i].Length);
            names[i].CopyTo(span[(at + 1)..]);
            at += 1 + names[i].Length;
            BinaryPrimitives.WriteInt64LittleEndian(span[at..], Files[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(span[(at + 8)..], Files[i].Crc32C);
            at += 12;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(span[at..], Crc32C.Compute(span[..at]));
        writer.Advance(size);
    }

    /// <summary>Reads one checkpoint and moves the span behind it.</summary>
    /// <exception cref="FormatException">The bytes are not one that <see cref="WriteTo"/> wrote.</exception>
    public static RecordCheckpoint Read(ref ReadOnlySpan<byte> source)
    {
        var span = source;
        if (span.Length < FixedBytesOfVersion1 + 4) throw Malformed("it is too short");
        if (BinaryPrimitives.ReadUInt32LittleEndian(span) != Magic) throw Malformed("it does not begin as one");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(span[4..]);
        if (version is < 1 or > Version) throw Malformed($"its version is {version}, this engine knows up to {Version}");
        var at = version == 1 ? FixedBytesOfVersion1 : FixedBytes;
        if (span.Length < at + 4) throw Malformed("it is too short");
        var count = BinaryPrimitives.ReadUInt16LittleEndian(span[6..]);
        if (count > MostFiles) throw Malformed($"it lists {count} files");
        var list = new CheckpointFile[count];
        for (var i = 0; i < count; i++)
        {
            if (at + 1 > span.Length || at + 1 + span[at] + 12 + 4 > span.Length) throw Malformed("it ends in its list of files");
            var name = Encoding.UTF8.GetString(span.Slice(at + 1, span[at]));
            at += 1 + span[at];
            list[i] = new CheckpointFile(
                name, BinaryPrimitives.ReadInt64LittleEndian(span[at..]), BinaryPrimitives.ReadUInt32LittleEndian(span[(at + 8)..]));
            at += 12;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[at..]) != Crc32C.Compute(span[..at])) throw Malformed("its checksum is wrong");
        // The checksum excludes accidents; what follows excludes a writer that was wrong, or an enemy's name that leads elsewhere.
        if (list.Any(static f => !CheckpointFiles.IsNameOfOne(f.Name) || f.Length < 0)) throw Malformed("it names a file that is none of its own");
        var checkpoint = new RecordCheckpoint
        {
            AppliedSequence = BinaryPrimitives.ReadInt64LittleEndian(span[8..]),
            Records = BinaryPrimitives.ReadInt64LittleEndian(span[16..]),
            TailAddress = BinaryPrimitives.ReadInt64LittleEndian(span[24..]),
            IndexBuckets = BinaryPrimitives.ReadInt64LittleEndian(span[32..]),
            IndexAddress = BinaryPrimitives.ReadInt64LittleEndian(span[40..]),
            LogToken = new Guid(span.Slice(48, 16)),
            IndexToken = new Guid(span.Slice(64, 16)),
            BeginAddress = version == 1 ? LogSegments.FirstAddress : BinaryPrimitives.ReadInt64LittleEndian(span[80..]),
            ErasedUntil = version == 1 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(span[88..]),
            // Nothing could be removed then.
            LiveBytes = version == 1 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(span[96..]),
            Files = list,
        };
        if (version == 1) checkpoint = checkpoint with { LiveBytes = checkpoint.TailAddress - LogSegments.FirstAddress };
        if (checkpoint is not { AppliedSequence: >= 0, Records: >= 0, TailAddress: > 0, IndexBuckets: >= 0, IndexAddress: >= 0, LiveBytes: >= 0 })
            throw Malformed("it holds a negative number");
        if (checkpoint.BeginAddress < LogSegments.FirstAddress || checkpoint.BeginAddress > checkpoint.TailAddress
            || checkpoint.ErasedUntil < 0 || checkpoint.ErasedUntil > checkpoint.BeginAddress)
            throw Malformed("its addresses are out of order");
        source = source[(at + 4)..];
        return checkpoint;
    }

    private static FormatException Malformed(string why) => new($"These bytes are no record checkpoint: {why}.");
}
