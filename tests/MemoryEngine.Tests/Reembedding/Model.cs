using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Tests.Reembedding;

/// <summary>
/// An embedder that hashes words into as many directions as it has, differently for each name: so its vectors find what shares words
/// with a query, and are of no use among another's.
/// </summary>
internal sealed class Model(string name, int dimension = 24) : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _texts;

    /// <summary>Every text that was asked for, queries left out.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Queries { get; } = new();

    /// <summary>How many more texts it answers for before it is down.</summary>
    public int TextsLeft { get; set; } = int.MaxValue;

    /// <summary>Texts that it refuses hold this.</summary>
    public string? Refuses { get; init; }

    /// <summary>Is awaited before memories are embedded, with the number of texts so far.</summary>
    public Func<int, Task>? Before { get; set; }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values.ToList();
        if (options?.AdditionalProperties?[EmbeddingPurpose.Key] is EmbeddingPurpose.Query)
        {
            foreach (var text in texts) Queries.Enqueue(text);
            return new GeneratedEmbeddings<Embedding<float>>(texts.Select(t => new Embedding<float>(VectorOf(t))));
        }
        if (Before is { } before) await before(Volatile.Read(ref _texts)).WaitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (Refuses is { } refused && texts.Exists(t => t.Contains(refused, StringComparison.Ordinal))) throw new ArgumentException("too long");
        if (TextsLeft < texts.Count) throw new HttpRequestException("no answer");
        TextsLeft -= texts.Count;
        Interlocked.Add(ref _texts, texts.Count);
        foreach (var text in texts) Asked.Enqueue(text);
        return new GeneratedEmbeddings<Embedding<float>>(texts.Select(t => new Embedding<float>(VectorOf(t))));
    }

    public float[] VectorOf(string text)
    {
        var vector = new float[dimension];
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var random = new Random(Stable($"{name} {word}"));
            for (var i = 0; i < dimension; i++) vector[i] += (float)((2 * random.NextDouble()) - 1);
        }
        return vector;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbedderIdentity) ? new EmbedderIdentity(name) : null;

    public void Dispose()
    {
    }

    // String hashes differ from process to process.
    private static int Stable(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
