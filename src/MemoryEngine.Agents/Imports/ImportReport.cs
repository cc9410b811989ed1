namespace MemoryEngine.Agents.Imports;

/// <summary>A memory that the file it came from does not hold any more.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Title">Its title; null when it has none.</param>
/// <param name="IsForgotten">Whether it was forgotten for that, as asked.</param>
public sealed record MissingMemory(Guid Id, string? Title, bool IsForgotten);

/// <summary>What became of a file.</summary>
public sealed record ImportReport
{
    /// <summary>The file.</summary>
    public required string File { get; init; }

    /// <summary>The form it was read in.</summary>
    public required ImportFormat Format { get; init; }

    /// <summary>What it is called in the memories' sources.</summary>
    public required string Source { get; init; }

    /// <summary>Memories that stand in it, and failures.</summary>
    public long Read { get; init; }

    /// <summary>New ones.</summary>
    public long Added { get; init; }

    /// <summary>Those that changed, or are back after they were forgotten.</summary>
    public long Revised { get; init; }

    /// <summary>Those of the revised whose text stands elsewhere in the file than before and is the same.</summary>
    public long Moved { get; init; }

    /// <summary>Those that the pool holds as they are, from this file or word for word from elsewhere.</summary>
    public long Unchanged { get; init; }

    /// <summary>Blocks that were left alone because the engine had handed them over (<see cref="RecalledText"/>).</summary>
    public long Recalled { get; init; }

    /// <summary>Those of the added and revised that were stored without a vector, because the embedder failed.</summary>
    public long Unembedded { get; init; }

    /// <summary>Why the first of them was.</summary>
    public string? FirstNote { get; init; }

    /// <summary>The ids of the memories that stand in the file, in its order.</summary>
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Memories that came from this file and do not stand in it any more.</summary>
    public required IReadOnlyList<MissingMemory> Missing { get; init; }

    /// <summary>What could not be used.</summary>
    public required IReadOnlyList<ImportFailure> Failed { get; init; }

    /// <summary>How many parts of which kind have no place in a pool.</summary>
    public required IReadOnlyDictionary<string, int> LeftOut { get; init; }
}
