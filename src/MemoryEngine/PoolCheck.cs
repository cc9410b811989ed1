using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Storage;

namespace MemoryEngine;

/// <summary>
/// Reads every byte of a pool: the journal strictly, the manifests and segments, and each body in the record log against
/// the journal's.
/// </summary>
internal static class PoolCheck
{
    private const string SlowerOpening = "The next opening replays more of the journal; nothing is lost.";

    public static async Task<CheckReport> RunAsync(string path, MemoryStoreOptions options, CancellationToken cancellation)
    {
        var paths = new PoolPaths(Path.GetFullPath(path));
        var problems = new List<CheckProblem>();
        long bytes = 0;
        foreach (var file in new ManifestFiles(options.Files, paths.Manifests).Read())
        {
            bytes += file.Bytes;
            if (file.Problem is not null) problems.Add(new CheckProblem(file.Path, 0, file.Problem, SlowerOpening));
        }
        bytes += CheckSegments(options.Files, paths.Segments, problems);
        _ = EvidenceFile.Read(options.Files, paths.Evidence, out var evidenceBytes, out var wrong);
        bytes += evidenceBytes;
        if (wrong is not null) problems.Add(new CheckProblem(Path.Combine(paths.Evidence, EvidenceFile.Name), 0, wrong, SlowerOpening));
        try
        {
            // Bodies that the log does not have whole are read from the journal, so a lexical opening needs no embedder.
            var pool = await PoolOpening.OpenAsync(
                path, options with { CreateIfMissing = false, LexicalOnly = true, Spaces = [] }, cancellation).ConfigureAwait(false);
            using (pool)
            {
                bytes += pool.JournalBytes;
                foreach (var note in pool.Notes.Where(n => problems.All(p => !n.Contains(p.File, StringComparison.Ordinal))))
                    problems.Add(new CheckProblem(paths.Root, 0, note, "It has been put right."));
                bytes += await CheckRecordsAsync(pool, problems, cancellation).ConfigureAwait(false);
            }
        }
        catch (CorruptionException e)
        {
            problems.Add(new CheckProblem(
                e.File,
                e.Offset,
                $"expected {e.Expected}, found {e.Found}",
                "The pool does not open: restore it from a backup, or let 'repair' save what can be proven into a new pool."));
            // The strict reader stops at the first; the lenient one goes on to the end.
            problems.AddRange(PoolRepair.Examine(paths, options).Where(p => problems.All(known => (known.File, known.Offset) != (p.File, p.Offset))));
            bytes += JournalReader.Numbers(options.Files, paths.Journal).Sum(n => LengthOf(options.Files, paths.Journal, n));
        }
        return new CheckReport(bytes, problems);
    }

    private static long LengthOf(IFileSystem files, string journal, int number)
    {
        using var file = files.Open(Path.Combine(journal, JournalFormat.FileName(number)), FileOpening.Read);
        return file.Length;
    }

    // Models and graphs have forms of their own. What is unfinished is nobody's.
    private static long CheckOther(IFileSystem files, string path)
    {
        if (SegmentFiles.IsGraph(path)) GraphFile.Read(files, path, null).Dispose();
        else if (!SegmentFiles.IsModel(path)) return 0;
        using var file = files.Open(path, FileOpening.Read);
        var bytes = new byte[SegmentFiles.IsModel(path) ? file.Length : 0];
        if (bytes.Length > 0) _ = LearnedForm.Read(bytes.AsSpan(0, file.Read(0, bytes)), path);
        return file.Length;
    }

    private static long CheckSegments(IFileSystem files, string directory, List<CheckProblem> problems)
    {
        long bytes = 0;
        foreach (var name in SegmentFiles.Names(files, directory))
        {
            try
            {
                if (SegmentFiles.KindOf(name) is not { } kind)
                {
                    bytes += CheckOther(files, Path.Combine(directory, name));
                    continue;
                }
                var (read, wrong) = SegmentReader.Check(files, kind, Path.Combine(directory, name));
                bytes += read;
                problems.AddRange(wrong.Select(Problem));
            }
            catch (CorruptionException e)
            {
                problems.Add(Problem(e));
            }
        }
        return bytes;

        static CheckProblem Problem(CorruptionException e) =>
            new(e.File, e.Offset, $"expected {e.Expected}, found {e.Found}", SlowerOpening);
    }

    private static async Task<long> CheckRecordsAsync(Pool pool, List<CheckProblem> problems, CancellationToken cancellation)
    {
        if (pool.Records is null) return 0;
        long bytes = 0;
        using var journal = new JournalBodies(pool.Options.Files, pool.Paths.Journal);
        for (var row = 0; row < pool.Table.Current.RowCount; row++)
        {
            // What was dropped from the journal has no body to compare.
            if (pool.Table.Rows[row].IsErased) continue;
            using var body = await pool.Records.ReadAsync(row + 1, cancellation).ConfigureAwait(false);
            bytes += body.Span.Length;
            var (position, birth) = (new JournalPosition(pool.Table.Rows[row].Position), pool.Table.Rows[row].Birth);
            var same = body.Status == RecordStatus.Found && body.Span.SequenceEqual(journal.Read(position, birth));
            if (same) continue;
            problems.Add(new CheckProblem(
                pool.Paths.Records,
                0,
                $"record {row + 1} (memory {pool.Table.Rows[row].MemoryId}): {body.Damage ?? body.Status.ToString()}",
                "It is read from the journal instead, more slowly; nothing is lost."));
        }
        return bytes;
    }
}
