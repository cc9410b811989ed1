using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// Takes checkpoints: segments of the rows that no segment has, the record log's own, and a manifest that names both. The
/// generation before stays until the next one; whatever no generation needs is deleted. For the applier's thread.
/// </summary>
internal sealed class Checkpoints(IFileSystem files, PoolPaths paths, Guid poolId, Recovery recovery, SegmentStore store)
{
    private readonly ManifestFiles _manifests = new(files, paths.Manifests);
    private int? _number = recovery.Source?.Number;
    private Manifest? _newest = recovery.Source?.Manifest;
    private RecordCheckpoint? _records = recovery.RecordSource;

    /// <summary>Bytes of the newest generation's segments.</summary>
    public long SegmentBytes => Volatile.Read(ref _newest)?.Segments.Sum(s => s.Bytes) ?? 0;

    /// <summary>Takes one of everything up to the newest event, which is durable.</summary>
    /// <param name="sequence">That event.</param>
    /// <param name="standsAlone">Whether no generation before it stays, since those hold what was removed.</param>
    /// <exception cref="MemoryEngineException">The disk refuses. The generation before is still the newest.</exception>
    public void Take(long sequence, bool standsAlone)
    {
        store.SealAll();
        // A row that holds nothing must hold nothing in the segments that a manifest names, or it would come back.
        store.RewriteErased();
        store.AbsorbAll();
        store.MergeSmall();
        var before = _newest;
        var records = recovery.Records!.TakeCheckpoint();
        var manifest = Manifest.Of(poolId, sequence, recovery.Table, recovery.Snapshots, recovery.Answers, store.Infos(), records) with
        {
            StandsAlone = standsAlone,
        };
        if (!files.DirectoryExists(paths.Manifests))
        {
            // What is derived may be deleted, directory and all.
            files.CreateDirectory(paths.Manifests);
            files.SyncDirectory(paths.Root);
        }
        _number = _manifests.Write(manifest, standsAlone ? null : _number);
        Volatile.Write(ref _newest, manifest);
        if (_records is not null) recovery.Records.Retire(_records);
        _records = records;
        recovery.Records.Truncate(records);
        var needed = manifest.FileNames().ToHashSet();
        if (!standsAlone && before is not null) needed.UnionWith(before.FileNames());
        store.Sweep(needed, must: standsAlone);
    }
}
