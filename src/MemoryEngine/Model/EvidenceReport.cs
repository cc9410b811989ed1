namespace MemoryEngine;

/// <summary>What to report of the evidence, and at which prices.</summary>
public sealed record EvidenceQuery
{
    /// <summary>The most memories that a report may list.</summary>
    public const int MostMemories = 10_000;

    /// <summary>How many memories to list, those with the most against them first; 0 to <see cref="MostMemories"/>.</summary>
    public int Memories { get; init; } = 100;

    /// <summary>What a passed task is worth, in the currency of the costs in outcomes, 0 or more; null where nobody says.</summary>
    public double? PassValue { get; init; }

    /// <summary>What memory itself costs for each run with it, above 0; null where nobody says, and then there is no return on it.</summary>
    public double? Upkeep { get; init; }
}

/// <summary>A measured figure with what it rests on.</summary>
/// <param name="Name">What is measured, its unit last where it has one: <c>_points</c> of a hundred; shares are 0 to 1.</param>
/// <param name="Value">The figure; null where nothing was measured.</param>
/// <param name="Low">The lower end of its 95 % interval; the value itself where it is counted, not estimated.</param>
/// <param name="High">The upper end, likewise.</param>
/// <param name="Count">What was counted: memories, tasks, outcomes, pairs. Of two arms the smaller one.</param>
/// <param name="Article">What the article says of it, in its words; null where it says nothing. An option of its authors, not a truth.</param>
public sealed record EvidenceFigure(string Name, double? Value, double? Low, double? High, long Count, string? Article);

/// <summary>A mode beside the others: what it gains, what it risks, how much of the pool it uses.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Gain">Points gained over recalls that were held out.</param>
/// <param name="Loss">Tasks that passed without memory and failed with it, of the pairs in this mode; beyond chance where that is known.</param>
/// <param name="Risk">By the gates of those losses, not by the mode's name.</param>
/// <param name="ArticleRisk">What the article calls the mode.</param>
/// <param name="Utilisation">Eligible memories that were handed over and used in this mode in the window.</param>
/// <param name="UsedOfInjected">Used among handed over, of all requests in this mode.</param>
public sealed record ModeFigures(
    TransferMode Mode, EvidenceFigure Gain, EvidenceFigure Loss, TransferRisk Risk, TransferRisk ArticleRisk, EvidenceFigure Utilisation,
    EvidenceFigure UsedOfInjected);

/// <summary>The gain in one group of outcomes.</summary>
/// <param name="Group">By what they are grouped: <c>pool_size</c>, <c>domain</c>, <c>consumer</c>, <c>modality</c>.</param>
/// <param name="Key">Which group.</param>
/// <param name="Gain">Points gained over recalls that were held out.</param>
public sealed record GroupFigures(string Group, string Key, EvidenceFigure Gain);

/// <summary>Outcomes of tasks of one model that was handed memories of another, or its own.</summary>
/// <param name="Producer">The model that the memories come from.</param>
/// <param name="Consumer">The model that got them.</param>
/// <param name="Outcome">The mean outcome, 0 to 1.</param>
/// <param name="Lift">Points over that consumer's tasks without memory.</param>
public sealed record ModelPairFigures(string Producer, string Consumer, EvidenceFigure Outcome, EvidenceFigure Lift);

/// <summary>A contributor's credit.</summary>
/// <param name="Contributor">Who; empty where nobody is stated.</param>
/// <param name="Passes">Passed tasks that the contributor's memories have gained so far.</param>
/// <param name="Tasks">Credits that this is the sum of, one for each task and memory.</param>
/// <param name="Influence">By what it multiplies a score where recalls ask for it: 0.9 to 1.1.</param>
public sealed record ContributorFigures(string Contributor, double Passes, long Tasks, double Influence);

/// <summary>What a memory version is known to do, and what it takes to know more.</summary>
/// <param name="Effect">Its effect, its appearances, its state.</param>
/// <param name="Level">Its level.</param>
/// <param name="Domain">Where it comes from.</param>
/// <param name="Passes">Its credit: passed tasks that it has gained so far.</param>
/// <param name="Needed">
/// Appearances still needed, each with a probability of one half, until harm of 20 points would be found with a probability of 95 %.
/// </param>
public sealed record MemoryFigures(MemoryEffectFigures Effect, MemoryLevel Level, string Domain, double Passes, long Needed);

/// <summary>Outcomes that a model judged. They are in no other figure.</summary>
/// <param name="Model">The judge.</param>
/// <param name="Gain">Points between tasks with memory and without, by its word alone and uncorrected.</param>
public sealed record JudgeFigures(string Model, EvidenceFigure Gain);

/// <summary>What a pool's evidence adds up to at one moment.</summary>
public sealed record EvidenceReport
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Outcomes that a verifier has told, all that ever were.</summary>
    public required long Outcomes { get; init; }

    /// <summary>Those of them that were of recalls held out as a whole.</summary>
    public required long Controls { get; init; }

    /// <summary>How far back a use counts for reach and utilisation.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Answered transfers that are kept whole; the comparison of modes takes losses and utilisation from them.</summary>
    public required long Kept { get; init; }

    /// <summary>The measures of the pool.</summary>
    public required IReadOnlyList<EvidenceFigure> Measures { get; init; }

    /// <summary>The three modes beside each other.</summary>
    public required IReadOnlyList<ModeFigures> Modes { get; init; }

    /// <summary>Gains by size of the pool (does a bigger pool help?), by target domain, consumer and modality.</summary>
    public required IReadOnlyList<GroupFigures> Groups { get; init; }

    /// <summary>Outcomes by producer and consumer of memories.</summary>
    public required IReadOnlyList<ModelPairFigures> Models { get; init; }

    /// <summary>What memory costs and saves.</summary>
    public required IReadOnlyList<EvidenceFigure> Economy { get; init; }

    /// <summary>The credit ledger, by contributor.</summary>
    public required IReadOnlyList<ContributorFigures> Contributors { get; init; }

    /// <summary>Labels of models that judge.</summary>
    public required IReadOnlyList<JudgeFigures> Judges { get; init; }

    /// <summary>How memories misled their readers, as outcomes say.</summary>
    public required IReadOnlyDictionary<FailureClass, long> Failures { get; init; }

    /// <summary>Memory versions about which chance has decided.</summary>
    public required long MeasuredMemories { get; init; }

    /// <summary>The first of them, those with the most against them first.</summary>
    public required IReadOnlyList<MemoryFigures> Memories { get; init; }

    /// <summary>Removals that hold, and what has happened since: the newest first, <see cref="EvidenceQuery.MostMemories"/> at most.</summary>
    public required IReadOnlyList<RemovalWatch> Removals { get; init; }
}
