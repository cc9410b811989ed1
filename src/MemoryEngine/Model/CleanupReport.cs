namespace MemoryEngine;

/// <summary>A decision that a cleanup made, and what follows from it.</summary>
public sealed record CleanupAction
{
    /// <summary>The decision, with the evidence it rests on.</summary>
    public required Decision Decision { get; init; }

    /// <summary>What the memory is called; null where it has no title.</summary>
    public string? Title { get; init; }

    /// <summary>What follows from it, in a sentence.</summary>
    public required string Consequence { get; init; }

    /// <summary>How to undo it, in a sentence.</summary>
    public required string Undo { get; init; }

    /// <summary>Of a removal, whether no probe found the memory any more; null for what removes nothing.</summary>
    public bool? IsGone { get; init; }

    /// <summary>Which probe still found it; null where none did.</summary>
    public string? FoundBy { get; init; }
}

/// <summary>What has happened since a removal: whether the tasks it was to help are doing better.</summary>
/// <param name="Decision">The removal.</param>
/// <param name="FailuresBefore">The share of failed tasks with memory in its domain (or overall) until then; null without outcomes.</param>
/// <param name="FailuresSince">The same since then; null without outcomes.</param>
/// <param name="Outcomes">Outcomes since then.</param>
public sealed record RemovalWatch(Decision Decision, double? FailuresBefore, double? FailuresSince, long Outcomes);

/// <summary>What a cleanup did.</summary>
public sealed record CleanupReport
{
    /// <summary>What was decided, removals first.</summary>
    public required IReadOnlyList<CleanupAction> Actions { get; init; }

    /// <summary>Memories that can no longer be handed over, everywhere or in a domain.</summary>
    public int Removals => Actions.Count(a => a.IsGone is not null);

    /// <summary>Those of them that no probe found any more.</summary>
    public int Gone => Actions.Count(a => a.IsGone is true);

    /// <summary>Gone among removals: the cleanup success; 1 where nothing was removed.</summary>
    public double Success => Removals == 0 ? 1 : (double)Gone / Removals;
}
