namespace MemoryEngine;

/// <summary>
/// What a text is embedded for. The store says it in <c>EmbeddingGenerationOptions.AdditionalProperties</c> under
/// <see cref="Key"/>, since many models want another prefix for queries than for documents.
/// </summary>
public static class EmbeddingPurpose
{
    /// <summary>The name of the property.</summary>
    public const string Key = "memoryengine.purpose";

    /// <summary>The text of a memory, to be searched.</summary>
    public const string Document = "document";

    /// <summary>The text of a recall, to search with. Somebody is waiting for it.</summary>
    public const string Query = "query";
}
