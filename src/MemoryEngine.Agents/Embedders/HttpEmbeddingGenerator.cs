using MemoryEngine.Agents.Http;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Embedders;

/// <summary>
/// Asks an endpoint for embeddings, in batches. An endpoint that is busy or out of reach is asked again, within a deadline; an
/// answer is taken only if it is whole: a finite vector of one dimension for each text, no larger than the limit. Texts go
/// to the configured endpoint and nowhere else: redirections are not followed. Thread-safe.
/// </summary>
/// <remarks>
/// A text that the endpoint refuses (400, 413, 422) throws <see cref="ArgumentException"/>; everything else
/// <see cref="MemoryEngineException"/> with <see cref="ErrorCode.Embedder"/>. No message holds the key.
/// </remarks>
public sealed class HttpEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int QueryRetries = 1;

    private readonly HttpEmbedderOptions _options;
    private readonly JsonEndpoint _endpoint;

    /// <summary>Prepares to ask; nothing is sent yet.</summary>
    /// <param name="options">Which model, where, how patiently.</param>
    /// <param name="handler">Sends the requests, and stays the caller's; null opens connections of its own.</param>
    /// <param name="clock">For timeouts and pauses; null is the system's.</param>
    /// <param name="readVariable">The environment, for the key; null is the process's.</param>
    /// <exception cref="ArgumentException">The options make no sense, or the key is not where they say.</exception>
    public HttpEmbeddingGenerator(
        HttpEmbedderOptions options, HttpMessageHandler? handler = null, TimeProvider? clock = null,
        Func<string, string?>? readVariable = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        var isOpenAI = options.Api == EmbeddingApi.OpenAI && EndpointAddress.IsOpenAI(options.Endpoint);
        var key = EndpointKey.Read(
            options.KeyVariable, isOpenAI, $"embedder {options.Identity.Id}", readVariable ?? Environment.GetEnvironmentVariable);
        _endpoint = new JsonEndpoint(options.Address, key, handler, clock)
        {
            RequestTimeout = options.RequestTimeout,
            AnswerLimit = (options.MaxAnswerBytes, "Lower BatchTexts, or raise MaxAnswerBytes."),
            Failure = (message, inner) => new MemoryEngineException(ErrorCode.Embedder, message, inner),
        };
    }

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        EnsureOwnModel(options);
        var isQuery = options?.AdditionalProperties?.GetValueOrDefault(EmbeddingPurpose.Key) as string == EmbeddingPurpose.Query;
        var texts = values.Select(t => Prepare(t, isQuery ? _options.QueryPrefix : _options.DocumentPrefix)).ToList();
        var (deadline, retries) = isQuery
            ? (_options.QueryDeadline, Math.Min(QueryRetries, _options.MaxRetries))
            : (_options.DocumentDeadline, _options.MaxRetries);
        var made = new GeneratedEmbeddings<Embedding<float>>(texts.Count);
        foreach (var batch in Batches(texts))
        {
            // Each batch has its time: a slow model that gets on is not one that is down.
            var patience = new Patience(_endpoint.Clock, deadline, retries);
            foreach (var vector in await AskAsync(batch, patience, cancellationToken).ConfigureAwait(false))
            {
                if (made.Count > 0 && made[0].Vector.Length != vector.Length)
                    throw _endpoint.Failed($"answered with vectors of {made[0].Vector.Length} and of {vector.Length} dimensions.");
                made.Add(new Embedding<float>(vector));
            }
        }
        return made;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbedderIdentity)) return _options.Identity;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
            return new EmbeddingGeneratorMetadata(_options.Identity.Id.Split('/')[0], new Uri(_endpoint.Shown), _options.Model, _options.Dimensions);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _endpoint.Dispose();

    /// <summary>The identity and the address.</summary>
    public override string ToString() => $"{_options.Identity.Id} at {_endpoint.Shown}";

    // The pool stores the identity that was configured; another model's vectors would go by a wrong name.
    private void EnsureOwnModel(EmbeddingGenerationOptions? options)
    {
        if ((options?.ModelId is null || options.ModelId == _options.Model)
            && (options?.Dimensions is null || options.Dimensions == _options.Dimensions)) return;
        throw new NotSupportedException($"This generator is of {_options.Identity.Id}. Make another one for another model or dimension.");
    }

    private string Prepare(string text, string prefix)
    {
        var length = Math.Min(text.Length, _options.MaxTextCharacters);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
        return string.Concat(prefix, text.AsSpan(0, length));
    }

    private IEnumerable<List<string>> Batches(List<string> texts)
    {
        var (batch, characters) = (new List<string>(), 0L);
        foreach (var text in texts)
        {
            if (batch.Count > 0 && (batch.Count == _options.BatchTexts || characters + text.Length > _options.BatchCharacters))
            {
                yield return batch;
                (batch, characters) = ([], 0);
            }
            batch.Add(text);
            characters += text.Length;
        }
        if (batch.Count > 0) yield return batch;
    }

    private Task<float[][]> AskAsync(List<string> texts, Patience patience, CancellationToken cancellation) =>
        _endpoint.AskAsync(EmbeddingWire.Request(_options, texts), patience, answer => Vectors(answer, texts.Count), cancellation);

    private float[][] Vectors(ReadOnlyMemory<byte> answer, int count)
    {
        var vectors = EmbeddingWire.Vectors(_options.Api, answer, count);
        var expected = _options.Dimensions ?? vectors[0].Length;
        return Array.Find(vectors, v => v.Length != expected) is { } other
            ? throw new BadAnswerException($"has a vector of {other.Length} dimensions beside, or in place of, {expected}")
            : vectors;
    }
}
