using System.Buffers;
using FASTER.core;
using MemoryEngine.Storage;

namespace MemoryEngine.Records;

/// <summary>
/// The files of checkpoints: what FASTER hands over is kept in memory until its checkpoint is complete, then written and
/// synced by <see cref="Complete"/>; what it asks for at recovery has been verified by <see cref="WhyDamaged"/> before.
/// </summary>
/// <remarks>
/// FASTER commits from whichever thread moves its epoch on, a reader's too, so nothing here waits for the device there.
/// </remarks>
internal sealed class CheckpointFiles(IFileSystem files, string directory) : ICheckpointManager
{
    private const string Prefix = "checkpoint.";
    private const string LogSuffix = ".log";
    private const string IndexSuffix = ".index";
    private const string IndexFactsSuffix = ".index-facts";

    private readonly Dictionary<Guid, byte[]> _logFacts = [];
    private readonly Dictionary<Guid, byte[]> _indexFacts = [];
    private readonly Dictionary<Guid, IndexDevice> _indexes = [];

    /// <summary>The first thing that went wrong with an index file since <see cref="Forget"/>.</summary>
    public Exception? Fault => _indexes.Values.Select(static i => i.Fault).FirstOrDefault(static f => f is not null);

    public static bool IsNameOfOne(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    /// <summary>
    /// Writes the files of a log checkpoint, and of an index checkpoint where there is a new one, and makes them durable.
    /// </summary>
    public IReadOnlyList<CheckpointFile> Complete(Guid log, Guid newIndex)
    {
        var names = new List<string> { NameOf(log, LogSuffix) };
        Write(names[0], _logFacts[log]);
        if (newIndex != Guid.Empty)
        {
            names.Add(NameOf(newIndex, IndexFactsSuffix));
            names.Add(NameOf(newIndex, IndexSuffix));
            Write(names[1], _indexFacts[newIndex]);
            _indexes[newIndex].Complete();
            if (Fault is { } fault) throw fault;
        }
        files.SyncDirectory(directory);
        return names.ConvertAll(n => Describe(n, long.MaxValue));
    }

    /// <summary>Deletes what a checkpoint that failed has written. Where the disk refuses, the next opening deletes it.</summary>
    public void Undo()
    {
        var names = _logFacts.Keys.Select(static t => NameOf(t, LogSuffix))
            .Concat(_indexFacts.Keys.Select(static t => NameOf(t, IndexFactsSuffix)))
            .Concat(_indexes.Keys.Select(static t => NameOf(t, IndexSuffix)))
            .ToArray();
        Forget();
        try
        {
            DeleteAll(names);
        }
        catch (MemoryEngineException)
        {
            // The failure that led here is the one to report.
        }
    }

    /// <summary>Why the files of a checkpoint are not what was written, or null. What FASTER will ask for is loaded.</summary>
    public string? WhyDamaged(RecordCheckpoint checkpoint)
    {
        foreach (var file in checkpoint.Files)
        {
            var path = Path.Combine(directory, file.Name);
            if (!files.FileExists(path)) return $"{path} is missing";
            var found = Describe(file.Name, file.Length);
            if (found.Length != file.Length) return $"{path} has {found.Length} bytes instead of {file.Length}";
            if (found.Crc32C != file.Crc32C) return $"{path} has another checksum than it was written with";
        }
        if (!Load(checkpoint, checkpoint.LogToken, LogSuffix, _logFacts)) return "the checkpoint lists no file for its log";
        if (checkpoint.IndexToken == Guid.Empty) return null;
        return Load(checkpoint, checkpoint.IndexToken, IndexFactsSuffix, _indexFacts)
            && checkpoint.Files.Any(f => f.Name == NameOf(checkpoint.IndexToken, IndexSuffix))
            ? null
            : "the checkpoint lists no file for its index";
    }

    /// <summary>Closes what is open and drops what is in memory; the files stay.</summary>
    public void Forget()
    {
        foreach (var index in _indexes.Values) index.Close();
        _indexes.Clear();
        _logFacts.Clear();
        _indexFacts.Clear();
    }

    public void Delete(IEnumerable<string> names)
    {
        foreach (var name in names) files.Delete(Path.Combine(directory, name));
        files.SyncDirectory(directory);
    }

    public void DeleteAllBut(IEnumerable<string> names)
    {
        DeleteAll(files.List(directory).Where(IsNameOfOne).Except(names, StringComparer.Ordinal));
        files.SyncDirectory(directory);
    }

    public void InitializeIndexCheckpoint(Guid indexToken)
    {
    }

    public void InitializeLogCheckpoint(Guid logToken)
    {
    }

    public void CommitIndexCheckpoint(Guid indexToken, byte[] commitMetadata) => _indexFacts[indexToken] = commitMetadata;

    public void CommitLogCheckpoint(Guid logToken, byte[] commitMetadata) => _logFacts[logToken] = commitMetadata;

    public void CheckpointVersionShift(long oldVersion, long newVersion)
    {
    }

    public void CommitLogIncrementalCheckpoint(Guid logToken, long version, byte[] commitMetadata, DeltaLog deltaLog) =>
        throw new NotSupportedException("The record store takes fold-over checkpoints only.");

    public byte[] GetIndexCheckpointMetadata(Guid indexToken) => _indexFacts[indexToken];

    public byte[] GetLogCheckpointMetadata(Guid logToken, DeltaLog deltaLog, bool scanDelta = false, long recoverTo = -1) => _logFacts[logToken];

    public IEnumerable<Guid> GetIndexCheckpointTokens() => _indexFacts.Keys;

    public IEnumerable<Guid> GetLogCheckpointTokens() => _logFacts.Keys;

    public IDevice GetIndexDevice(Guid indexToken)
    {
        if (!_indexes.TryGetValue(indexToken, out var device))
            _indexes[indexToken] = device = new IndexDevice(files, Path.Combine(directory, NameOf(indexToken, IndexSuffix)));
        return device;
    }

    /// <summary>A fold-over checkpoint has no snapshot.</summary>
    public IDevice? GetSnapshotLogDevice(Guid token) => null;

    public IDevice? GetSnapshotObjectLogDevice(Guid token) => null;

    public IDevice? GetDeltaLogDevice(Guid token) => null;

    public void Purge(Guid token) => throw new NotSupportedException("Checkpoints are retired through the record store.");

    public void PurgeAll() => throw new NotSupportedException("Checkpoints are retired through the record store.");

    public void OnRecovery(Guid indexToken, Guid logToken)
    {
    }

    public void Dispose() => Forget();

    private static string NameOf(Guid token, string suffix) => Prefix + token.ToString("N") + suffix;

    private void DeleteAll(IEnumerable<string> names)
    {
        foreach (var name in names) files.Delete(Path.Combine(directory, name));
    }

    private void Write(string name, byte[] content)
    {
        using var file = files.Open(Path.Combine(directory, name), FileOpening.CreateNew);
        file.Write(0, content);
        file.Sync();
    }

    private bool Load(RecordCheckpoint checkpoint, Guid token, string suffix, Dictionary<Guid, byte[]> facts)
    {
        var name = NameOf(token, suffix);
        if (checkpoint.Files.All(f => f.Name != name)) return false;
        using var file = files.Open(Path.Combine(directory, name), FileOpening.Read);
        var content = new byte[file.Length];
        _ = file.Read(0, content);
        facts[token] = content;
        return true;
    }

    /// <summary>Length and checksum of a file; of one that is longer than expected the length only.</summary>
    private CheckpointFile Describe(string name, long expectedLength)
    {
        using var file = files.Open(Path.Combine(directory, name), FileOpening.Read);
        var length = file.Length;
        if (length > expectedLength) return new CheckpointFile(name, length, 0);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            var crc = 0u;
            for (long offset = 0; offset < length;)
            {
                var read = file.Read(offset, buffer);
                if (read == 0) break;
                crc = Crc32C.Append(crc, buffer.AsSpan(0, read));
                offset += read;
            }
            return new CheckpointFile(name, length, crc);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
