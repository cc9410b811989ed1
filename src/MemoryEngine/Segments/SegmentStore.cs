using MemoryEngine.Storage;

namespace MemoryEngine.Segments;

/// <summary>
/// Makes segments of what is in memory, larger ones of small ones, and their graphs. Readers never wait for it: they see the
/// parts before or those after. Which files are needed is for the manifests to say, so none is deleted here.
/// </summary>
internal sealed partial class SegmentStore(IFileSystem files, string directory, Guid poolId, RowTable table, SegmentLimits limits, Action pause)
{
    private readonly Lock _sealing = new();
    private readonly Lock _merging = new();
    private readonly SegmentGraphs _graphs = new(files, directory, limits, pause);
    private readonly Lock _numbering = new();
    private readonly HashSet<int> _underWay = [];
    private volatile CancellationTokenSource _merge = new();
    private volatile bool _closing;
    private int _lastNumber = SegmentFiles.LastNumber(files, directory);

    /// <summary>Vectors that have to be compared one by one until their graph is there.</summary>
    public long UnindexedVectors =>
        table.Parts.Current.Segments.SelectMany(s => s.All).Where(_graphs.IsMissing).Sum(v => (long)v.Count);

    /// <summary>Makes a segment of all rows that no segment has. For the applier.</summary>
    public void SealAll()
    {
        table.Parts.Freeze(table.RowCount);
        while (SealFrozen())
        {
            // Until none is left.
        }
    }

    /// <summary>The segments, which hold every row that is in no memtable: what stands in for a damaged one is written first.</summary>
    public SegmentInfo[] Infos()
    {
        while (true)
        {
            // A reader may meet damage at any time.
            if (table.Parts.Current is { Mended: [] } parts) return [.. parts.Segments.Select(s => s.Info)];
            _ = WriteMended();
        }
    }

    /// <summary>Makes a segment of the rows whose memtables are frozen; false when there are none.</summary>
    public bool SealFrozen()
    {
        lock (_sealing)
        {
            var parts = table.Parts.Current;
            // One at a time: rows of one memtable have vectors in the same spaces.
            if (parts.Memtables is not [var oldest, var next, ..]) return false;
            WriteAndReplace(oldest.FirstRow, next.FirstRow - oldest.FirstRow, static segment =>
            {
                foreach (var vectors in segment.All.Where(v => v.WantsCodes)) vectors.Encode();
            });
            return true;
        }
    }

    /// <summary>Makes a segment of rows that stand in for a damaged one; false when there are none.</summary>
    public bool WriteMended()
    {
        lock (_sealing)
        {
            if (table.Parts.Current.Mended is not [var mended, ..]) return false;
            WriteAndReplace(mended.FirstRow, mended.EndRow - mended.FirstRow);
            return true;
        }
    }

    /// <summary>Merges what is so small that it takes no time, unless a larger merge is under way. For the applier.</summary>
    public void MergeSmall()
    {
        if (!_merging.TryEnter()) return;
        try
        {
            while (PlanOf(table.Parts.Current) is { } merged && RowsOf(merged) <= limits.SealRows)
                WriteAndReplace(merged[0].FirstRow, RowsOf(merged));
        }
        finally
        {
            _merging.Exit();
        }
    }

    /// <summary>
    /// Makes one segment of several neighbours where <see cref="SegmentPlan"/> says so, with its graphs; false when it does not,
    /// or says what the next checkpoint does in passing.
    /// </summary>
    /// <exception cref="OperationCanceledException">Something more urgent came, or the pool closes.</exception>
    public bool MergeOnce()
    {
        lock (_merging)
        {
            if (PlanOf(table.Parts.Current) is not { } merged || RowsOf(merged) <= limits.SealRows) return false;
            _merge.Token.ThrowIfCancellationRequested();
            WriteAndReplace(merged[0].FirstRow, RowsOf(merged), segment =>
            {
                foreach (var vectors in segment.All.Where(_graphs.IsMissing))
                {
                    var largest = merged.Select(s => s.Vectors(vectors.Info.Space)).OfType<SegmentVectors>().Where(v => v.Index is not null)
                        .MaxBy(v => v.Count);
                    _graphs.Provide(vectors, segment.Number, largest, _merge.Token);
                }
            });
            return true;
        }
    }

    /// <summary>Makes codes of vectors that have no graph and none in a file; false when there is nothing to do.</summary>
    public bool EncodeOnce()
    {
        var epoch = table.Parts.Readers.Enter();
        try
        {
            foreach (var vectors in table.Parts.Current.Segments.SelectMany(s => s.All))
            {
                if (!vectors.WantsCodes || vectors.Info.GraphLength > 0) continue;
                vectors.Encode();
                return true;
            }
            return false;
        }
        finally
        {
            table.Parts.Readers.Exit(epoch);
        }
    }

    /// <summary>Gives the largest vectors that lack their graph one; false when none does.</summary>
    /// <exception cref="OperationCanceledException">Something more urgent came, or the pool closes.</exception>
    public bool IndexOnce()
    {
        lock (_merging)
        {
            var missing = table.Parts.Current.Segments.SelectMany(s => s.All.Select(v => (s.Number, Vectors: v)))
                .Where(v => _graphs.IsMissing(v.Vectors)).ToList();
            if (missing.Count == 0) return false;
            var (number, vectors) = missing.MaxBy(v => v.Vectors.Count);
            using var _ = Begin(number);
            _graphs.Provide(vectors, number, null, _merge.Token);
            if (vectors.TakeCodes() is { } codes)
            {
                table.Parts.Readers.WaitForReaders();
                codes.Dispose();
            }
            return true;
        }
    }

    /// <summary>Loads a graph that lies in its file; false when there is none to load.</summary>
    public bool LoadOnce()
    {
        lock (_merging)
        {
            foreach (var segment in table.Parts.Current.Segments)
                foreach (var vectors in segment.All)
                    if (_graphs.IsMissing(vectors) && vectors.Info.GraphLength > 0)
                    {
                        if (!_graphs.TryLoad(vectors, segment.Number, vectors.Info.GraphLength)) vectors.Refuse();
                        return true;
                    }
            return false;
        }
    }

    /// <summary>Checks a block that nobody has touched yet; false when there is none left. For one thread.</summary>
    /// <exception cref="CorruptionException">It is damaged. The next call goes on behind it.</exception>
    public bool ScrubOnce()
    {
        var epoch = table.Parts.Readers.Enter();
        try
        {
            return table.Parts.Current.Segments.Any(s => s.VerifyNext());
        }
        finally
        {
            table.Parts.Readers.Exit(epoch);
        }
    }

    /// <summary>Writes anew what holds rows that were erased since it was written.</summary>
    public void RewriteErased()
    {
        if (!table.Parts.Current.Segments.Any(HoldsErased)) return;
        _ = InsteadOfMerging(() =>
        {
            foreach (var segment in table.Parts.Current.Segments.Where(HoldsErased)) WriteAndReplace(segment.FirstRow, segment.Rows);
            return true;
        });
    }

    /// <summary>Puts rows in the place of a damaged segment, which no merge reads then; false when it is not there any more.</summary>
    public bool TryMend(Segment damaged, Memtable rows, IReadOnlyList<LaterVector> later, Action tell) =>
        InsteadOfMerging(() => table.Parts.TryMend(damaged, rows, later, tell));

    /// <summary>Deletes the files that neither a manifest needs nor anybody here.</summary>
    /// <param name="needed">The names of those that manifests need.</param>
    /// <param name="must">Whether failing to is an error, since they hold what was removed.</param>
    public void Sweep(HashSet<string> needed, bool must)
    {
        int last;
        HashSet<int> underWay;
        lock (_numbering)
        {
            // A file with a larger number is written after this.
            (last, underWay) = (_lastNumber, [.. _underWay]);
            needed.UnionWith(table.Parts.Current.Segments.SelectMany(s => SegmentFiles.NamesOf(s.Info)));
            needed.UnionWith(LearnedFiles());
        }
        SegmentFiles.Sweep(files, directory, (name, number) => number > last || underWay.Contains(number) || needed.Contains(name), must);
    }

    /// <summary>Ends a merge that is under way, and lets none begin.</summary>
    public void Close()
    {
        _closing = true;
        _merge.Cancel();
    }

    // Whatever merge is under way begins anew.
    private bool InsteadOfMerging(Func<bool> work)
    {
        _merge.Cancel();
        lock (_merging)
        {
            if (!_closing) _merge = new CancellationTokenSource();
            return work();
        }
    }

    private bool HoldsErased(Segment segment) => table.CountErased(segment.FirstRow, segment.Rows) != segment.ErasedRows;

    private static int RowsOf(Segment[] neighbours) => neighbours[^1].EndRow - neighbours[0].FirstRow;

    // What is mended has its place among the segments: it is written first. And while segments are being given vectors, one after
    // the other, they stay as they are.
    private Segment[]? PlanOf(SearchParts parts)
    {
        if (parts.Mended.Length > 0 || table.Spaces.Growing is not null) return null;
        return SegmentPlan.Next([.. parts.Segments.Select(s => s.Rows)]) is { } range ? parts.Segments[range] : null;
    }

    private void WriteAndReplace(int first, int rows, Action<Segment>? prepare = null)
    {
        EnsureDirectory();
        using var underWay = Begin(null);
        var number = underWay.Number;
        Segment? segment = null;
        try
        {
            var info = SegmentWriter.Write(files, directory, number, poolId, table, first, rows);
            segment = Segment.Open(files, directory, poolId, info, table.Spaces);
            prepare?.Invoke(segment);
            if (!table.Parts.TryReplace(segment)) throw new InvalidOperationException($"No parts have the rows {first} to {first + rows}.");
        }
        catch
        {
            segment?.Dispose();
            throw;
        }
    }

    // A pool that an earlier version made has none, and what is derived may be deleted, directory and all.
    private void EnsureDirectory()
    {
        if (files.DirectoryExists(directory)) return;
        files.CreateDirectory(directory);
        files.SyncDirectory(Path.GetDirectoryName(directory)!);
    }

    private IEnumerable<string> LearnedFiles()
    {
        foreach (var learned in new[] { table.Spaces.Serving, table.Spaces.Growing })
            if (learned?.File is { } file) yield return Path.GetFileName(SegmentFiles.ModelPathOf("", file.Number));
    }

    // The files of a number are nobody's to delete while this is held.
    private UnderWay Begin(int? number)
    {
        lock (_numbering)
        {
            var given = number ?? ++_lastNumber;
            _ = _underWay.Add(given);
            return new UnderWay(this, given);
        }
    }

    private sealed class UnderWay(SegmentStore store, int number) : IDisposable
    {
        public int Number => number;

        public void Dispose()
        {
            lock (store._numbering) store._underWay.Remove(number);
        }
    }
}
