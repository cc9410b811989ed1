namespace MemoryEngine;

/// <summary>A named embedding. Vectors of one space are comparable with each other and with nothing else.</summary>
/// <param name="Name">The space's name: 1 to 64 letters, digits, '-', '_', '.'. The space of texts is <see cref="TextSpace"/>.</param>
/// <param name="Dimension">Floats a vector: <see cref="Limits.MinDimension"/> to <see cref="Limits.MaxDimension"/>.</param>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="EmbedderId">What makes the vectors, as provider and model. Vectors of another embedder are refused.</param>
/// <param name="EmbedderRevision">The embedder's version, when its name does not say it.</param>
/// <param name="Modality">What is embedded: <c>text</c>, <c>code</c>, <c>vision</c>, <c>action</c>, ...</param>
public sealed record VectorSpace(
    string Name,
    int Dimension,
    Metric Metric = Metric.Cosine,
    string EmbedderId = "caller",
    string EmbedderRevision = "",
    string Modality = "text")
{
    /// <summary>The name of the space in which texts are embedded and queries given as text are searched.</summary>
    public const string TextSpace = "text";
}
