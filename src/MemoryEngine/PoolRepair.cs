using System.Text;
using MemoryEngine.Journal;
using MemoryEngine.Repair;
using MemoryEngine.Snapshots;

namespace MemoryEngine;

/// <summary>
/// Makes a new pool of everything in a damaged one that can be proven intact, and a list of what cannot. The damaged pool
/// is read and nothing else. A new pool that is not finished is refused by whoever opens it.
/// </summary>
internal static class PoolRepair
{
    /// <summary>Stands in a target while it is made. A directory that holds it and no whole journal is no pool.</summary>
    public const string UnfinishedName = "UNFINISHED-REPAIR";

    private const string Unfinished = "A repair that did not end was to make a pool here. Delete this directory and repair again.\n";
    private const string Removals =
        "Among the lost events may be removals: what they had forgotten, purged or rolled back is back in the new pool. " +
        "The list of what is lost says where that can be.";

    public static async Task<RepairReport> RunAsync(string from, string to, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var (source, target) = (new PoolPaths(Path.GetFullPath(from)), new PoolPaths(Path.GetFullPath(to)));
        CheckPlaces(options, source, target);
        var report = await Task.Run(() => Write(source, target, options, cancellation), cancellation).ConfigureAwait(false);
        var opening = new MemoryStoreOptions
        {
            Files = options.Files,
            Clock = options.Clock,
            RecordMemoryBytes = options.RecordMemoryBytes,
            OwnerName = options.OwnerName,
            CreateIfMissing = false,
            LexicalOnly = true,
        };
        var check = await MemoryStore.CheckAsync(target.Root, opening, cancellation).ConfigureAwait(false);
        if (!check.Ok) return report with { Check = check };
        using var pool = await PoolOpening.OpenAsync(target.Root, opening, cancellation).ConfigureAwait(false);
        return report with { Check = check, Memories = pool.Table.Current.Live.Count };
    }

    /// <summary>Everything that is damaged in the journal of a pool that does not open, and what of it could be saved. Writes nothing.</summary>
    public static IReadOnlyList<CheckProblem> Examine(PoolPaths paths, MemoryStoreOptions options)
    {
        using var held = Hold(paths, options, out _);
        using var found = RepairSource.Read(options.Files, paths, options.Clock);
        var draft = RepairPlan.Make(found, options.Files, paths);
        return DamageReport.Of(found, draft, LossList.Of(draft, found.Through));
    }

    private static void CheckPlaces(MemoryStoreOptions options, PoolPaths source, PoolPaths target)
    {
        var files = options.Files;
        string[] parts = [source.Journal, source.Records, source.Manifests];
        if (!parts.Any(p => files.DirectoryExists(p) && files.List(p).Count > 0))
            throw new MemoryEngineException(ErrorCode.PoolNotFound, $"There is no pool at {source.Root}: no journal, no records and no manifests.");
        if (files.FileExists(target.Root) || (files.DirectoryExists(target.Root) && files.List(target.Root).Count > 0))
        {
            throw new MemoryEngineException(
                ErrorCode.Conflict, $"{target.Root} is there already and is not empty. Nothing was changed; name a new or empty directory.");
        }
        var inside = Path.TrimEndingDirectorySeparator(source.Root) + Path.DirectorySeparatorChar;
        if ((target.Root + Path.DirectorySeparatorChar).StartsWith(inside, StringComparison.Ordinal))
            throw new ArgumentException($"{target.Root} lies in the damaged pool, which is not changed: name another directory.", nameof(target));
    }

    private static RepairReport Write(PoolPaths source, PoolPaths target, MemoryStoreOptions options, CancellationToken cancellation)
    {
        using var held = Hold(source, options, out var note);
        using var found = RepairSource.Read(options.Files, source, options.Clock);
        cancellation.ThrowIfCancellationRequested();
        var draft = RepairPlan.Make(found, options.Files, source);
        if (!draft.Events.Any(e => e.IsOriginal && e.Type != EventType.Dropped))
        {
            throw new CorruptionException(
                source.Journal, 0, "anything that can be proven to be as it was written", "nothing; no new pool was made");
        }
        cancellation.ThrowIfCancellationRequested();
        WritePool(target, found, draft, options);
        var lost = LossList.Of(draft, found.Through);
        List<string> notes = [.. found.Notes, .. draft.Notes];
        if (note is not null) notes.Add(note);
        if (lost.Count > 0) notes.Add(Removals);
        return new RepairReport
        {
            PoolId = found.PoolId,
            To = target.Root,
            Kept = draft.Events.LongCount(e => e.IsOriginal && e.Type != EventType.Dropped),
            Lost = lost,
            Memories = 0,
            Versions = draft.Events.LongCount(e => e.Type == EventType.Remembered),
            Problems = DamageReport.Of(found, draft, lost),
            Notes = notes,
            Check = new CheckReport(0, []),
        };
    }

    // An owner has made the lock's file, so where there is none, nobody has the pool open.
    private static IDisposable? Hold(PoolPaths source, MemoryStoreOptions options, out string? note)
    {
        note = null;
        if (!options.Files.FileExists(source.Lock)) return null;
        try
        {
            return PoolOpening.Lock(source, options);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.ReadOnly)
        {
            note = "The damaged pool lies where nothing can be written, so no lock was taken: whoever wrote there meanwhile was not kept from it.";
            return null;
        }
    }

    private static void WritePool(PoolPaths target, RepairSource found, EventDraft draft, MemoryStoreOptions options)
    {
        var files = options.Files;
        var marker = Path.Combine(target.Root, UnfinishedName);
        files.CreateDirectory(target.Root);
        using (var file = files.Open(marker, Storage.FileOpening.CreateNew))
        {
            file.Write(0, Encoding.UTF8.GetBytes(Unfinished));
            file.Sync();
        }
        // Nothing that could be taken for the beginnings of a pool is there before the mark is.
        files.SyncDirectory(target.Root);
        files.CreateDirectory(target.Journal);
        PoolOpening.WriteIgnore(files, target);
        PoolOpening.SyncNames(files, target.Root);
        var builder = new JournalBuilder(files, target.Journal, found.PoolId, options.JournalFileBytes, options.Clock);
        _ = builder.Build(visit => Visit(draft, visit), EventDraft.RecordIdOf, found.Through);
        files.Delete(marker);
        files.SyncDirectory(target.Root);
    }

    private static void Visit(EventDraft draft, JournalVisitor visit)
    {
        foreach (var e in draft.Events) visit(new JournalFrame(e.Sequence, e.Type, draft.Payload(e), default, e.Sequences));
    }
}
