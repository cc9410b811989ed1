using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Snapshots;

/// <summary>
/// What an opening begins with: the newest generation, a manifest and its segments, of which every byte checks out, or
/// nothing. Each that does not is said in a note.
/// </summary>
internal sealed class KeptState
{
    private const string Outdated = "its words are of an earlier analysis";

    private KeptState()
    {
    }

    /// <summary>The generation's manifest and its number; null when the journal alone has to do.</summary>
    public ManifestFile? Source { get; private init; }

    /// <summary>The newest manifest that checks out, whatever its segments: its record checkpoint is tried.</summary>
    public Manifest? Newest { get; private init; }

    public RowTable Table { get; private init; } = new();

    public SnapshotTable Snapshots { get; private init; } = new();

    /// <summary>What is in the state already; 0 when nothing is.</summary>
    public long Sequence => Source?.Manifest!.Sequence ?? 0;

    /// <summary>Nothing but the record checkpoint, when the journal says otherwise than the manifest.</summary>
    public KeptState WithoutRows() => new() { Newest = Newest };

    public static KeptState Load(IFileSystem files, PoolPaths paths, Guid? poolId, List<string> notes)
    {
        Manifest? newest = null;
        foreach (var file in new ManifestFiles(files, paths.Manifests).Read())
        {
            var problem = file.Problem;
            if (file.Manifest is { } manifest)
            {
                var isForeign = poolId is { } id && manifest.PoolId != id;
                if (!isForeign) newest ??= manifest;
                if (!isForeign && !manifest.HasRows) continue;
                var (table, snapshots) = (new RowTable(), new SnapshotTable());
                problem = isForeign ? $"it belongs to pool {manifest.PoolId}" : TryFill(files, paths, manifest, table, snapshots);
                if (problem is null) return new KeptState { Source = file, Newest = newest, Table = table, Snapshots = snapshots };
            }
            if (problem != Outdated) notes.Add($"Manifest {file.Path} is not used: {problem}. Opening takes longer; nothing is lost.");
        }
        return new KeptState { Newest = newest };
    }

    // Null when all of it is there. What an earlier version has indexed in its way is no problem: the next checkpoint has it anew.
    private static string? TryFill(IFileSystem files, PoolPaths paths, Manifest manifest, RowTable table, SnapshotTable snapshots)
    {
        foreach (var (id, space) in manifest.Spaces.Index()) table.Spaces.Declare(id, space);
        if (manifest.Learned is { } learned)
        {
            try
            {
                table.Spaces.Serving = SegmentStore.Load(files, paths.Segments, learned);
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Corruption or ErrorCode.Storage)
            {
                return $"the learned model {SegmentFiles.ModelPathOf(paths.Segments, learned.Number)} cannot be: {e.Message}";
            }
        }
        foreach (var segment in manifest.Segments)
        {
            try
            {
                using var reader = SegmentReader.Open(files, SegmentFiles.PathOf(paths.Segments, segment.Number));
                reader.EnsureIs(segment, manifest.PoolId);
                if (!reader.IsOfThisAnalysis) return Outdated;
                reader.Load(table);
                table.Parts.AddKept(Segment.Open(files, paths.Segments, manifest.PoolId, segment, table.Spaces));
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Corruption or ErrorCode.Storage)
            {
                return $"segment {SegmentFiles.PathOf(paths.Segments, segment.Number)} cannot be: {e.Message}";
            }
        }
        foreach (var (row, events) in manifest.Lives) table.SetLife(row, events);
        foreach (var id in manifest.Purged) table.AddPurged(id);
        foreach (var snapshot in manifest.Snapshots) snapshots.Add(snapshot);
        table.Settle(manifest.Past, manifest.PresentFrom, manifest.Live);
        return null;
    }
}
