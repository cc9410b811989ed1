using MemoryEngine.Journal;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// Backups: the journal up to one moment, as a pool of its own that is closed cleanly. Everything else is derived and made
/// again when the backup is opened. Files are copied from the last to the first, each appearing by rename, so that a copy
/// that was interrupted lacks its first file and is refused; it is never taken for a smaller pool.
/// </summary>
internal static class Backup
{
    private const int CopyBytes = 1 << 20;

    /// <summary>Copies a pool that goes on being read and written.</summary>
    public static async Task<BackupInfo> CreateAsync(Pool pool, string to, CancellationToken cancellation)
    {
        var target = Prepare(pool.Options.Files, to);
        using var turn = await pool.Maintenance.TakeAsync(cancellation).ConfigureAwait(false);
        // Files that are sealed stay as they are while it is our turn; of the last one, what is durable now.
        var end = await pool.StepAsync(
            () =>
            {
                pool.Journal.Sync();
                return (pool.Journal.ActiveFile, pool.Journal.ActiveOffset);
            },
            turn.Cancellation).ConfigureAwait(false);
        return await Task.Run(
            () => Copy(pool.Options, pool.Paths, target, end.ActiveFile, end.ActiveOffset, turn.Cancellation), turn.Cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Makes a pool of a backup, or of any pool that is closed: the journal is verified to its end while it is copied.</summary>
    public static BackupInfo Restore(string from, string to, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var (files, source) = (options.Files, new PoolPaths(Path.GetFullPath(from)));
        if (!files.DirectoryExists(source.Journal))
            throw new MemoryEngineException(ErrorCode.PoolNotFound, $"There is no backup at {source.Root}. Check the path.");
        var target = Prepare(files, to);
        using var held = PoolOpening.Lock(source, options);
        var scan = JournalReader.Scan(files, source.Journal, static (in _) => { });
        return Copy(options, source, target, scan.LastFile, scan.EndOffset, cancellation);
    }

    private static PoolPaths Prepare(IFileSystem files, string to)
    {
        var paths = new PoolPaths(Path.GetFullPath(to));
        var isTaken = files.FileExists(paths.Root) || (files.DirectoryExists(paths.Root) && files.List(paths.Root).Count > 0);
        if (!isTaken) return paths;
        throw new MemoryEngineException(
            ErrorCode.Conflict, $"{paths.Root} is there already and is not empty. Nothing was changed; name a new or empty directory.");
    }

    private static BackupInfo Copy(
        MemoryStoreOptions options, PoolPaths source, PoolPaths target, int lastFile, long endOffset, CancellationToken cancellation)
    {
        var files = options.Files;
        files.CreateDirectory(target.Root);
        files.CreateDirectory(target.Journal);
        PoolOpening.WriteIgnore(files, target);
        PoolOpening.SyncNames(files, target.Root);
        var bytes = 0L;
        for (var number = lastFile; number >= 1; number--)
        {
            cancellation.ThrowIfCancellationRequested();
            bytes += CopyFile(files, source, target, number, number == lastFile ? endOffset : long.MaxValue);
        }
        files.SyncDirectory(target.Journal);
        var memories = CloseCleanly(options, target, out var sequence);
        return new BackupInfo(target.Root, sequence, memories, bytes);
    }

    private static long CopyFile(IFileSystem files, PoolPaths source, PoolPaths target, int number, long until)
    {
        var name = JournalFormat.FileName(number);
        var temporary = Path.Combine(target.Journal, name + JournalFormat.NewSuffix);
        using var from = files.Open(Path.Combine(source.Journal, name), FileOpening.Read);
        var length = Math.Min(until, from.Length);
        using (var to = files.Open(temporary, FileOpening.CreateNew))
        {
            to.Reserve(length);
            var buffer = new byte[CopyBytes];
            for (var at = 0L; at < length;)
            {
                var read = from.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)));
                if (read == 0) throw new CorruptionException(from.Path, at, $"a file of {length} bytes", $"one of {at} bytes");
                to.Write(at, buffer.AsSpan(0, read));
                at += read;
            }
            to.Sync();
        }
        files.Rename(temporary, Path.Combine(target.Journal, name));
        return length;
    }

    // Opened as a pool, which verifies all that was copied, and closed, so that any damage to it can be told later.
    private static long CloseCleanly(MemoryStoreOptions options, PoolPaths target, out long sequence)
    {
        var scan = JournalReader.Scan(options.Files, target.Journal, static (in _) => { });
        using (var journal = JournalWriter.Open(options.Files, target.Journal, scan, options.JournalFileBytes, options.Clock))
            journal.Close();
        var recovery = new Recovery(options.Files, target, options.RecordMemoryBytes, options.IdempotencyRetention);
        recovery.Run(withRecords: false);
        sequence = scan.LastSequence;
        return recovery.Table.Live.Count;
    }
}
