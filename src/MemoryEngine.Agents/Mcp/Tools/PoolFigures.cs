using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace MemoryEngine.Agents.Mcp.Tools;

/// <summary>A tool without arguments.</summary>
internal sealed record NoArguments;

internal sealed record PoolFigures
{
    [Description("The pool's id.")]
    public required Guid PoolId { get; init; }

    [Description("ready, indexing (some rows are still scanned), degraded (something is being rebuilt or the embedder is down), or poisoned " +
        "(takes no more writes until it is reopened).")]
    public required string Health { get; init; }

    [AllowedValues("owner", "pipe")]
    [Description("Whether this server owns the pool, or goes through the pipe of the process that does.")]
    public required string Access { get; init; }

    [Description("Active memories.")]
    public required long Memories { get; init; }

    [Description("Versions of memories, those of deleted ones included.")]
    public required long Records { get; init; }

    [Description("Active memories that only words find.")]
    public required long Unembedded { get; init; }

    [Description("Active memories by level: 1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required IReadOnlyDictionary<string, long> ByLevel { get; init; }

    [Description("Active memories by domain, the largest first.")]
    public required IReadOnlyList<DomainCount> Domains { get; init; }

    [Description("How many domains there are; more than are listed in a large pool.")]
    public required int DomainCount { get; init; }

    [Description("Distinct source tasks with an active memory.")]
    public required long Tasks { get; init; }

    [Description("Bytes on disk.")]
    public required long Bytes { get; init; }

    [Description("The snapshots, oldest first.")]
    public required IReadOnlyList<SnapshotMade> Snapshots { get; init; }

    [Description("What opening the pool found, a sentence each.")]
    public required IReadOnlyList<string> Notes { get; init; }

    private const int MostDomains = 30;

    public static PoolFigures Of(PoolStats stats, IReadOnlyList<SnapshotInfo> snapshots, bool isOwner) => new()
    {
        PoolId = stats.PoolId,
        Health = stats.Health,
        Access = isOwner ? "owner" : "pipe",
        Memories = stats.Memories,
        Records = stats.Records,
        Unembedded = stats.Unembedded,
        ByLevel = Enum.GetValues<MemoryLevel>().ToDictionary(l => ((int)l).ToString(), l => stats.ByLevel.GetValueOrDefault(l)),
        Domains =
        [
            .. stats.ByDomain.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).Take(MostDomains)
                .Select(d => new DomainCount { Domain = d.Key, Memories = d.Value }),
        ],
        DomainCount = stats.ByDomain.Count,
        Tasks = stats.Tasks,
        Bytes = stats.JournalBytes + stats.RecordBytes + stats.SegmentBytes,
        Snapshots = [.. snapshots.Select(SnapshotMade.Of)],
        Notes = stats.EmbedderProblem is { } problem ? [.. stats.OpeningNotes, problem] : stats.OpeningNotes,
    };
}

internal sealed record DomainCount
{
    [Description("The domain; empty for memories without one.")]
    public required string Domain { get; init; }

    [Description("Its active memories.")]
    public required long Memories { get; init; }
}
