using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// What has been materialised, from which sequence. A manifest appears whole or not at all (written beside, synced,
/// renamed), and the one before it is kept: losing either costs time, never data.
/// </summary>
internal sealed record Manifest(Guid PoolId, long Sequence, RecordCheckpoint Records, IReadOnlyList<IdempotentAnswer> Answers)
{
    private const uint FormatVersion = 1;
    private const int Kept = 2;
    private const string Extension = ".manifest";

    private static ReadOnlySpan<byte> Magic => "MEMMANI\n"u8;

    /// <summary>Reads the newest manifest that checks out; what is wrong with newer ones is added to <paramref name="notes"/>.</summary>
    public static Manifest? ReadNewest(IFileSystem files, string directory, Guid? poolId, List<string> notes)
    {
        if (!files.DirectoryExists(directory)) return null;
        foreach (var number in Numbers(files, directory).OrderDescending())
        {
            var path = PathOf(directory, number);
            var manifest = Read(ReadAll(files, path), path, out var problem);
            if (manifest is not null && (poolId is null || manifest.PoolId == poolId)) return manifest;
            notes.Add($"Manifest {path} is not used: {problem ?? "it belongs to another pool"}. Opening takes longer; nothing is lost.");
        }
        return null;
    }

    /// <summary>What is wrong with each manifest file, for a check.</summary>
    public static IEnumerable<(string Path, string? Problem, long Bytes)> Examine(IFileSystem files, string directory)
    {
        if (!files.DirectoryExists(directory)) yield break;
        foreach (var number in Numbers(files, directory))
        {
            var path = PathOf(directory, number);
            var bytes = ReadAll(files, path);
            _ = Read(bytes, path, out var problem);
            yield return (path, problem, bytes.Length);
        }
    }

    /// <summary>Writes the next manifest and deletes those that nobody needs.</summary>
    public void Write(IFileSystem files, string directory, Action<ByteWriter> answers)
    {
        var numbers = Numbers(files, directory);
        var number = numbers.Count == 0 ? 1 : numbers[^1] + 1;
        using var writer = new ByteWriter(1024);
        writer.Bytes(Magic);
        writer.UInt32(FormatVersion);
        writer.UInt32(0); // feature flags: none yet
        writer.Guid(PoolId);
        writer.Int64(Sequence);
        using var records = new ByteWriter(512);
        Records.WriteTo(records);
        writer.Block(records.Written);
        answers(writer);
        writer.UInt32(Crc32C.Compute(writer.Written));

        var path = PathOf(directory, number);
        var temporary = path + ".new";
        files.Delete(temporary);
        using (var file = files.Open(temporary, FileOpening.CreateNew))
        {
            file.Reserve(writer.Length);
            file.Write(0, writer.Written);
            file.Sync();
        }
        files.Rename(temporary, path);
        files.SyncDirectory(directory);
        foreach (var old in numbers.SkipLast(Kept - 1)) files.Delete(PathOf(directory, old));
    }

    internal static Manifest? Read(ReadOnlySpan<byte> bytes, string path, out string? problem)
    {
        problem = "it is too short";
        if (bytes.Length < 44) return null;
        var body = bytes[..^4];
        problem = "its checksum does not match";
        if (Crc32C.Compute(body) != System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..])) return null;
        problem = "it does not begin with the mark of a manifest";
        if (!body.StartsWith(Magic)) return null;
        var reader = new ByteReader(body[Magic.Length..]);
        var (version, features) = (reader.UInt32(), reader.UInt32());
        if (version > FormatVersion || features != 0)
        {
            throw new MemoryEngineException(
                ErrorCode.NewerFormat,
                $"{path} has manifest format {version} with features {features:x}; this version of MemoryEngine reads format " +
                $"{FormatVersion} without features. Nothing was changed; open the pool with a newer version.");
        }
        var (poolId, sequence) = (reader.Guid(), reader.Int64());
        var block = reader.Block();
        problem = "its record checkpoint is malformed";
        if (reader.Failed) return null;
        RecordCheckpoint records;
        try
        {
            records = RecordCheckpoint.Read(ref block);
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
        var answers = IdempotencyTable.Read(ref reader);
        problem = "it is malformed";
        if (reader.Failed || !reader.AtEnd) return null;
        problem = null;
        return new Manifest(poolId, sequence, records, answers);
    }

    private static byte[] ReadAll(IFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpening.Read);
        var bytes = new byte[file.Length];
        return bytes[..file.Read(0, bytes)];
    }

    private static string PathOf(string directory, int number) => Path.Combine(directory, $"{number:D8}{Extension}");

    private static List<int> Numbers(IFileSystem files, string directory)
    {
        var numbers = new List<int>();
        foreach (var name in files.List(directory))
        {
            if (name.EndsWith(Extension, StringComparison.Ordinal) && int.TryParse(name.AsSpan(0, name.Length - Extension.Length), out var number))
                numbers.Add(number);
        }
        return numbers;
    }
}
