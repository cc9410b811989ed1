namespace MemoryEngine.Agents.Imports;

/// <summary>How files are imported. Everything may be left out.</summary>
public sealed record ImportOptions
{
    /// <summary>The form; null tells it by name and content.</summary>
    public ImportFormat? Format { get; init; }

    /// <summary>The domain of what is imported; null leaves it empty, and as it is where a memory has one from before.</summary>
    public string? Domain { get; init; }

    /// <summary>The agent or person it comes from; null names none.</summary>
    public string? Contributor { get; init; }

    /// <summary>The level of all that is imported; null suggests one of the form and the text.</summary>
    public MemoryLevel? Level { get; init; }

    /// <summary>
    /// What the file is called in the memories' sources, by which it is known when it is imported again; null takes its repository and
    /// its path in it, or its whole path where there is no repository.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Whether memories are forgotten (restorably) when the file that they came from does not hold them any more.</summary>
    public bool ForgetMissing { get; init; }

    /// <summary>Whether nothing of a file is imported when some part of it cannot be used.</summary>
    public bool Strict { get; init; }

    /// <summary>What to wait for; null takes the store's.</summary>
    public Durability? Durability { get; init; }
}
