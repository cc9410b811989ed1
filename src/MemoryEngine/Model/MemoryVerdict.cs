namespace MemoryEngine;

/// <summary>What verification says about a memory for a task. Stored; values only grow.</summary>
[Stored]
public enum Verdict : byte
{
    /// <summary>It may be handed over.</summary>
    Accepted = 1,

    /// <summary>It may not.</summary>
    Rejected = 2,

    /// <summary>Some check had not decided in time: it is left out like a rejected one.</summary>
    Undecided = 3,
}

/// <summary>A reason of a verdict.</summary>
/// <param name="Code">Which.</param>
/// <param name="Detail">More about it, for people; null unless an explanation was asked for or there is more to say.</param>
public readonly record struct VerdictReason(ReasonCode Code, string? Detail);

/// <summary>What verification says about a memory for a task, and why.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Reasons">Why: all that speaks against it first, then what is worth knowing.</param>
public sealed record MemoryVerdict(Verdict Verdict, IReadOnlyList<VerdictReason> Reasons)
{
    /// <summary>Whether it may be handed over.</summary>
    public bool IsAccepted => Verdict == Verdict.Accepted;
}

/// <summary>A memory that was verified without being recalled.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Version">The version that was verified: the current one.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Specificity">How bound to its origin its text is; null when it could not be read.</param>
public sealed record VerifiedMemory(Guid Id, int Version, MemoryVerdict Verdict, SpecificityScore? Specificity);

/// <summary>A memory that a recall found and did not hand over.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Version">Its version.</param>
/// <param name="Level">Its level.</param>
/// <param name="Domain">Where it comes from.</param>
/// <param name="Scores">Why it was found.</param>
/// <param name="Verdict">Why it was left out.</param>
public sealed record LeftOutMemory(Guid Id, int Version, MemoryLevel Level, string Domain, RecallScores Scores, MemoryVerdict Verdict);

/// <summary>A change of what verification said about a memory.</summary>
/// <param name="At">When.</param>
/// <param name="Version">About which version.</param>
/// <param name="TargetDomain">For a task of which domain; empty where it stated none.</param>
/// <param name="Verdict">What it said from then on.</param>
public sealed record ValidityEntry(DateTimeOffset At, int Version, string TargetDomain, MemoryVerdict Verdict);
