using System.Text.Json;

namespace MemoryEngine.Protocol.Methods;

/// <summary>The names and bounds that values of fields have in messages, as in the files and on the command line.</summary>
public static class WireNames
{
    /// <summary>The lowest level: a trace.</summary>
    public const int LowestLevel = (int)MemoryLevel.Trace;

    /// <summary>The highest level: a strategy.</summary>
    public const int HighestLevel = (int)MemoryLevel.Strategy;

    /// <summary>The last microsecond of the year 9999, counted from 1970 UTC.</summary>
    public const long LastMicrosecond = 253_402_300_799_999_999;

    internal const string TextErrors = "text";

    private const string All = "all";

    /// <summary>The formats of a memory.</summary>
    public static ReadOnlySpan<string> Formats => Format.All;

    /// <summary>How the task of a memory ended.</summary>
    public static ReadOnlySpan<string> Results => Result.All;

    /// <summary>The states of a memory.</summary>
    public static ReadOnlySpan<string> States => State.All;

    /// <summary>The states to list: <c>all</c> stands for every one.</summary>
    public static ReadOnlySpan<string> ListedStates => AllListedStates;

    /// <summary>What remembering did.</summary>
    public static ReadOnlySpan<string> Outcomes => Outcome.All;

    /// <summary>How vectors are compared.</summary>
    public static ReadOnlySpan<string> Metrics => Metric.All;

    /// <summary>Which memories may reach a task.</summary>
    public static ReadOnlySpan<string> Modes => Mode.All;

    /// <summary>What a recall is for.</summary>
    public static ReadOnlySpan<string> Scenarios => Scenario.All;

    /// <summary>What verification says.</summary>
    public static ReadOnlySpan<string> Verdicts => Verdict.All;

    /// <summary>Who says how a task ended.</summary>
    public static ReadOnlySpan<string> Judges => Judge.All;

    /// <summary>How a memory misled its reader.</summary>
    public static ReadOnlySpan<string> Failures => Failure.All;

    /// <summary>What was done with an outcome.</summary>
    public static ReadOnlySpan<string> OutcomeResults => OutcomeResult.All;

    /// <summary>How chance takes part.</summary>
    public static ReadOnlySpan<string> Designs => Design.All;

    /// <summary>What became of a candidate.</summary>
    public static ReadOnlySpan<string> Fates => Fate.All;

    /// <summary>Why the state of a memory was changed.</summary>
    public static ReadOnlySpan<string> Decisions => Decision.All;

    /// <summary>How likely memory is to do harm.</summary>
    public static ReadOnlySpan<string> Risks => Risk.All;

    /// <summary>What a gate says.</summary>
    public static ReadOnlySpan<string> GateVerdicts => Gate.All;

    /// <summary>How errors come: code and text, or the text alone.</summary>
    public static ReadOnlySpan<string> ErrorForms => AllErrorForms;

    internal static NameTable<MemoryFormat> Format { get; } = new(
        (MemoryFormat.Trajectory, "trajectory"), (MemoryFormat.Workflow, "workflow"),
        (MemoryFormat.Summary, "summary"), (MemoryFormat.Insight, "insight"));

    internal static NameTable<TaskResult> Result { get; } = new((TaskResult.Pass, "pass"), (TaskResult.Fail, "fail"));

    internal static NameTable<MemoryState> State { get; } =
        new([.. Enum.GetValues<MemoryState>().Select(s => (s, s.ToString().ToLowerInvariant()))]);

    internal static NameTable<RememberOutcome> Outcome { get; } = new(
        (RememberOutcome.Added, "added"), (RememberOutcome.Revised, "revised"),
        (RememberOutcome.Unchanged, "unchanged"), (RememberOutcome.Restored, "restored"));

    internal static NameTable<Metric> Metric { get; } =
        new((MemoryEngine.Metric.Cosine, "cosine"), (MemoryEngine.Metric.Dot, "dot"), (MemoryEngine.Metric.L2, "l2"));

    internal static NameTable<TransferMode> Mode { get; } = new(
        (TransferMode.Auto, "auto"), (TransferMode.SingleDomain, "single"),
        (TransferMode.CrossDomain, "cross"), (TransferMode.Hybrid, "hybrid"));

    internal static NameTable<TransferScenario> Scenario { get; } = new(
        (TransferScenario.Default, "default"), (TransferScenario.SingleTask, "single-task"),
        (TransferScenario.LongEdit, "long-edit"), (TransferScenario.CrossDomain, "cross-domain"),
        (TransferScenario.NewTask, "new-task"));

    internal static NameTable<Verdict> Verdict { get; } = new(
        (MemoryEngine.Verdict.Accepted, "accepted"), (MemoryEngine.Verdict.Rejected, "rejected"),
        (MemoryEngine.Verdict.Undecided, "undecided"));

    internal static NameTable<MemoryChangeKind> Change { get; } = new(
        (MemoryChangeKind.Added, "added"), (MemoryChangeKind.Revised, "revised"), (MemoryChangeKind.Forgotten, "forgotten"),
        (MemoryChangeKind.Restored, "restored"), (MemoryChangeKind.Purged, "purged"), (MemoryChangeKind.Resync, "resync"));

    internal static NameTable<OutcomeJudge> Judge { get; } = new((OutcomeJudge.Verifier, "verifier"), (OutcomeJudge.Model, "model"));

    internal static NameTable<FailureClass> Failure { get; } = new(
        (FailureClass.DomainMismatchedAnchoring, "domain_mismatched_anchoring"),
        (FailureClass.FalseValidationConfidence, "false_validation_confidence"),
        (FailureClass.MisappliedPractice, "misapplied_practice"));

    internal static NameTable<OutcomeResult> OutcomeResult { get; } = new(
        (MemoryEngine.OutcomeResult.Counted, "counted"), (MemoryEngine.OutcomeResult.Repeated, "repeated"),
        (MemoryEngine.OutcomeResult.Conflicting, "conflicting"), (MemoryEngine.OutcomeResult.Unknown, "unknown"));

    internal static NameTable<InclusionDesign> Design { get; } = new(
        (InclusionDesign.Off, "off"), (InclusionDesign.Withhold, "withhold"), (InclusionDesign.Factorial, "factorial"));

    internal static NameTable<CandidateFate> Fate { get; } = new(
        (CandidateFate.Injected, "injected"), (CandidateFate.Withheld, "withheld"), (CandidateFate.LeftOut, "left_out"));

    internal static NameTable<DecisionReason> Decision { get; } =
        new([.. Enum.GetValues<DecisionReason>().Select(r => (r, JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString())))]);

    internal static NameTable<TransferRisk> Risk { get; } =
        new((TransferRisk.Low, "low"), (TransferRisk.Medium, "medium"), (TransferRisk.High, "high"));

    internal static NameTable<GateVerdict> Gate { get; } =
        new((GateVerdict.Insufficient, "insufficient"), (GateVerdict.Pass, "pass"), (GateVerdict.Fail, "fail"));

    private static string[] AllErrorForms { get; } = ["pair", TextErrors];

    private static string[] AllListedStates { get; } = [.. State.All, All];

    /// <summary>What a list's <c>state</c> means: null for every one.</summary>
    internal static MemoryState? ListedState(string? name) => name switch
    {
        null => MemoryState.Active,
        All => null,
        _ => State.ValueOf(name),
    };

    /// <summary>What to say of a state that is listed.</summary>
    internal static string? NameOfListed(MemoryState? state) => state switch
    {
        null => All,
        MemoryState.Active => null,
        { } one => State.Of(one),
    };
}
