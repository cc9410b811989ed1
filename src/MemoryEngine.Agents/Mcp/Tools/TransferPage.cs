using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record TransferPage
{
    [Description("The transfer.")]
    public required Guid Transfer { get; init; }

    [Description("When it was.")]
    public required DateTimeOffset At { get; init; }

    [Description("The task it was for; empty when it had no name.")]
    public required string Task { get; init; }

    [Description("The task's domain; empty when it had none.")]
    public required string Domain { get; init; }

    [Description("The mode it ran in.")]
    public required string Mode { get; init; }

    [Description("What it was for.")]
    public required string Scenario { get; init; }

    [Description("The model that got the memories.")]
    public string? ConsumerModel { get; init; }

    [Description("Whether the whole search went without memory, as a control.")]
    public required bool HeldOut { get; init; }

    [Description("What was considered, best first.")]
    public required IReadOnlyList<ConsideredMemory> Candidates { get; init; }

    [Description("What came of it; absent while nobody has told.")]
    public ToldOutcome? Outcome { get; init; }

    public static TransferPage Of(TransferStory story) => new()
    {
        Transfer = story.Transfer.Id,
        At = story.Transfer.At,
        Task = story.Transfer.Task,
        Domain = story.Transfer.TargetDomain,
        Mode = InterchangeNames.Of(story.Transfer.Mode),
        Scenario = InterchangeNames.Of(story.Transfer.Scenario),
        ConsumerModel = story.Transfer.ConsumerModel,
        HeldOut = story.Transfer.IsHeldOut,
        Candidates = [.. story.Transfer.Candidates.Select(c => ConsideredMemory.Of(c, story.Effects))],
        Outcome = story.Outcome is { } outcome ? ToldOutcome.Of(outcome, story.ReportedAt!.Value) : null,
    };
}

internal sealed record ConsideredMemory
{
    [Description("The memory's id.")]
    public required Guid Id { get; init; }

    [Description("Its version.")]
    public required int Version { get; init; }

    [Description("1 trace, 2 procedure, 3 insight, 4 strategy.")]
    public required int Level { get; init; }

    [Description("Where it comes from.")]
    public required string Domain { get; init; }

    [AllowedValues("injected", "withheld", "left_out")]
    [Description("What became of it: handed over, withheld by chance, or left out.")]
    public required string Fate { get; init; }

    [Description("Why.")]
    public required IReadOnlyList<string> Reasons { get; init; }

    [Description("The probability with which it was to be handed over: 1 where nothing was left to chance.")]
    public required double Probability { get; init; }

    [Description("Tasks with a known outcome for which chance had decided about it.")]
    public long? Appearances { get; init; }

    [Description("Its estimated effect on how tasks end, -1 to 1; absent where there is not enough data.")]
    public double? Effect { get; init; }

    [Description("The lower end of the effect's 95 % interval.")]
    public double? EffectLow { get; init; }

    [Description("The upper end of it.")]
    public double? EffectHigh { get; init; }

    public static ConsideredMemory Of(TransferCandidate candidate, IReadOnlyList<MemoryEffectFigures> effects)
    {
        var figures = effects.FirstOrDefault(e => e.Memory == candidate.Memory && e.Version == candidate.Version);
        var isKnown = figures?.Effect is not null;
        return new ConsideredMemory
        {
            Id = candidate.Memory,
            Version = candidate.Version,
            Level = (int)candidate.Level,
            Domain = candidate.Domain,
            Fate = InterchangeNames.Of(candidate.Fate),
            Reasons = [.. candidate.Reasons.Select(InterchangeNames.Of)],
            Probability = candidate.Probability,
            Appearances = figures?.Appearances,
            Effect = figures?.Effect,
            EffectLow = isKnown ? figures!.Interval.Low : null,
            EffectHigh = isKnown ? figures!.Interval.High : null,
        };
    }
}

internal sealed record ToldOutcome
{
    [Description("1 passed, 0 failed, in between how good it was.")]
    public required double Score { get; init; }

    [Description("verifier, or model: and its name.")]
    public required string JudgedBy { get; init; }

    [Description("When it was told.")]
    public required DateTimeOffset At { get; init; }

    [Description("The memories that were said to be used.")]
    public required IReadOnlyList<Guid> Used { get; init; }

    [Description("How a memory misled the agent, where someone said so.")]
    public string? Failure { get; init; }

    public static ToldOutcome Of(Outcome outcome, DateTimeOffset at) => new()
    {
        Score = outcome.Score,
        JudgedBy = outcome.Judge == OutcomeJudge.Verifier ? "verifier" : $"model:{outcome.JudgeModel}",
        At = at,
        Used = outcome.Used,
        Failure = outcome.Failure == FailureClass.None ? null : InterchangeNames.Of(outcome.Failure),
    };
}
