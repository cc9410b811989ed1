namespace MemoryEngine;

/// <summary>
/// How chance takes part in a recall, so that it can be told what memories do: some of what would be handed over is withheld, with a
/// known probability, and not replaced. Pinned memories are always handed over.
/// </summary>
public sealed record RecallExperiment
{
    /// <summary>The design.</summary>
    public InclusionDesign Design { get; init; } = InclusionDesign.Withhold;

    /// <summary>The probability of withholding a candidate in <see cref="InclusionDesign.Withhold"/>, above 0 and below 1.</summary>
    public double Withhold { get; init; } = 0.1;

    /// <summary>
    /// The same for a memory that is new or has something against it, about which more should be known soon. A suspect is withheld two
    /// times in three in any design, or as often as this says where that is more.
    /// </summary>
    public double WithholdWatched { get; init; } = 0.5;

    /// <summary>The share of recalls that are held out as a whole, as controls; 0 to below 1.</summary>
    public double HoldOutShare { get; init; }

    /// <summary>Pools with fewer source tasks leave nothing to chance: every memory is needed there.</summary>
    public int MinTasks { get; init; }
}
