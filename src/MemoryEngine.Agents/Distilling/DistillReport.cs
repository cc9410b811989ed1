namespace MemoryEngine.Agents.Distilling;

/// <summary>A memory that was made of a trajectory.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Format">Its format.</param>
/// <param name="Level">Its level.</param>
/// <param name="Title">Its title; null when it has none.</param>
/// <param name="Outcome">What storing it did.</param>
public sealed record DistilledMemory(Guid Id, MemoryFormat Format, MemoryLevel Level, string? Title, RememberOutcome Outcome)
{
    /// <summary>Whether the model's first answer could not be used and its second could.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>What is worth knowing of it, as a sentence; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>A format that nothing was made in, because the model's answers could not be used.</summary>
/// <param name="Format">The format.</param>
/// <param name="Fault">What was wrong with the last answer, as a sentence.</param>
public sealed record RefusedAnswer(MemoryFormat Format, string Fault);

/// <summary>A memory that was not stored because the pool holds nearly the same.</summary>
/// <param name="Format">The format.</param>
/// <param name="Of">The memory that says it already.</param>
/// <param name="Similarity">The share of runs of three words in common, 0 to 1.</param>
public sealed record NearDuplicate(MemoryFormat Format, Guid Of, double Similarity);

/// <summary>What was made of a trajectory.</summary>
public sealed record DistillReport
{
    /// <summary>The memory that holds the trajectory itself: the parent of the others.</summary>
    public required Guid Trajectory { get; init; }

    /// <summary>All that is in the pool for it, the trajectory first.</summary>
    public required IReadOnlyList<DistilledMemory> Memories { get; init; }

    /// <summary>Formats that nothing was made in.</summary>
    public required IReadOnlyList<RefusedAnswer> Refused { get; init; }

    /// <summary>What was left out because the pool holds nearly the same.</summary>
    public required IReadOnlyList<NearDuplicate> Duplicates { get; init; }

    /// <summary>The model that was asked, as it names itself; null when none was.</summary>
    public string? Model { get; init; }
}
