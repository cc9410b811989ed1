using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record ReportOutcomeArguments
{
    [Description("The transfer: what search_memories gave as transfer.")]
    public required Guid Transfer { get; init; }

    [Range(0.0, 1.0)]
    [Description("How the task ended: 1 passed, 0 failed, in between how good it was.")]
    public required double Score { get; init; }

    [AllowedValues("verifier", "model")]
    [Description("Who says so: a verifier (tests, a compiler, a person), or a model, which may be wrong; you are a model.")]
    public required string JudgedBy { get; init; }

    [Description("Which model, where one says so; the client's name where nothing is said.")]
    public string? JudgeModel { get; init; }

    [Length(0, 1000)]
    [Description("The memories that changed what you did. Not those that were handed over and did not matter.")]
    public List<Guid>? Used { get; init; }

    [AllowedValues("domain_mismatched_anchoring", "false_validation_confidence", "misapplied_practice")]
    [Description("How a memory misled you: by what is true where it comes from and not here, by a check that was taken for proof, or by a " +
        "sound practice where it does not fit.")]
    public string? Failure { get; init; }

    [Description("Tokens that the task took.")]
    public double? Tokens { get; init; }

    [Description("Seconds that it took.")]
    public double? Seconds { get; init; }

    [Description("Steps that it took.")]
    public double? Steps { get; init; }

    [Description("Seconds until the first edit.")]
    public double? FirstEditSeconds { get; init; }

    [Description("What it cost.")]
    public double? Cost { get; init; }
}

internal sealed record ReportedOutcome
{
    [Description("The transfer.")]
    public required Guid Transfer { get; init; }

    [AllowedValues("counted", "repeated", "conflicting", "unknown")]
    [Description("What was done: it counts; the same was there already; another one was there already and counts; or the transfer is so long " +
        "ago that its candidates are no longer kept.")]
    public required string Result { get; init; }

    [Description("Ids that were said to be used and had not been handed over; they were passed over.")]
    public required IReadOnlyList<Guid> NotInjected { get; init; }
}

internal sealed record WhyTransferArguments
{
    [Description("The transfer: what search_memories gave as transfer.")]
    public required Guid Transfer { get; init; }
}

/// <summary>The tools that tell what came of a search, why it handed over what it did, and what follows from all of them.</summary>
internal sealed class EvidenceTools(PoolSession session)
{
    /// <param name="arguments">The outcome.</param>
    /// <param name="client">Which model says so, where the arguments do not.</param>
    /// <param name="cancellation">Cancels.</param>
    public Task<ReportedOutcome> ReportAsync(ReportOutcomeArguments arguments, string? client, CancellationToken cancellation)
    {
        var isModel = arguments.JudgedBy == "model";
        var outcome = new Outcome
        {
            Transfer = arguments.Transfer,
            Score = arguments.Score,
            Judge = isModel ? OutcomeJudge.Model : OutcomeJudge.Verifier,
            JudgeModel = isModel ? arguments.JudgeModel ?? client ?? "unnamed" : null,
            Used = arguments.Used ?? [],
            Failure = arguments.Failure is { } failure ? InterchangeNames.FailureOf(failure)!.Value : FailureClass.None,
            Tokens = arguments.Tokens,
            Seconds = arguments.Seconds,
            Steps = arguments.Steps,
            FirstEditSeconds = arguments.FirstEditSeconds,
            Cost = arguments.Cost,
        };
        return session.UseAsync(
            Repeat.Safe,
            async (pool, c) =>
            {
                var answer = await pool.Store.ReportAsync(outcome, c).ConfigureAwait(false);
                return new ReportedOutcome
                {
                    Transfer = outcome.Transfer,
                    Result = InterchangeNames.Of(answer.Result),
                    NotInjected = answer.NotInjected,
                };
            },
            cancellation);
    }

    public Task<TransferPage> WhyAsync(WhyTransferArguments arguments, CancellationToken cancellation) => session.UseAsync(
        Repeat.Safe, async (pool, c) => TransferPage.Of(await pool.Store.WhyAsync(arguments.Transfer, c).ConfigureAwait(false)), cancellation);

    public Task<PoolAdvice> AdviseAsync(AdviseArguments arguments, CancellationToken cancellation)
    {
        var scenario = arguments.Scenario is { } name ? InterchangeNames.ScenarioOf(name)!.Value : TransferScenario.Default;
        return session.UseAsync(
            Repeat.Safe, async (pool, c) => PoolAdvice.Of(await pool.Store.AdviseAsync(scenario, c).ConfigureAwait(false)), cancellation);
    }
}
