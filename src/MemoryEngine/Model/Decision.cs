namespace MemoryEngine;

/// <summary>Why the state of a memory was changed. Stored; values only grow.</summary>
[Stored]
public enum DecisionReason : byte
{
    /// <summary>A person decided.</summary>
    Person = 1,

    /// <summary>Evidence of harm: an e-value of 20 or more.</summary>
    Suspected = 2,

    /// <summary>Two tasks failed with it, by a verifier's word and with stated use, that passed without.</summary>
    Failures = 3,

    /// <summary>Proven harm, at a share of 5 % wrong removals: e-BH over all memories.</summary>
    ProvenHarm = 4,

    /// <summary>A trace that nobody used, in a pool with too many of them.</summary>
    UnusedTrace = 5,

    /// <summary>The evidence that had put it there is gone.</summary>
    Cleared = 6,

    /// <summary>It was made of a memory that was removed: somebody should look at it.</summary>
    Derived = 7,
}

/// <summary>
/// A change of the state of a memory version, on evidence or by a person, with all it was based on. It holds whatever is rolled back, and
/// until another decision about the version.
/// </summary>
public sealed record Decision
{
    /// <summary>The memory.</summary>
    public required Guid Memory { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>The target domain that it is about; null for all.</summary>
    public string? Domain { get; init; }

    /// <summary>Its state until then.</summary>
    public MemoryState From { get; init; } = MemoryState.Active;

    /// <summary>Its state from then on.</summary>
    public required MemoryState To { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The e-value of harm at that time.</summary>
    public double EValue { get; init; }

    /// <summary>The estimated effect, -1 to 1, with its 95 % interval; null where there was none.</summary>
    public double? Effect { get; init; }

    /// <summary>The interval of <see cref="Effect"/>.</summary>
    public Interval EffectInterval { get; init; } = new(-1, 1);

    /// <summary>Tasks with a known outcome for which chance had decided about it.</summary>
    public long Appearances { get; init; }

    /// <summary>Tasks that failed with it, with stated use, and passed without.</summary>
    public long Failures { get; init; }

    /// <summary>More about it, in words.</summary>
    public string? Note { get; init; }
}
