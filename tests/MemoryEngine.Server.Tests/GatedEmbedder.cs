using Microsoft.Extensions.AI;

namespace MemoryEngine.Server.Tests;

/// <summary>An embedder that answers nobody while its gate is closed, so that recalls stay in flight for as long as a test wants.</summary>
internal sealed class GatedEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private volatile TaskCompletionSource? _gate;
    private int _waiting;

    /// <summary>Calls that wait at the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Close() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate?.TrySetResult();

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await (_gate?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        return new(values.Select(v => new Embedding<float>(new float[] { v.Length, 1, 2, 3 })));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
