namespace MemoryEngine;

/// <summary>Who says how a task ended. Stored; values only grow.</summary>
[Stored]
public enum OutcomeJudge : byte
{
    /// <summary>Something that knows: tests, a compiler, a person.</summary>
    Verifier = 1,

    /// <summary>A model, which is wrong at times: such labels are kept apart, and never remove a memory.</summary>
    Model = 2,
}

/// <summary>What came of a transfer. It may come late, and may come twice.</summary>
public sealed record Outcome
{
    /// <summary>The transfer.</summary>
    public required Guid Transfer { get; init; }

    /// <summary>0 (failed) to 1 (passed); in between, how good it was.</summary>
    public required double Score { get; init; }

    /// <summary>Who says so.</summary>
    public OutcomeJudge Judge { get; init; } = OutcomeJudge.Verifier;

    /// <summary>Which model, where one says so.</summary>
    public string? JudgeModel { get; init; }

    /// <summary>The memories that the agent used. Description only: effects are measured by what was handed over.</summary>
    public IReadOnlyList<Guid> Used { get; init; } = [];

    /// <summary>Whether <see cref="Used"/> was worked out by someone else, not stated by the agent.</summary>
    public bool IsUsedInferred { get; init; }

    /// <summary>How a memory misled the agent, where someone says so.</summary>
    public FailureClass Failure { get; init; }

    /// <summary>Tokens that the task took.</summary>
    public double? Tokens { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Steps that it took.</summary>
    public double? Steps { get; init; }

    /// <summary>Seconds until the first edit.</summary>
    public double? FirstEditSeconds { get; init; }

    /// <summary>What it cost, in a currency of the user's choice.</summary>
    public double? Cost { get; init; }

    /// <summary>A task counts as passed from here on, where runs are compared in pairs.</summary>
    public const double PassFrom = 0.5;

    /// <summary>Whether it counts as passed.</summary>
    public bool IsPass => Score >= PassFrom;
}

/// <summary>What was done with an outcome. Values are stable and only grow.</summary>
[Stored]
public enum OutcomeResult : byte
{
    /// <summary>It counts.</summary>
    Counted = 1,

    /// <summary>The same outcome was there already.</summary>
    Repeated = 2,

    /// <summary>Another outcome of that transfer was there already. The first one counts.</summary>
    Conflicting = 3,

    /// <summary>There is no such transfer, or it is so long ago that its candidates are no longer kept.</summary>
    Unknown = 4,
}

/// <summary>What was done with an outcome, and with the ids in it.</summary>
/// <param name="Result">What was done.</param>
/// <param name="NotInjected">Ids that were said to be used and had not been handed over; they were passed over.</param>
public sealed record OutcomeAnswer(OutcomeResult Result, IReadOnlyList<Guid> NotInjected);
