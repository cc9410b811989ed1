using System.Text.Json;

namespace MemoryEngine.Agents.Interchange;

/// <summary>The names that enums have in files and on the command line.</summary>
public static class InterchangeNames
{
    /// <summary>The name of a format.</summary>
    public static string Of(MemoryFormat format) => format switch
    {
        MemoryFormat.Trajectory => "trajectory",
        MemoryFormat.Workflow => "workflow",
        MemoryFormat.Summary => "summary",
        MemoryFormat.Insight => "insight",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "This is no format of a memory."),
    };

    /// <summary>The name of a state.</summary>
    public static string Of(MemoryState state) => state.ToString().ToLowerInvariant();

    /// <summary>The name of how a task ended; null when that is not stated.</summary>
    public static string? Of(TaskResult result) => result switch
    {
        TaskResult.Pass => "pass",
        TaskResult.Fail => "fail",
        _ => null,
    };

    /// <summary>The format of a name; null when there is none.</summary>
    public static MemoryFormat? FormatOf(string name) => name switch
    {
        "trajectory" => MemoryFormat.Trajectory,
        "workflow" => MemoryFormat.Workflow,
        "summary" => MemoryFormat.Summary,
        "insight" => MemoryFormat.Insight,
        _ => null,
    };

    /// <summary>The result of a name; null when there is none.</summary>
    public static TaskResult? ResultOf(string name) => name switch
    {
        "pass" => TaskResult.Pass,
        "fail" => TaskResult.Fail,
        _ => null,
    };

    /// <summary>The name of a mode.</summary>
    public static string Of(TransferMode mode) => mode switch
    {
        TransferMode.Auto => "auto",
        TransferMode.SingleDomain => "single",
        TransferMode.CrossDomain => "cross",
        TransferMode.Hybrid => "hybrid",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "This is no mode."),
    };

    /// <summary>The mode of a name; null when there is none.</summary>
    public static TransferMode? ModeOf(string name) => name switch
    {
        "auto" => TransferMode.Auto,
        "single" => TransferMode.SingleDomain,
        "cross" => TransferMode.CrossDomain,
        "hybrid" => TransferMode.Hybrid,
        _ => null,
    };

    /// <summary>The scenario of a name; null when there is none.</summary>
    public static TransferScenario? ScenarioOf(string name) => name switch
    {
        "default" => TransferScenario.Default,
        "single-task" => TransferScenario.SingleTask,
        "long-edit" => TransferScenario.LongEdit,
        "cross-domain" => TransferScenario.CrossDomain,
        "new-task" => TransferScenario.NewTask,
        _ => null,
    };

    /// <summary>The name of a scenario.</summary>
    public static string Of(TransferScenario scenario) => JsonNamingPolicy.KebabCaseLower.ConvertName(scenario.ToString());

    /// <summary>The name of a design.</summary>
    public static string Of(InclusionDesign design) => design.ToString().ToLowerInvariant();

    /// <summary>The design of a name; null when there is none.</summary>
    public static InclusionDesign? DesignOf(string name) => name switch
    {
        "off" => InclusionDesign.Off,
        "withhold" => InclusionDesign.Withhold,
        "factorial" => InclusionDesign.Factorial,
        _ => null,
    };

    /// <summary>The name of what became of a candidate.</summary>
    public static string Of(CandidateFate fate) => JsonNamingPolicy.SnakeCaseLower.ConvertName(fate.ToString());

    /// <summary>The name of why a state was changed.</summary>
    public static string Of(DecisionReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());

    /// <summary>The name of what was done with an outcome.</summary>
    public static string Of(OutcomeResult result) => result.ToString().ToLowerInvariant();

    /// <summary>The name of a class of failures.</summary>
    public static string Of(FailureClass failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());

    /// <summary>The class of failures of a name; null when there is none.</summary>
    public static FailureClass? FailureOf(string name)
    {
        foreach (var failure in Enum.GetValues<FailureClass>())
            if (Of(failure) == name) return failure;
        return null;
    }

    /// <summary>The name of a verdict.</summary>
    public static string Of(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>The name of a reason: that of the code in small letters, words joined by underscores.</summary>
    public static string Of(ReasonCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());
}
