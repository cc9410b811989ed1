namespace MemoryEngine;

/// <summary>How likely memory is to do harm as it is used now.</summary>
public enum TransferRisk
{
    /// <summary>Losses are under 5 %, proven.</summary>
    Low = 0,

    /// <summary>Losses are under 10 %, proven; or nothing is proven.</summary>
    Medium = 1,

    /// <summary>Losses are over 10 %, proven; or over 5 %, proven, while traces are too large a share of the pool.</summary>
    High = 2,
}

/// <summary>What follows from a pool's figures.</summary>
public sealed record Advice
{
    /// <summary>The mode to use.</summary>
    public required TransferMode Mode { get; init; }

    /// <summary>Its risk: by the gates, not by the mode's name.</summary>
    public required TransferRisk Risk { get; init; }

    /// <summary>Whether the mode rests on the pool's size alone, because the evidence is not there yet or the article contradicts itself.</summary>
    public required bool Provisional { get; init; }

    /// <summary>Whether the pool is large enough to be shared between models: over 500 tasks.</summary>
    public required bool CrossModel { get; init; }

    /// <summary>Every gate of every mode.</summary>
    public required IReadOnlyList<Gate> Gates { get; init; }

    /// <summary>What stands between this mode and a better one, and why it is provisional: a sentence each.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>
    /// For each level how much of what sets its memories apart is their domain. Insights and strategies should mix, and be near 0; traces
    /// should not. Empty where texts have no vectors.
    /// </summary>
    public IReadOnlyList<DomainVariance> DomainVariance { get; init; } = [];
}

/// <summary>
/// How much of the variance of a level's vectors the memories' domain explains: squared distances between the means of domains, by those of
/// all vectors to the mean of all (R² of a one-way analysis of variance of vectors, Anderson 2001).
/// </summary>
/// <param name="Level">The level.</param>
/// <param name="Memories">Active memories of it that name a domain and have a vector in the space in which texts are searched.</param>
/// <param name="Domains">How many domains they name.</param>
/// <param name="Explained">
/// The share beyond what chance explains, 1 at most: 0 in the mean where domains mean nothing, and so at times below it (Kelley 1935). Null
/// where there are not at least two domains and 20 memories more than domains.
/// </param>
/// <param name="Raw">The share as it is, 0 to 1, which is near 1 by chance where domains have few memories; null where nothing varies.</param>
public sealed record DomainVariance(MemoryLevel Level, long Memories, long Domains, double? Explained, double? Raw);
