namespace MemoryEngine;

/// <summary>What is known of the effect of a memory version, as <c>why</c> shows it.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Version">Its version.</param>
/// <param name="State">Its state by evidence.</param>
/// <param name="Appearances">Tasks with a known outcome for which chance had decided about it.</param>
/// <param name="Effect">The estimated effect, -1 to 1; null where there is not enough data.</param>
/// <param name="Interval">Its 95 % interval.</param>
/// <param name="ControlRate">The mean outcome of tasks from which it was withheld; null where that never happened.</param>
/// <param name="HarmE">Evidence that it does harm: an e-value.</param>
/// <param name="HelpE">Evidence that it helps: an e-value.</param>
public sealed record MemoryEffectFigures(
    Guid Memory, int Version, MemoryState State, long Appearances, double? Effect, Interval Interval, double? ControlRate, double HarmE,
    double HelpE);

/// <summary>A transfer and what came of it: what <see cref="MemoryStore.WhyAsync"/> answers.</summary>
public sealed record TransferStory
{
    /// <summary>What was asked, considered, handed over and withheld, and why.</summary>
    public required Transfer Transfer { get; init; }

    /// <summary>What came of it; null while nobody has told.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>When the outcome was told.</summary>
    public DateTimeOffset? ReportedAt { get; init; }

    /// <summary>What is known now of the effect of what was handed over or withheld, in the order of the candidates.</summary>
    public required IReadOnlyList<MemoryEffectFigures> Effects { get; init; }
}
