namespace MemoryEngine;

/// <summary>What a caller asks to remember. Only <see cref="Text"/> is needed.</summary>
public sealed record MemoryDraft
{
    /// <summary>
    /// The memory's id; null makes a new one (UUID version 7). A known id makes a new version of that memory when the
    /// content differs.
    /// </summary>
    public Guid? Id { get; init; }

    /// <summary>What is handed over when the memory is recalled.</summary>
    public required string Text { get; init; }

    /// <summary>How abstract it is.</summary>
    public MemoryLevel Level { get; init; } = MemoryLevel.Insight;

    /// <summary>Its shape.</summary>
    public MemoryFormat Format { get; init; } = MemoryFormat.Insight;

    /// <summary>Where it comes from, as a path: <c>backend/go</c>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The task it was learned on.</summary>
    public string? Task { get; init; }

    /// <summary>A title, searched with the key text.</summary>
    public string? Title { get; init; }

    /// <summary>The key text: the situation in which the memory should be found.</summary>
    public string? Key { get; init; }

    /// <summary>The model that produced it.</summary>
    public string? Model { get; init; }

    /// <summary>The agent or person it comes from.</summary>
    public string? Contributor { get; init; }

    /// <summary>Where its text comes from.</summary>
    public string? Source { get; init; }

    /// <summary>The licence of its text.</summary>
    public string? License { get; init; }

    /// <summary>How its task ended.</summary>
    public TaskResult Result { get; init; }

    /// <summary>When it stops being recalled; kept to the microsecond.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Preconditions: <c>language</c>, <c>tool</c>, <c>os</c>, ... to what a task must have.</summary>
    public IReadOnlyDictionary<string, string> Requires { get; init; } = EmptyRequires;

    /// <summary>Tags; order and repetition do not count.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Vectors by space. In the text space a vector stands in for the embedder's.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> Vectors { get; init; } = EmptyVectors;

    /// <summary>A JSON object of fields that the engine keeps and hands back without knowing them.</summary>
    public string? Extra { get; init; }

    /// <summary>The same key with the same content answers with the first result; with other content it is a conflict.</summary>
    public string? IdempotencyKey { get; init; }

    internal static IReadOnlyDictionary<string, string> EmptyRequires { get; } = new Dictionary<string, string>();

    internal static IReadOnlyDictionary<string, ReadOnlyMemory<float>> EmptyVectors { get; } =
        new Dictionary<string, ReadOnlyMemory<float>>();
}
