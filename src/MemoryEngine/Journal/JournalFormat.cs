using System.Buffers.Binary;
using System.Security.Cryptography;
using MemoryEngine.Storage;

namespace MemoryEngine.Journal;

/// <summary>
/// The bytes of a journal file; docs/format.md says the same in words.
/// A file is a header page and then batches. A batch is a header and whole frames, and is the unit that is written,
/// synced and, when torn, cut. Every checksum covers the file's salt and the structure's own offset, so that bytes of
/// another file, or at another place, never pass for valid.
/// </summary>
internal static class JournalFormat
{
    /// <summary>
    /// What new files are written with. Version 1 had no <see cref="EventType.Dropped"/>, version 2 no transfers, outcomes and decisions,
    /// and no vectors that come later; both are read for ever, and their files are sealed and never continued.
    /// </summary>
    public const uint FormatVersion = 3;

    private const uint OldestVersion = 1;
    private const uint FirstVersionWithDropped = 2;
    private const uint FirstVersionWithLaterTypes = 3;

    /// <summary>Feature flags this version understands: none yet.</summary>
    public const uint KnownFeatures = 0;

    /// <summary>Batches start here; the header has a page of its own that is never written again.</summary>
    public const int HeaderBytes = 4096;

    public const int HeaderUsedBytes = 64;
    public const int BatchHeaderBytes = 40;
    public const int FrameHeaderBytes = 24;
    public const int Alignment = 8;

    /// <summary>The largest payload: a text of 1 MiB with its vectors fits several times over.</summary>
    public const int MaxPayloadBytes = 16 << 20;

    /// <summary>The most that a batch's frames may take; a reader allocates no more than this on a header's word.</summary>
    public const int MaxBatchBytes = 32 << 20;

    public const uint BatchMagic = 0x5442_454D; // "MEBT"
    private const ulong FileMagic = 0x0A4C_4E52_4A4D_454D; // "MEMJRNL\n"

    /// <summary>Behind the name of a file that is being made; it takes its place by a rename.</summary>
    public const string NewSuffix = ".new";

    public static string FileName(int number) => $"{number:D8}.journal";

    public static bool TryParseFileName(string name, out int number)
    {
        number = 0;
        return name.Length == 16 && name.EndsWith(".journal", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(0, 8), System.Globalization.NumberStyles.None, null, out number) && number > 0;
    }

    public static int Padded(int length) => (length + Alignment - 1) & -Alignment;

    public static int FrameBytes(int payloadLength) => FrameHeaderBytes + Padded(payloadLength);

    /// <summary>Whether a name is that of a file that somebody began to make and did not finish.</summary>
    public static bool IsLeftover(string name) =>
        name.EndsWith(NewSuffix, StringComparison.Ordinal) && TryParseFileName(name[..^NewSuffix.Length], out _);

    public readonly record struct FileHeader(
        uint Version, ulong Salt, int Number, uint Features, Guid PoolId, long CreatedMicroseconds)
    {
        /// <summary>Whether a file of this version may hold an event of that type.</summary>
        public bool MayHold(EventType type) => Version >= type switch
        {
            > EventType.Dropped => FirstVersionWithLaterTypes,
            EventType.Dropped => FirstVersionWithDropped,
            _ => OldestVersion,
        };

        /// <summary>The header of a new file, with a salt of its own.</summary>
        public static FileHeader New(int number, Guid poolId, long createdMicroseconds) => new(
            FormatVersion,
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            number, 0, poolId, createdMicroseconds);

        public void Write(Span<byte> page)
        {
            page[..HeaderBytes].Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(page, FileMagic);
            BinaryPrimitives.WriteUInt32LittleEndian(page[8..], Version);
            BinaryPrimitives.WriteInt32LittleEndian(page[12..], Number);
            BinaryPrimitives.WriteUInt64LittleEndian(page[16..], Salt);
            BinaryPrimitives.WriteUInt32LittleEndian(page[24..], Features);
            BinaryPrimitives.WriteInt64LittleEndian(page[32..], CreatedMicroseconds);
            PoolId.TryWriteBytes(page[40..], bigEndian: true, out _);
            BinaryPrimitives.WriteUInt32LittleEndian(page[60..], Crc32C.Compute(page[..60]));
        }

        /// <summary>Reads a header page; throws for damage, for a file that is no journal and for a newer format.</summary>
        public static FileHeader Read(ReadOnlySpan<byte> page, string path)
        {
            if (page.Length < HeaderBytes)
                throw new CorruptionException(path, 0, $"a header of {HeaderBytes} bytes", $"a file of {page.Length} bytes");
            var stored = BinaryPrimitives.ReadUInt32LittleEndian(page[60..]);
            var computed = Crc32C.Compute(page[..60]);
            if (stored != computed)
                throw new CorruptionException(path, 0, $"a journal header with checksum {computed:x8}", $"checksum {stored:x8}");
            if (BinaryPrimitives.ReadUInt64LittleEndian(page) != FileMagic)
                throw new CorruptionException(path, 0, "the mark of a journal file", "another mark");
            var version = BinaryPrimitives.ReadUInt32LittleEndian(page[8..]);
            var features = BinaryPrimitives.ReadUInt32LittleEndian(page[24..]);
            if (version > FormatVersion || (features & ~KnownFeatures) != 0)
            {
                throw new MemoryEngineException(
                    ErrorCode.NewerFormat,
                    $"{path} has journal format {version} with features {features:x}; this version of MemoryEngine reads formats " +
                    $"up to {FormatVersion} with features {KnownFeatures:x}. Nothing was changed; open the pool with a newer version.");
            }
            if (version < OldestVersion)
                throw new CorruptionException(path, 8, $"a journal format from {OldestVersion} on", $"format {version}");
            if (page[HeaderUsedBytes..HeaderBytes].ContainsAnyExcept((byte)0))
                throw new CorruptionException(path, HeaderUsedBytes, "zeros up to the end of the header page", "other bytes");
            return new FileHeader(
                version,
                BinaryPrimitives.ReadUInt64LittleEndian(page[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(page[12..]),
                features,
                new Guid(page.Slice(40, 16), bigEndian: true),
                BinaryPrimitives.ReadInt64LittleEndian(page[32..]));
        }
    }

    [Flags]
    public enum BatchFlags : uint
    {
        None = 0,

        /// <summary>The pool was closed cleanly here: everything before this batch was durable when it was written.</summary>
        Closing = 1,

        /// <summary>The file ends here and the next one exists.</summary>
        Sealing = 2,
    }

    // DurableOffset: all bytes of this file before it were known to be on the device when the batch was written.
    public readonly record struct BatchHeader(
        BatchFlags Flags, long FirstSequence, int FrameCount, int FramesBytes, long DurableOffset)
    {
        public void Write(Span<byte> target, ulong salt, long offset)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, BatchMagic);
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)Flags);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], FirstSequence);
            BinaryPrimitives.WriteInt32LittleEndian(target[16..], FrameCount);
            BinaryPrimitives.WriteInt32LittleEndian(target[20..], FramesBytes);
            BinaryPrimitives.WriteInt64LittleEndian(target[24..], DurableOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(target[32..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(target[36..], Checksum(target[..36], salt, offset));
        }

        /// <summary>False when these are not the bytes of a batch header written at this offset of this file.</summary>
        public static bool TryRead(ReadOnlySpan<byte> source, ulong salt, long offset, out BatchHeader header)
        {
            header = default;
            if (source.Length < BatchHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != BatchMagic) return false;
            if (BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) != Checksum(source[..36], salt, offset)) return false;
            header = new BatchHeader(
                (BatchFlags)BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
                BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[24..]));
            return header.FramesBytes is >= 0 and <= MaxBatchBytes && header.FrameCount >= 0;
        }
    }

    public readonly record struct FrameHeader(int PayloadLength, EventType Type, long Sequence)
    {
        /// <summary>Writes header, payload and padding; <paramref name="target"/> is <see cref="FrameBytes"/> long.</summary>
        public void Write(Span<byte> target, ReadOnlySpan<byte> payload, ulong salt, long offset)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target, payload.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)Type);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], Sequence);
            payload.CopyTo(target[FrameHeaderBytes..]);
            target[(FrameHeaderBytes + payload.Length)..].Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(target[20..], 0);
            var crc = Crc32C.Append(Checksum(target[..16], salt, offset), target[FrameHeaderBytes..]);
            BinaryPrimitives.WriteUInt32LittleEndian(target[16..], crc);
        }

        /// <summary>Reads the frame at the start of <paramref name="source"/>; false when it is not one written at this offset.</summary>
        public static bool TryRead(
            ReadOnlySpan<byte> source, ulong salt, long offset, out FrameHeader header, out ReadOnlySpan<byte> payload)
        {
            header = default;
            payload = default;
            if (source.Length < FrameHeaderBytes) return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(source);
            if (length is < 0 or > MaxPayloadBytes || FrameBytes(length) > source.Length) return false;
            var frame = source[..FrameBytes(length)];
            var crc = Crc32C.Append(Checksum(frame[..16], salt, offset), frame[FrameHeaderBytes..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame[16..]) != crc) return false;
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame[20..]) != 0) return false;
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) > byte.MaxValue) return false;
            header = ReadChecked(frame, out payload);
            return !frame[(FrameHeaderBytes + length)..].ContainsAnyExcept((byte)0);
        }

        /// <summary>Reads the frame at the start of <paramref name="source"/>, which has been found to be one.</summary>
        public static FrameHeader ReadChecked(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> payload)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(source);
            payload = source.Slice(FrameHeaderBytes, length);
            var type = (EventType)BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
            return new FrameHeader(length, type, BinaryPrimitives.ReadInt64LittleEndian(source[8..]));
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> data, ulong salt, long offset)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(place, salt);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], offset);
        return Crc32C.Append(Crc32C.Compute(place), data);
    }
}
