using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine.Snapshots;

/// <summary>What has happened to a row since its birth; see <see cref="RowTable.LifeOf"/>.</summary>
internal readonly record struct RowLife(int Row, long[] Events);

/// <summary>
/// What has been materialised, up to which sequence: the segments, and beside them whatever changes. With it an opening
/// decodes only the events that follow.
/// </summary>
internal sealed record Manifest
{
    public required Guid PoolId { get; init; }

    /// <summary>Everything up to this event is in it, nothing after it is.</summary>
    public required long Sequence { get; init; }

    /// <summary>False in a manifest of a format before 3: of such a one the record log and the answers are used alone.</summary>
    public bool HasRows { get; init; } = true;

    /// <summary>Whether those before it are to be deleted, since they hold what was removed.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>What counts of the events before <see cref="PresentFrom"/>.</summary>
    public View Past { get; init; } = View.Empty;

    /// <summary>From here on every event counts.</summary>
    public long PresentFrom { get; init; } = 1;

    /// <summary>The rows that are live with that.</summary>
    public LiveRows Live { get; init; }

    public IReadOnlyList<VectorSpace> Spaces { get; init; } = [];

    /// <summary>What was learned from the texts, if it serves.</summary>
    public LearnedInfo? Learned { get; init; }

    public IReadOnlyList<NamedView> Snapshots { get; init; } = [];

    /// <summary>Memories that are gone for good.</summary>
    public IReadOnlyList<Guid> Purged { get; init; } = [];

    /// <summary>Rows that have more than a birth, ascending.</summary>
    public IReadOnlyList<RowLife> Lives { get; init; } = [];

    /// <summary>In the order of their rows, without gaps.</summary>
    public IReadOnlyList<SegmentInfo> Segments { get; init; } = [];

    /// <summary>What opens the record log.</summary>
    public required RecordCheckpoint Records { get; init; }

    public IReadOnlyList<IdempotentAnswer> Answers { get; init; } = [];

    public int RowCount => Segments.Count == 0 ? 0 : Segments[^1].EndRow;

    /// <summary>The names of the files in the directory of segments that it needs.</summary>
    public IEnumerable<string> FileNames()
    {
        foreach (var name in Segments.SelectMany(SegmentFiles.NamesOf)) yield return name;
        if (Learned is { } learned) yield return Path.GetFileName(SegmentFiles.ModelPathOf("", learned.Number));
    }

    /// <summary>Describes a table whose rows are all in segments.</summary>
    public static Manifest Of(
        Guid poolId, long sequence, RowTable table, SnapshotTable snapshots, IdempotencyTable answers,
        IReadOnlyList<SegmentInfo> segments, RecordCheckpoint records)
    {
        var lives = new List<RowLife>();
        for (var row = 0; row < table.RowCount; row++)
            if (table.LifeOf(row) is { } events) lives.Add(new RowLife(row, events));
        var (past, presentFrom) = table.Present;
        return new Manifest
        {
            PoolId = poolId,
            Sequence = sequence,
            Past = past,
            PresentFrom = presentFrom,
            Live = table.Live,
            Spaces = [.. Enumerable.Range(0, table.Spaces.Count).Select(i => table.Spaces[i].Space)],
            Learned = table.Spaces.Serving?.File,
            Snapshots = snapshots.All,
            Purged = [.. table.Purged],
            Lives = lives,
            Segments = segments,
            Records = records,
            Answers = answers.Standing(),
        };
    }
}
