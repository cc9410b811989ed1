using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What came of a transfer. In a map these fields stand beside those of the method.</summary>
public sealed record OutcomeView : IWireMap<OutcomeView>
{
    /// <summary>The transfer.</summary>
    public required Guid Transfer { get; init; }

    /// <summary>0 (failed) to 1 (passed).</summary>
    public required double Score { get; init; }

    /// <summary>Who says so, one of <see cref="WireNames.Judges"/>; null means <c>verifier</c>.</summary>
    public string? Judge { get; init; }

    /// <summary>Which model, where one says so.</summary>
    public string? JudgeModel { get; init; }

    /// <summary>The memories that the agent used.</summary>
    public IReadOnlyList<Guid> Used { get; init; } = [];

    /// <summary>Whether <see cref="Used"/> was worked out by someone else.</summary>
    public bool? UsedInferred { get; init; }

    /// <summary>How a memory misled the agent, one of <see cref="WireNames.Failures"/>; null when that is not stated.</summary>
    public string? Failure { get; init; }

    /// <summary>Tokens that the task took.</summary>
    public double? Tokens { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double? Seconds { get; init; }

    /// <summary>Steps that it took.</summary>
    public double? Steps { get; init; }

    /// <summary>Seconds until the first edit.</summary>
    public double? FirstEditSeconds { get; init; }

    /// <summary>What it cost.</summary>
    public double? Cost { get; init; }

    /// <summary>An outcome of the engine.</summary>
    public static OutcomeView Of(Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return new()
        {
            Transfer = outcome.Transfer,
            Score = outcome.Score,
            Judge = outcome.Judge == OutcomeJudge.Verifier ? null : WireNames.Judge.Of(outcome.Judge),
            JudgeModel = outcome.JudgeModel,
            Used = outcome.Used,
            UsedInferred = outcome.IsUsedInferred ? true : null,
            Failure = outcome.Failure == FailureClass.None ? null : WireNames.Failure.Of(outcome.Failure),
            Tokens = outcome.Tokens,
            Seconds = outcome.Seconds,
            Steps = outcome.Steps,
            FirstEditSeconds = outcome.FirstEditSeconds,
            Cost = outcome.Cost,
        };
    }

    /// <summary>The outcome for the engine.</summary>
    public Outcome ToOutcome() => new()
    {
        Transfer = Transfer,
        Score = Score,
        Judge = Judge is null ? OutcomeJudge.Verifier : WireNames.Judge.ValueOf(Judge),
        JudgeModel = JudgeModel,
        Used = Used,
        IsUsedInferred = UsedInferred ?? false,
        Failure = Failure is null ? FailureClass.None : WireNames.Failure.ValueOf(Failure),
        Tokens = Tokens,
        Seconds = Seconds,
        Steps = Steps,
        FirstEditSeconds = FirstEditSeconds,
        Cost = Cost,
    };

    /// <inheritdoc/>
    public static OutcomeView Read(ref MapReader map) => new()
    {
        Transfer = map.NeedId("transfer"),
        Score = map.NeedDouble("score"),
        Judge = map.OneOf("judge", WireNames.Judges),
        JudgeModel = map.Text("judge_model"),
        Used = map.Ids("used"),
        UsedInferred = map.Boolean("used_inferred"),
        Failure = map.OneOf("failure", WireNames.Failures),
        Tokens = map.Double("tokens"),
        Seconds = map.Double("seconds"),
        Steps = map.Double("steps"),
        FirstEditSeconds = map.Double("first_edit_seconds"),
        Cost = map.Double("cost"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("transfer", Transfer);
        map.Double("score", Score);
        map.Text("judge", Judge);
        map.Text("judge_model", JudgeModel);
        map.AnyIds("used", Used);
        map.Boolean("used_inferred", UsedInferred);
        map.Text("failure", Failure);
        map.Double("tokens", Tokens);
        map.Double("seconds", Seconds);
        map.Double("steps", Steps);
        map.Double("first_edit_seconds", FirstEditSeconds);
        map.Double("cost", Cost);
    }
}

/// <summary>What came of a transfer, to be told.</summary>
public sealed record ReportRequest : WireRequest, IWireMap<ReportRequest>
{
    /// <summary>The outcome.</summary>
    public required OutcomeView Outcome { get; init; }

    /// <inheritdoc/>
    public static ReportRequest Read(ref MapReader map) =>
        new() { Outcome = OutcomeView.Read(ref map), DeadlineMs = ReadDeadline(ref map) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        Outcome.Write(ref map);
        WriteDeadline(ref map);
    }
}

/// <summary>What was done with an outcome.</summary>
public sealed record ReportReply : IWireMap<ReportReply>
{
    /// <summary>What was done, one of <see cref="WireNames.OutcomeResults"/>.</summary>
    public required string OutcomeResult { get; init; }

    /// <summary>Ids that were said to be used and had not been handed over.</summary>
    public IReadOnlyList<Guid> NotInjected { get; init; } = [];

    /// <summary>An answer of the engine.</summary>
    public static ReportReply Of(OutcomeAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new() { OutcomeResult = WireNames.OutcomeResult.Of(answer.Result), NotInjected = answer.NotInjected };
    }

    /// <summary>The answer as the engine gives it.</summary>
    public OutcomeAnswer ToAnswer() => new(WireNames.OutcomeResult.ValueOf(OutcomeResult), NotInjected);

    /// <inheritdoc/>
    public static ReportReply Read(ref MapReader map) =>
        new() { OutcomeResult = map.NeedOneOf("result", WireNames.OutcomeResults), NotInjected = map.Ids("not_injected") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("result", OutcomeResult);
        map.AnyIds("not_injected", NotInjected);
    }
}
