namespace MemoryEngine;

/// <summary>What became of a candidate of a recall. Stored; values only grow.</summary>
[Stored]
public enum CandidateFate : byte
{
    /// <summary>It was handed over.</summary>
    Injected = 1,

    /// <summary>It would have been handed over, and chance withheld it.</summary>
    Withheld = 2,

    /// <summary>It was left out: by its rank, by the mode, or by verification.</summary>
    LeftOut = 3,
}

/// <summary>A memory that a recall considered. A version of a memory is a memory of its own for all that is measured.</summary>
public sealed record TransferCandidate
{
    /// <summary>The memory.</summary>
    public required Guid Memory { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>Its level.</summary>
    public required MemoryLevel Level { get; init; }

    /// <summary>Where it comes from.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The model that produced it.</summary>
    public string? ProducerModel { get; init; }

    /// <summary>Whom it comes from.</summary>
    public string? Contributor { get; init; }

    /// <summary>Why it was found.</summary>
    public RecallScores Scores { get; init; }

    /// <summary>The probability with which it was to be handed over, as it was before chance decided: 1 where nothing was left to chance.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>What became of it.</summary>
    public required CandidateFate Fate { get; init; }

    /// <summary>What verification and the choice said about it, by the codes' numbers.</summary>
    public IReadOnlyList<ReasonCode> Reasons { get; init; } = [];
}

/// <summary>One recall that was handed to an agent: all that is needed to judge later what came of it.</summary>
public sealed record Transfer
{
    /// <summary>Its id: what an outcome names.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The task it was for; runs of the same task by the same model are compared with each other.</summary>
    public string Task { get; init; } = "";

    /// <summary>The task's domain.</summary>
    public string TargetDomain { get; init; } = "";

    /// <summary>The mode it ran in: never <see cref="TransferMode.Auto"/>, but what that chose.</summary>
    public TransferMode Mode { get; init; } = TransferMode.SingleDomain;

    /// <summary>What it was for.</summary>
    public TransferScenario Scenario { get; init; }

    /// <summary>The model that got the memories.</summary>
    public string? ConsumerModel { get; init; }

    /// <summary>The modality of the query, as <see cref="VectorSpace.Modality"/> has it.</summary>
    public string Modality { get; init; } = "text";

    /// <summary>How chance took part.</summary>
    public InclusionDesign Design { get; init; }

    /// <summary>The seed from which, with a memory's id, anyone can work out what chance decided.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether the whole recall went without memory, as a control.</summary>
    public bool IsHeldOut { get; init; }

    /// <summary>The share of recalls that was held out then.</summary>
    public double HoldOutShare { get; init; }

    /// <summary>Distinct source tasks of the pool at that time.</summary>
    public long PoolTasks { get; init; }

    /// <summary>
    /// What was considered, best first, each memory once: all that was handed over or withheld, and the most similar of what was left out.
    /// </summary>
    public IReadOnlyList<TransferCandidate> Candidates { get; init; } = [];

    /// <summary>Time of search, verification and the whole, in microseconds.</summary>
    public TransferTimings Micros { get; init; }
}

/// <summary>How long a recall took, in microseconds.</summary>
/// <param name="Search">The search.</param>
/// <param name="Verify">The verification.</param>
/// <param name="Total">Everything.</param>
public readonly record struct TransferTimings(long Search, long Verify, long Total);
