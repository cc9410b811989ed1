namespace MemoryEngine;

/// <summary>What a repair saved, what it could not, and how it knows.</summary>
public sealed record RepairReport
{
    /// <summary>The pool's id, which the new pool keeps.</summary>
    public required Guid PoolId { get; init; }

    /// <summary>The new pool's directory.</summary>
    public required string To { get; init; }

    /// <summary>Events of the damaged pool that stand in the new one, with the sequences and the bytes that they had.</summary>
    public required long Kept { get; init; }

    /// <summary>Events that are known to have been written and are not in the new pool, in order.</summary>
    public required IReadOnlyList<LostEvents> Lost { get; init; }

    /// <summary>Active memories of the new pool.</summary>
    public required long Memories { get; init; }

    /// <summary>Versions of memories in the new pool, those of the past too.</summary>
    public required long Versions { get; init; }

    /// <summary>Everything in the damaged pool that is not as it was written.</summary>
    public required IReadOnlyList<CheckProblem> Problems { get; init; }

    /// <summary>What was done beside copying, and what follows from it: a sentence or two each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What the check of the new pool found.</summary>
    public required CheckReport Check { get; init; }
}

/// <summary>Events that could not be saved.</summary>
/// <param name="First">The sequence of the first.</param>
/// <param name="Last">The sequence of the last.</param>
/// <param name="What">What is known of them.</param>
public sealed record LostEvents(long First, long Last, string What);
