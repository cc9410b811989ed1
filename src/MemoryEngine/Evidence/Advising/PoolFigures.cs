using MemoryEngine.Evidence.Gates;

namespace MemoryEngine.Evidence.Advising;

/// <summary>What the advisor looks at.</summary>
internal sealed record PoolFigures
{
    /// <summary>Distinct source tasks: pairs of domain and task with at least one active memory.</summary>
    public long Tasks { get; init; }

    /// <summary>Task types: distinct first parts of domains.</summary>
    public long TaskTypes { get; init; }

    /// <summary>Active memories.</summary>
    public long Active { get; init; }

    /// <summary>Active memories of a high level: insights and strategies, unless an option says otherwise.</summary>
    public long HighLevel { get; init; }

    /// <summary>Active traces.</summary>
    public long LowLevel { get; init; }

    /// <summary>Active memories older than the grace period.</summary>
    public long Eligible { get; init; }

    /// <summary>Those of them that were injected and used in the window.</summary>
    public long Used { get; init; }

    /// <summary>Pairs of runs without and with memory, judged by a verifier.</summary>
    public PairCounts Pairs { get; init; }

    /// <summary>Tasks with two controls and a run with memory.</summary>
    public FlipCounts Flips { get; init; }

    /// <summary>What recalls are for.</summary>
    public TransferScenario Scenario { get; init; }
}
