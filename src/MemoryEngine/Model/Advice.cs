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
}
