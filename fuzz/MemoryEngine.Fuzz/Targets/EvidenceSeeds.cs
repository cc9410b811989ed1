using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;

namespace MemoryEngine.Fuzz;

/// <summary>A transfer, its outcome, a decision and what they add up to, with every field that events of evidence may have.</summary>
internal static class EvidenceSeeds
{
    private static readonly Guid First = new("01900000-0000-7000-8000-000000000001"), Second = new("01900000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Transfer Transfer => new()
    {
        Id = new Guid("00000000-1234-8000-8000-000000000003"),
        At = At,
        Task = "fix the queue",
        TargetDomain = "backend/go",
        Mode = TransferMode.Hybrid,
        Scenario = TransferScenario.LongEdit,
        ConsumerModel = "alpha",
        Modality = "text",
        Design = InclusionDesign.Factorial,
        Seed = 4711,
        HoldOutShare = 0.25,
        PoolTasks = 120,
        Micros = new TransferTimings(100, 20, 150),
        Candidates =
        [
            new TransferCandidate
            {
                Memory = First,
                Version = 2,
                Level = MemoryLevel.Insight,
                Domain = "frontend",
                ProducerModel = "beta",
                Contributor = "somebody",
                Scores = new RecallScores(0.5f, 1, 7.25f, 2, 0.6f),
                Probability = 0.5,
                Fate = CandidateFate.Injected,
                Reasons = [ReasonCode.InMode],
            },
            new TransferCandidate
            {
                Memory = Second,
                Version = 1,
                Level = MemoryLevel.Trace,
                Fate = CandidateFate.LeftOut,
                Reasons = [ReasonCode.NotInMode, ReasonCode.Outranked],
            },
        ],
    };

    public static Outcome Outcome => new()
    {
        Transfer = Transfer.Id,
        Score = 0.75,
        Judge = OutcomeJudge.Model,
        JudgeModel = "judge",
        Used = [First],
        IsUsedInferred = true,
        Failure = FailureClass.MisappliedPractice,
        Tokens = 1000,
        Seconds = 60,
        Steps = 7,
        FirstEditSeconds = 12.5,
        Cost = 0.25,
    };

    public static Decision Decision => new()
    {
        Memory = First,
        Version = 2,
        Domain = "backend/go",
        To = MemoryState.Quarantined,
        Reason = DecisionReason.ProvenHarm,
        At = At,
        EValue = 4711,
        Effect = -0.2,
        EffectInterval = new Interval(-0.3, -0.1),
        Appearances = 600,
        Failures = 3,
        Note = "seen by hand",
    };

    /// <summary>The types and payloads, by name.</summary>
    public static (string Name, byte[] Bytes)[] Events()
    {
        var state = new EvidenceState();
        state.Apply(Transfer);
        _ = state.Apply(Outcome with { Judge = OutcomeJudge.Verifier });
        state.Apply(Decision);
        return
        [
            ("transfer", [(byte)EventType.Transferred, .. TransferEvent.Encode(Transfer)]),
            ("outcome", [(byte)EventType.OutcomeReported, .. new OutcomeEvent(Outcome, At).Encode()]),
            ("decision", [(byte)EventType.Decided, .. DecidedEvent.Encode(Decision)]),
            ("folded", [(byte)EventType.EvidenceFolded, .. EvidenceSnapshot.Write(state)]),
        ];
    }
}
