using MemoryEngine.Journal;
using MemoryEngine.Snapshots;

namespace MemoryEngine;

/// <summary>
/// Brings a closed pool of an older format to the newest one: the journal file by file, then a checkpoint, so that what is
/// derived is of the newest format too. Interrupted, it is a pool with files of both formats, as one is that goes on being
/// written, and the next upgrade does the rest.
/// </summary>
internal static class PoolUpgrade
{
    public static async Task<UpgradeReport> RunAsync(string path, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var paths = new PoolPaths(Path.GetFullPath(path));
        var opening = options with { CreateIfMissing = false, ReadOnly = false, LexicalOnly = true, Embedder = null, Spaces = [] };
        var report = await Task.Run(() => Rewrite(paths, opening, cancellation), cancellation).ConfigureAwait(false);
        if (!report.Changed) return report;
        using var pool = await PoolOpening.OpenAsync(path, opening, cancellation).ConfigureAwait(false);
        pool.Checkpoint();
        return report with { Notes = [.. report.Notes, .. pool.Notes] };
    }

    private static UpgradeReport Rewrite(PoolPaths paths, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var files = options.Files;
        if (!files.DirectoryExists(paths.Journal) || JournalReader.Numbers(files, paths.Journal).Count == 0)
            throw new MemoryEngineException(ErrorCode.PoolNotFound, $"There is no pool at {paths.Root}. Check the path.");
        using var held = PoolOpening.Lock(paths, options);
        // Read to its end first: a journal that is damaged anywhere is left as it is.
        var firsts = new Dictionary<int, long>();
        var scan = JournalReader.Scan(files, paths.Journal, (in frame) => firsts.TryAdd(frame.Position.File, frame.Sequence));
        var formats = JournalUpgrade.Formats(files, paths.Journal);
        const int Newest = (int)JournalFormat.FormatVersion;
        var old = formats.Where(f => f.Format < Newest && f.Number != scan.SpareFile).ToList();
        if (old.Count == 0) return new UpgradeReport(Newest, Newest, 0, []);
        foreach (var (number, _) in old)
        {
            cancellation.ThrowIfCancellationRequested();
            JournalUpgrade.Rewrite(files, paths.Journal, number, firsts.GetValueOrDefault(number, scan.LastSequence + 1));
        }
        List<string> notes = [];
        if (scan.Torn is { } torn)
        {
            notes.Add(
                $"The last batch in {torn.File} was torn by a crash: cut at offset {torn.Offset}, {torn.Bytes} bytes. " +
                "What a crash tears has not been acknowledged.");
        }
        return new UpgradeReport((int)old.Min(f => f.Format), Newest, old.Count, notes);
    }
}
