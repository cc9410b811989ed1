using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Tests.Embedders;

internal sealed class VowelGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        // What for: options.AdditionalProperties[EmbeddingPurpose.Key] is "query" or "document". Vowels are counted alike for both.
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(Count(v)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbedderIdentity) ? new EmbedderIdentity("example/vowels", "1") : null;

    public void Dispose()
    {
    }

    private static float[] Count(string text) => Array.ConvertAll("aeiou".ToCharArray(), vowel => (float)text.Count(c => c == vowel));
}
