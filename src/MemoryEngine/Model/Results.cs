namespace MemoryEngine;

/// <summary>What remembering did.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Version">Its current version.</param>
/// <param name="Outcome">What changed.</param>
/// <param name="Sequence">The journal's sequence of the event; of the original one where nothing changed.</param>
public readonly record struct RememberResult(Guid Id, int Version, RememberOutcome Outcome, long Sequence)
{
    /// <summary>Why the version was stored without a vector of its text, so that only its words find it; null when all was in order.</summary>
    public string? Note { get; init; }
}

/// <summary>Which memories to list. Everything that is null or default lets all through.</summary>
public sealed record ListFilter
{
    /// <summary>Only this domain and below it.</summary>
    public string? Domain { get; init; }

    /// <summary>Only this level.</summary>
    public MemoryLevel? Level { get; init; }

    /// <summary>Only memories in this state; null lists active and forgotten ones.</summary>
    public MemoryState? State { get; init; } = MemoryState.Active;

    /// <summary>Only records behind this one, by <see cref="MemoryVersion.RecordId"/>: a list can be read on from where it was left.</summary>
    public long AfterRecord { get; init; }
}

/// <summary>A pool's figures.</summary>
public sealed record PoolStats
{
    /// <summary>The pool's id.</summary>
    public required Guid PoolId { get; init; }

    /// <summary>Active memories.</summary>
    public required long Memories { get; init; }

    /// <summary>Versions of memories, those of forgotten ones included.</summary>
    public required long Records { get; init; }

    /// <summary>Active memories by level.</summary>
    public required IReadOnlyDictionary<MemoryLevel, long> ByLevel { get; init; }

    /// <summary>Active memories by domain, in ordinal order.</summary>
    public required IReadOnlyDictionary<string, long> ByDomain { get; init; }

    /// <summary>Distinct pairs of domain and task with an active memory.</summary>
    public required long Tasks { get; init; }

    /// <summary>The sequence of the newest event.</summary>
    public required long Sequence { get; init; }

    /// <summary>Bytes of the journal in use.</summary>
    public required long JournalBytes { get; init; }

    /// <summary>Bytes of the record log on disk.</summary>
    public required long RecordBytes { get; init; }

    /// <summary>Bytes of the segments on disk.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>
    /// Active memories that only words find, because the embedder was down or refused them when they were remembered; 0 where
    /// no embedder's vectors are stored.
    /// </summary>
    public required long Unembedded { get; init; }

    /// <summary>Why the embedder is not asked at the moment; null while it answers, and where there is none.</summary>
    public required string? EmbedderProblem { get; init; }

    /// <summary>The vector spaces.</summary>
    public required IReadOnlyList<VectorSpace> Spaces { get; init; }

    /// <summary>Where record bodies lie and where they were read from.</summary>
    public required IReadOnlyList<TierFigures> Tiers { get; init; }

    /// <summary>
    /// <c>ready</c>, <c>degraded</c> (something derived is being read from the journal, or the embedder is down) or
    /// <c>poisoned</c> (read-only after a failed sync).
    /// </summary>
    public required string Health { get; init; }

    /// <summary>What opening found and did, a sentence each; empty when all was in order.</summary>
    public required IReadOnlyList<string> OpeningNotes { get; init; }
}

/// <summary>One storage tier of the record log.</summary>
/// <param name="Tier"><c>mutable</c>, <c>read-only</c> (both in memory) or <c>disk</c>.</param>
/// <param name="Bytes">Bytes of the log in it.</param>
/// <param name="Reads">Bodies read from it since the pool was opened.</param>
public readonly record struct TierFigures(string Tier, long Bytes, long Reads);
