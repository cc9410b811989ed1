namespace MemoryEngine;

/// <summary>How memories are verified before they are handed over. Immutable: vary it with <c>with</c>.</summary>
public sealed record VerificationOptions
{
    /// <summary>Contributors whose memories may hold secrets and commands. Whoever is not named is not trusted.</summary>
    public IReadOnlyCollection<string> TrustedContributors { get; init; } = [];

    /// <summary>Checks of the user's own.</summary>
    public IReadOnlyList<IMemoryCheck> Checks { get; init; } = [];

    /// <summary>How long all of them may take together. What they have not decided by then is left out.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether the mode decides which level may come from where. Without it preconditions and all other checks remain.</summary>
    public bool LevelPolicy { get; init; } = true;

    /// <summary>
    /// From this similarity on, two memories are too much alike to be in one answer: the share of runs of three words that they have
    /// in common, over 0 to 1. Over 1 switches the check off.
    /// </summary>
    public double DuplicateFrom { get; init; } = 0.7;
}

/// <summary>The task that memories are verified for.</summary>
public sealed record VerifyQuery
{
    /// <inheritdoc cref="RecallQuery.Domain"/>
    public string? Domain { get; init; }

    /// <inheritdoc cref="RecallQuery.Mode"/>
    public TransferMode Mode { get; init; }

    /// <inheritdoc cref="RecallQuery.Context"/>
    public IReadOnlyDictionary<string, string> Context { get; init; } = MemoryDraft.EmptyRequires;
}
