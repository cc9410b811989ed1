using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// Takes checkpoints: a segment of the rows that no segment has, the record log's own, and a manifest that names both. The
/// generation before stays until the next one; whatever no generation needs is deleted. For the applier's thread.
/// </summary>
internal sealed class Checkpoints(IFileSystem files, PoolPaths paths, Guid poolId, Recovery recovery)
{
    private readonly ManifestFiles _manifests = new(files, paths.Manifests);
    private readonly RowTable _table = recovery.Table;
    private int? _number = recovery.Source?.Number;
    private IReadOnlyList<SegmentInfo> _segments = recovery.Source?.Manifest!.Segments ?? [];
    private RecordCheckpoint? _records = recovery.RecordSource;

    /// <summary>Bytes of the newest generation's segments.</summary>
    public long SegmentBytes => Volatile.Read(ref _segments).Sum(s => s.Length);

    /// <summary>Takes one of everything up to the newest event, which is durable.</summary>
    /// <param name="sequence">That event.</param>
    /// <param name="standsAlone">Whether no generation before it stays, since those hold what was removed.</param>
    /// <exception cref="MemoryEngineException">The disk refuses. The generation before is still the newest.</exception>
    public void Take(long sequence, bool standsAlone)
    {
        var before = _segments;
        var segments = WriteSegments();
        var records = recovery.Records!.TakeCheckpoint();
        var manifest = Manifest.Of(poolId, sequence, _table, recovery.Snapshots, recovery.Answers, segments, records) with
        {
            StandsAlone = standsAlone,
        };
        EnsureDirectory(paths.Manifests);
        _number = _manifests.Write(manifest, standsAlone ? null : _number);
        Volatile.Write(ref _segments, segments);
        if (_records is not null) recovery.Records.Retire(_records);
        _records = records;
        recovery.Records.Truncate(records);
        IEnumerable<SegmentInfo> needed = standsAlone ? segments : segments.Concat(before);
        SegmentFiles.Sweep(files, paths.Segments, needed.Select(s => s.Number).ToHashSet(), must: standsAlone);
    }

    private List<SegmentInfo> WriteSegments()
    {
        var stay = SegmentPlan.Stay(_segments, _table.RowCount, _table.CountErased);
        var segments = _segments.Take(stay).ToList();
        var first = segments.Count == 0 ? 0 : segments[^1].EndRow;
        if (first == _table.RowCount) return segments;
        EnsureDirectory(paths.Segments);
        var number = SegmentFiles.Numbers(files, paths.Segments).LastOrDefault() + 1;
        segments.Add(SegmentWriter.Write(files, paths.Segments, number, poolId, _table, first));
        return segments;
    }

    // A pool that an earlier version made has none, and what is derived may be deleted, directory and all.
    private void EnsureDirectory(string directory)
    {
        if (files.DirectoryExists(directory)) return;
        files.CreateDirectory(directory);
        files.SyncDirectory(paths.Root);
    }
}
