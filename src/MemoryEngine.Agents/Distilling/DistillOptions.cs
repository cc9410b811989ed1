namespace MemoryEngine.Agents.Distilling;

/// <summary>What is made of a trajectory, and what is known of it beside its record.</summary>
public sealed record DistillOptions
{
    /// <summary>The formats that a model is asked for; the trajectory itself is always kept.</summary>
    public static IReadOnlyList<MemoryFormat> AllFormats { get; } = [MemoryFormat.Workflow, MemoryFormat.Summary, MemoryFormat.Insight];

    /// <summary>The domain of the task.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The task; null takes what the record says.</summary>
    public string? Task { get; init; }

    /// <summary>How the task ended, as its verifier says; null takes what the record says, which mostly does not know.</summary>
    public TaskResult? Result { get; init; }

    /// <summary>Which formats a model is asked for, in this order.</summary>
    public IReadOnlyList<MemoryFormat> Formats { get; init; } = AllFormats;

    /// <summary>The agent or person the memories come from; null names none.</summary>
    public string? Contributor { get; init; }

    /// <summary>Where the record lies, for the memories' sources; null says nothing.</summary>
    public string? Source { get; init; }

    /// <summary>Preconditions of what is made: <c>language</c>, <c>os</c>, …</summary>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = new Dictionary<string, string>();

    /// <summary>The most UTF-16 characters of the trajectory that a model is shown, about: some 8,000 tokens.</summary>
    public int PromptCharacters { get; init; } = 32_000;
}
