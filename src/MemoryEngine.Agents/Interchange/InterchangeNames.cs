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
}
