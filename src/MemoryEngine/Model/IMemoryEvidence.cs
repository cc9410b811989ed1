namespace MemoryEngine;

/// <summary>What evidence says about a memory, as far as it decides whether it may be handed over.</summary>
internal enum MemoryStanding : byte
{
    /// <summary>Nothing against it.</summary>
    Good = 0,

    /// <summary>It may do harm: it is handed over, and watched.</summary>
    Suspect = 1,

    /// <summary>It does harm in the domain that was asked about.</summary>
    Harmful = 2,

    /// <summary>It is in quarantine, for every domain.</summary>
    Quarantined = 3,
}

/// <summary>
/// What recall asks evidence. It is asked for each candidate of each recall, twice for those that are handed over, so the answer must
/// be at hand: no waiting, no locks, and safe for many threads.
/// </summary>
internal interface IMemoryEvidence
{
    /// <summary>Whether a version may be handed over for a domain.</summary>
    MemoryStanding Standing(Guid memory, int version, string targetDomain);

    /// <summary>The lower bound of the estimated effect of a version in a domain, in points; null where there are no data.</summary>
    double? EffectLowerBound(Guid memory, int version, string targetDomain);

    /// <summary>By what credit multiplies the score of a contributor's memories: 0.9 to 1.1, and 1 for whom nothing is known.</summary>
    double Influence(string? contributor);

    /// <summary>How often a version has been handed over.</summary>
    long Appearances(Guid memory, int version);

    /// <summary>The state of a version by decision: Active where nobody decided anything.</summary>
    MemoryState StateOf(Guid memory, int version);

    /// <summary>Whether more should be known of a version soon: it is new, or there is something against it.</summary>
    bool IsWatched(Guid memory, int version);

    /// <summary>The mode that evidence recommends; null while there is too little of it.</summary>
    TransferMode? AdvisedMode { get; }
}

/// <summary>No evidence about anything.</summary>
internal sealed class NoEvidence : IMemoryEvidence
{
    public static NoEvidence Instance { get; } = new();

    public MemoryStanding Standing(Guid memory, int version, string targetDomain) => MemoryStanding.Good;

    public double? EffectLowerBound(Guid memory, int version, string targetDomain) => null;

    public double Influence(string? contributor) => 1;

    public long Appearances(Guid memory, int version) => 0;

    public MemoryState StateOf(Guid memory, int version) => MemoryState.Active;

    public bool IsWatched(Guid memory, int version) => true;

    public TransferMode? AdvisedMode => null;
}
