using Microsoft.Extensions.AI;

namespace MemoryEngine;

/// <summary>How the texts of a pool are embedded anew, or what is missing is filled in.</summary>
public sealed record ReembedOptions
{
    /// <summary>The most texts that go to the embedder at once.</summary>
    public const int MostTexts = 256;

    /// <summary>
    /// Makes the new vectors; it must live as long as the store is open, since queries are embedded by it once it has made them all. Null
    /// takes the one that the store embeds with now, and fills in what is missing.
    /// </summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embedder { get; init; }

    /// <summary>Its identity, as <see cref="MemoryStoreOptions.EmbedderId"/>.</summary>
    public string? EmbedderId { get; init; }

    /// <summary>Its version, as <see cref="MemoryStoreOptions.EmbedderRevision"/>.</summary>
    public string EmbedderRevision { get; init; } = "";

    /// <summary>Texts that go to it at once, and are durable before the next ones go: 1 to <see cref="MostTexts"/>.</summary>
    public int BatchTexts { get; init; } = 64;

    /// <summary>No more texts a second than this; null for as many as it takes.</summary>
    public double? TextsPerSecond { get; init; }

    /// <summary>Gives up the spaces that no text is searched in afterwards: those of earlier embedders, and those that were begun.</summary>
    public bool DropOld { get; init; }

    /// <summary>Is told after each batch.</summary>
    public IProgress<ReembedProgress>? Progress { get; init; }
}

/// <summary>How far a re-embedding is.</summary>
/// <param name="Embedded">Memories, old versions that snapshots see among them, whose vectors are stored.</param>
/// <param name="Wanted">Of how many.</param>
public readonly record struct ReembedProgress(long Embedded, long Wanted);

/// <summary>What a re-embedding did.</summary>
public sealed record ReembedResult
{
    /// <summary>The embedder whose vectors the texts have now.</summary>
    public required EmbedderIdentity Embedder { get; init; }

    /// <summary>Vectors that were made and stored.</summary>
    public required long Embedded { get; init; }

    /// <summary>Vectors that were there already, from a run before.</summary>
    public required long Already { get; init; }

    /// <summary>Texts that the embedder made no vector of; they are found by their words.</summary>
    public required long Skipped { get; init; }

    /// <summary>Why it made none of the first such text; null when there was none.</summary>
    public string? SkippedBecause { get; init; }

    /// <summary>Whether the texts had vectors of another embedder before, or none.</summary>
    public required bool Switched { get; init; }

    /// <summary>How many spaces were given up.</summary>
    public required int DroppedSpaces { get; init; }
}
