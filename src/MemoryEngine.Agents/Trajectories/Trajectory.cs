namespace MemoryEngine.Agents.Trajectories;

/// <summary>What a step of a run is.</summary>
public enum StepKind
{
    /// <summary>What the user said: the task first, then what came in between.</summary>
    Request,

    /// <summary>What the agent said or thought.</summary>
    Thought,

    /// <summary>A command in a shell.</summary>
    Command,

    /// <summary>A change of a file by a tool; the text begins with its path.</summary>
    Edit,

    /// <summary>Another tool.</summary>
    Tool,
}

/// <summary>One step of a run.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What was said, run or changed.</param>
public sealed record TrajectoryStep(StepKind Kind, string Text)
{
    /// <summary>What came of it, as the agent saw it; null when nothing is known.</summary>
    public string? Output { get; init; }

    /// <summary>Whether it worked: by its exit code, or as the runtime marked it; null when that is not known.</summary>
    public bool? Worked { get; init; }

    /// <summary>Its exit code; null when it is not stated.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>A run of an agent on a task, whichever runtime recorded it.</summary>
public sealed record Trajectory
{
    /// <summary>A name that no other run has, as a session of Claude Code has one; null when it has none.</summary>
    public string? Id { get; init; }

    /// <summary>The task as it was given; null when nothing says so.</summary>
    public string? Task { get; init; }

    /// <summary>The model that acted; null when it is not stated.</summary>
    public string? Model { get; init; }

    /// <summary>How it ended, where the record says so.</summary>
    public TaskResult Result { get; init; }

    /// <summary>What was done, in order.</summary>
    public required IReadOnlyList<TrajectoryStep> Steps { get; init; }
}
