using System.Buffers.Binary;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// The checkpoint of the evidence: what all transfers, outcomes and decisions up to a sequence add up to. It appears whole or not at all,
/// and losing it costs time, never data.
/// </summary>
/// <param name="PoolId">The pool's id.</param>
/// <param name="Sequence">The newest event that is in it.</param>
/// <param name="State">The bytes of the state.</param>
internal sealed record EvidenceFile(Guid PoolId, long Sequence, ReadOnlyMemory<byte> State)
{
    /// <summary>The file's name in the pool's directory for evidence.</summary>
    public const string Name = "state";

    private const ulong Magic = 0x0A44_4956_454D_454D; // "MEMEVID\n"
    private const uint FormatVersion = 1;
    private const int HeaderBytes = 48;
    private const int ChecksumBytes = 4;

    /// <summary>Writes it in the place of the one before.</summary>
    /// <exception cref="MemoryEngineException">The disk refuses. The one before is still there.</exception>
    public void Write(IFileSystem files, string directory)
    {
        var bytes = new byte[HeaderBytes + State.Length + ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        PoolId.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), State.Length);
        State.Span.CopyTo(bytes.AsSpan(HeaderBytes));
        var checksumAt = bytes.Length - ChecksumBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(checksumAt), Crc32C.Compute(bytes.AsSpan(0, checksumAt)));
        if (!files.DirectoryExists(directory))
        {
            files.CreateDirectory(directory);
            files.SyncDirectory(Path.GetDirectoryName(directory)!);
        }
        _ = WholeFile.Write(files, Path.Combine(directory, Name), temporary =>
        {
            using var file = files.Open(temporary, FileOpening.CreateNew);
            file.Reserve(bytes.Length);
            file.Write(0, bytes);
            file.Sync();
            return bytes.Length;
        });
    }

    /// <summary>Reads it; null where there is none, or where it is of no use, and then why.</summary>
    public static EvidenceFile? Read(IFileSystem files, string directory, out long length, out string? problem)
    {
        (length, problem) = (0, null);
        var path = Path.Combine(directory, Name);
        if (!files.FileExists(path)) return null;
        using var file = files.Open(path, FileOpening.Read);
        var bytes = new byte[file.Length];
        length = file.Read(0, bytes);
        problem = WhyNot(bytes.AsSpan(0, (int)length));
        if (problem is not null) return null;
        return new EvidenceFile(
            new Guid(bytes.AsSpan(16, 16), bigEndian: true), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)),
            bytes.AsMemory(HeaderBytes, bytes.Length - HeaderBytes - ChecksumBytes));
    }

    private static string? WhyNot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + ChecksumBytes) return $"it has {bytes.Length} bytes";
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]);
        var computed = Crc32C.Compute(bytes[..^ChecksumBytes]);
        if (stored != computed) return $"its checksum is {stored:x8}, not {computed:x8}";
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return "it has another mark";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != FormatVersion || BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != 0) return $"it has format {version}";
        return BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]) == bytes.Length - HeaderBytes - ChecksumBytes ? null : "its length is another";
    }
}
