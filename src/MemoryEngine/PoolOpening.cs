using System.Text.Json;
using MemoryEngine.Journal;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>Opens a pool, or makes one. Whatever it refuses it leaves as it was.</summary>
internal static class PoolOpening
{
    private const string IgnoreAll = "# A pool of memories is not source code.\n*\n";

    public static async Task<Pool> OpenAsync(string path, MemoryStoreOptions options, CancellationToken cancellation)
    {
        Check(options);
        var paths = new PoolPaths(Path.GetFullPath(path));
        // Opening reads files and works on all processors: not on the caller's thread.
        var pool = await Task.Run(() => Open(paths, options, cancellation), cancellation).ConfigureAwait(false);
        try
        {
            await DeclareSpacesAsync(pool, cancellation).ConfigureAwait(false);
            if (pool.Removal.IsPending && !options.ReadOnly) await FinishRemovalAsync(pool, cancellation).ConfigureAwait(false);
            pool.Learning.Consider();
            return pool;
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    private static void Check(MemoryStoreOptions options)
    {
        const long Smallest = 16L << 20;
        if (options.RecordMemoryBytes < Smallest)
        {
            throw new ArgumentException(
                $"RecordMemoryBytes is {options.RecordMemoryBytes}; at least {Smallest} are needed.", nameof(options));
        }
        TransferRecorder.Check(options.Experiment);
        if (options.CleanupEvery < 0) throw new ArgumentException("CleanupEvery is negative.", nameof(options));
        if (options.TransferRetention < TimeSpan.Zero || options.TransferRetentionBytes < 0)
            throw new ArgumentException("The retention of transfers is negative.", nameof(options));
        if (options.MaxPoolBytes is <= 0) throw new ArgumentException("MaxPoolBytes is not positive.", nameof(options));
        foreach (var space in options.Spaces) SpaceRules.Check(space);
        var text = options.Spaces.FirstOrDefault(s => s.Name == VectorSpace.TextSpace);
        if (text is not null && options.Embedder is not null)
        {
            throw new ArgumentException(
                "Spaces declares the text space, whose vectors then come from the caller, and Embedder makes them as well: choose one.",
                nameof(options));
        }
        if (text is { EmbedderId: Index.HashingEmbedder.Id })
            throw new ArgumentException($"'{Index.HashingEmbedder.Id}' is the built-in embedder's name.", nameof(options));
    }

    private static Pool Open(PoolPaths paths, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var files = options.Files;
        var exists = Examine(files, paths);
        if (!exists && (options.ReadOnly || !options.CreateIfMissing))
            throw new MemoryEngineException(ErrorCode.PoolNotFound, $"There is no pool at {paths.Root}. Check the path, or let it be created.");
        if (options.ReadOnly) return OpenReadOnly(paths, options, cancellation);

        files.CreateDirectory(paths.Root);
        if (files.NetworkFileSystemOf(paths.Root) is { } network)
        {
            throw new MemoryEngineException(
                ErrorCode.NetworkFileSystem,
                $"{paths.Root} lies on a network file system ({network}), whose locks and syncs cannot be trusted with a pool. Use a local disk.");
        }
        var poolLock = Lock(paths, options);
        try
        {
            return OpenLocked(paths, options, poolLock, cancellation);
        }
        catch
        {
            poolLock.Dispose();
            throw;
        }
    }

    /// <summary>Becomes the owner of a pool.</summary>
    /// <exception cref="MemoryEngineException">Someone else is.</exception>
    public static IDisposable Lock(PoolPaths paths, MemoryStoreOptions options)
    {
        var owner = JsonSerializer.SerializeToUtf8Bytes(
            new PoolOwner(Environment.ProcessId, options.OwnerName, Environment.MachineName, options.Clock.GetUtcNow(), options.Pipe),
            OwnerJson.Default.PoolOwner);
        return options.Files.TryLock(paths.Lock, owner) ?? throw Busy(options.Files, paths);
    }

    // A process that purged died before all bytes were gone. What is left is in no view; a disk that is full now does not
    // keep the pool closed.
    private static async Task FinishRemovalAsync(Pool pool, CancellationToken cancellation)
    {
        try
        {
            _ = await new Compaction(pool, new CompactOptions()).RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (MemoryEngineException e)
        {
            pool.Note($"What was purged is recalled no more, but its bytes could not all be removed: {e.Message} 'compact' tries again.");
        }
    }

    // A directory is a pool when it has a journal; it may become one when it holds nothing but what making one leaves.
    private static bool Examine(IFileSystem files, PoolPaths paths)
    {
        if (files.FileExists(paths.Root))
            throw new MemoryEngineException(ErrorCode.NotAPool, $"{paths.Root} is a file, not a pool. A pool is a directory.");
        if (!files.DirectoryExists(paths.Root)) return false;
        var names = files.List(paths.Root);
        var hasJournal = files.DirectoryExists(paths.Journal) && JournalReader.Numbers(files, paths.Journal).Count > 0;
        if (hasJournal) return true;
        if (HoldsDerived(files, paths)) throw LostJournal(paths, "no journal file");
        string[] own = [paths.Lock, paths.GitIgnore, paths.Journal, paths.Records, paths.Segments, paths.Manifests, paths.Evidence];
        var parts = own.Select(Path.GetFileName).ToHashSet();
        if (names.FirstOrDefault(n => !parts.Contains(n)) is { } stranger)
        {
            throw new MemoryEngineException(
                ErrorCode.NotAPool,
                $"{paths.Root} is not a pool: it holds '{stranger}' and no journal. Nothing was changed; name an empty or new directory.");
        }
        return false;
    }

    private static CorruptionException LostJournal(PoolPaths paths, string found) =>
        new(paths.Journal, 0, "the journal of the pool whose records and manifests are here", found);

    private static bool HoldsDerived(IFileSystem files, PoolPaths paths) =>
        HoldsFiles(files, paths.Records) || HoldsFiles(files, paths.Segments) || HoldsFiles(files, paths.Manifests)
        || HoldsFiles(files, paths.Evidence);

    private static bool HoldsFiles(IFileSystem files, string directory) =>
        files.DirectoryExists(directory) && files.List(directory).Count > 0;

    /// <summary>What the pool's lock file says; null when nobody has ever owned the pool, or has only just begun to.</summary>
    public static PoolOwner? FindOwner(IFileSystem files, PoolPaths paths)
    {
        try
        {
            var content = files.ReadLockOwner(paths.Lock);
            return content.Length == 0 ? null : JsonSerializer.Deserialize(content, OwnerJson.Default.PoolOwner);
        }
        catch (JsonException)
        {
            // The owner is between taking the lock and writing its name.
            return null;
        }
    }

    private static MemoryEngineException Busy(IFileSystem files, PoolPaths paths)
    {
        var owner = FindOwner(files, paths) is { } o
            ? $"process {o.Pid} ({o.Name}) on {o.Machine}, since {o.Since:u}"
            : "a process that has just opened it";
        return new MemoryEngineException(
            ErrorCode.PoolBusy,
            $"The pool {paths.Root} is owned by {owner}. One process owns a pool at a time: close it there, or open it here with ReadOnly.");
    }

    private static Pool OpenLocked(PoolPaths paths, MemoryStoreOptions options, IDisposable poolLock, CancellationToken cancellation)
    {
        var files = options.Files;
        // Examined again: another process may have made or filled the pool before the lock was ours.
        var isThere = Examine(files, paths);
        if (isThere && IsUnborn(files, paths))
        {
            if (HoldsDerived(files, paths)) throw LostJournal(paths, "no event");
            isThere = false;
        }
        if (!isThere) Create(paths, options);
        cancellation.ThrowIfCancellationRequested();
        var bodies = new JournalBodies(files, paths.Journal);
        Recovery? recovery = null;
        JournalWriter? journal = null;
        try
        {
            var scan = Replay(paths, options, bodies, withRecords: true, out recovery, out var evidence);
            journal = JournalWriter.Open(files, paths.Journal, scan, options.JournalFileBytes, options.Clock);
            return new Pool(options, paths, recovery, evidence, Born(recovery, paths), scan, bodies, journal, poolLock);
        }
        catch
        {
            journal?.Dispose();
            recovery?.Records?.Dispose();
            bodies.Dispose();
            throw;
        }
    }

    private static Pool OpenReadOnly(PoolPaths paths, MemoryStoreOptions options, CancellationToken cancellation)
    {
        // The owner may be writing its last batch while it is read: what looks damaged then is whole a moment later.
        const int Attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var bodies = new JournalBodies(options.Files, paths.Journal);
            try
            {
                // Held open before they are read: when the owner rewrites one, its frames stay where they were found.
                foreach (var file in JournalReader.Numbers(options.Files, paths.Journal)) bodies.Hold(file);
                var scan = Replay(paths, options, bodies, withRecords: false, out var recovery, out var evidence);
                return new Pool(options, paths, recovery, evidence, Born(recovery, paths), scan, bodies, null, null);
            }
            catch (MemoryEngineException e)
            {
                bodies.Dispose();
                // Or a file of the last checkpoint was there when the directory was read, and is gone.
                if (attempt == Attempts || e.Code is not (ErrorCode.Corruption or ErrorCode.Storage)) throw;
            }
        }
    }

    // One reading of the journal feeds what is derived of memories and of evidence.
    private static JournalScan Replay(
        PoolPaths paths, MemoryStoreOptions options, JournalBodies bodies, bool withRecords, out Recovery recovery, out PoolEvidence evidence)
    {
        evidence = PoolEvidence.Begin(options, paths, bodies);
        recovery = new Recovery(options.Files, paths, options.RecordMemoryBytes, options.IdempotencyRetention, evidence.Visit);
        var scan = recovery.Run(withRecords);
        if (evidence.CheckpointSequence > scan.LastSequence)
        {
            recovery.Records?.Dispose();
            throw new CorruptionException(
                Path.Combine(paths.Journal, JournalFormat.FileName(scan.LastFile)),
                scan.EndOffset,
                $"events up to sequence {evidence.CheckpointSequence}, which the checkpoint of the evidence has seen",
                $"the journal's end at sequence {scan.LastSequence}");
        }
        evidence.Settle();
        if (evidence.Note is { } note) recovery.Notes.Add(note);
        return scan;
    }

    private static PoolCreatedEvent Born(Recovery recovery, PoolPaths paths) => recovery.Created
        ?? throw new CorruptionException(paths.Journal, 0, "the pool's creation as its first event", "other events");

    // Its maker died before the first event: the files are there and hold nothing. What has grown beyond the room of a few
    // events need not be read for that.
    private static bool IsUnborn(IFileSystem files, PoolPaths paths)
    {
        const long RoomOfFirstEvents = 1 << 20;
        if (JournalReader.Numbers(files, paths.Journal) is not [1]) return false;
        using (var first = files.Open(Path.Combine(paths.Journal, JournalFormat.FileName(1)), FileOpening.Read))
            if (first.Length > RoomOfFirstEvents) return false;
        return JournalReader.Scan(files, paths.Journal, static (in _) => { }).LastSequence == 0;
    }

    private static void Create(PoolPaths paths, MemoryStoreOptions options)
    {
        var files = options.Files;
        files.CreateDirectory(paths.Journal);
        files.CreateDirectory(paths.Segments);
        files.CreateDirectory(paths.Manifests);
        WriteIgnore(files, paths);
        SyncNames(files, paths.Root);
        var poolId = Guid.CreateVersion7(options.Clock.GetUtcNow());
        using (var journal = JournalWriter.Create(files, paths.Journal, poolId, options.JournalFileBytes, options.Clock))
        {
            var created = PoolCreatedEvent.New(poolId, Records.RecordCodec.Microseconds(options.Clock.GetUtcNow()));
            journal.Append(EventType.PoolCreated, created.Encode());
            var hasTextSpace = options.Embedder is not null || options.LexicalOnly
                || options.Spaces.Any(s => s.Name == VectorSpace.TextSpace);
            if (!hasTextSpace)
                journal.Append(EventType.SpaceDeclared, new SpaceDeclaredEvent(0, Index.HashingEmbedder.Space).Encode());
            journal.Write();
            journal.Sync();
        }
    }

    /// <summary>A pool is nothing to put under version control.</summary>
    public static void WriteIgnore(IFileSystem files, PoolPaths paths)
    {
        using var ignore = files.Open(paths.GitIgnore, FileOpening.OpenOrCreate);
        ignore.Write(0, System.Text.Encoding.UTF8.GetBytes(IgnoreAll));
    }

    // A name is durable once its directory is synced. The directories above the pool may be as new as the pool, and made
    // by one who died before syncing them, so all are synced before the first event: a pool that is born is there to stay.
    public static void SyncNames(IFileSystem files, string root)
    {
        for (var directory = root; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            try
            {
                files.SyncDirectory(directory);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.ReadOnly)
            {
                // Where we may not even look, we have made nothing, and above it neither.
                return;
            }
        }
    }

    private static async Task DeclareSpacesAsync(Pool pool, CancellationToken cancellation)
    {
        var options = pool.Options;
        var stored = pool.Table.Spaces.Find(VectorSpace.TextSpace);
        if (!options.LexicalOnly && stored is not null && options.Spaces.All(s => s.Name != VectorSpace.TextSpace))
            EnsureSameEmbedder(stored.Space, options, pool.Paths.Root);
        foreach (var space in options.Spaces)
        {
            var known = pool.Table.Spaces.Find(space.Name);
            if (known is not null) SpaceRules.EnsureSame(known.Space, space, pool.Paths.Root);
            else if (!options.ReadOnly) await pool.CommitAsync(new PendingSpace(pool, space), cancellation).ConfigureAwait(false);
        }
        // A pool that was made without an embedder gets the built-in one's space when it is first opened with it.
        var wantsBuiltIn = stored is null && options is { Embedder: null, LexicalOnly: false, ReadOnly: false }
            && options.Spaces.All(s => s.Name != VectorSpace.TextSpace);
        if (wantsBuiltIn && pool.Table.Rows.Count == 0)
            await pool.CommitAsync(new PendingSpace(pool, Index.HashingEmbedder.Space), cancellation).ConfigureAwait(false);
    }

    private static void EnsureSameEmbedder(VectorSpace stored, MemoryStoreOptions options, string root)
    {
        var asked = Index.HashingEmbedder.Space;
        if (options.Embedder is not null)
        {
            var (id, revision) = TextEmbedder.IdentityOf(options);
            asked = stored with { EmbedderId = id, EmbedderRevision = revision };
        }
        SpaceRules.EnsureSame(stored, asked, root);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(PoolOwner))]
internal sealed partial class OwnerJson : System.Text.Json.Serialization.JsonSerializerContext;
