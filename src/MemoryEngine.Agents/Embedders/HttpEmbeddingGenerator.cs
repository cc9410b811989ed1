using System.Net.Http.Headers;
using System.Text.Json;
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
    private readonly Uri _address;
    private readonly string _shown;
    private readonly EmbedderKey? _key;
    private readonly HttpClient _client;
    private readonly TimeProvider _clock;
    private readonly RetryPolicy _policy;

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
        _address = EmbeddingAddress.Of(options.Api, options.Endpoint);
        _shown = EmbeddingAddress.Shown(_address);
        _key = EmbedderKey.Read(options, readVariable ?? Environment.GetEnvironmentVariable);
        _clock = clock ?? TimeProvider.System;
        _policy = new RetryPolicy(_clock);
        _client = new HttpClient(handler ?? OwnHandler(_address), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
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
            var patience = new Patience(_clock, deadline, retries);
            foreach (var vector in await AskAsync(batch, patience, cancellationToken).ConfigureAwait(false))
            {
                if (made.Count > 0 && made[0].Vector.Length != vector.Length)
                    throw Failed($"answered with vectors of {made[0].Vector.Length} and of {vector.Length} dimensions.");
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
            return new EmbeddingGeneratorMetadata(_options.Identity.Id.Split('/')[0], new Uri(_shown), _options.Model, _options.Dimensions);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>The identity and the address.</summary>
    public override string ToString() => $"{_options.Identity.Id} at {_shown}";

    private static SocketsHttpHandler OwnHandler(Uri address) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // What is on this machine is not reached through a proxy.
        UseProxy = !address.IsLoopback,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

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

    private async Task<float[][]> AskAsync(List<string> texts, Patience patience, CancellationToken cancellation)
    {
        var body = EmbeddingWire.Request(_options, texts);
        for (var attempt = 0; ; attempt++)
        {
            var (vectors, trouble) = await TryAsync(body, texts.Count, patience, cancellation).ConfigureAwait(false);
            if (vectors is not null) return vectors;
            var pause = RetryPolicy.Pause(attempt, trouble!.Wanted);
            if (attempt >= patience.Retries || pause >= patience.Left)
            {
                var wanted = trouble.Wanted is { } w && w >= patience.Left ? $" It asks for a pause of {w.TotalSeconds:0} s." : "";
                throw Failed($"{trouble.What}{wanted} Asked {(attempt == 0 ? "once" : $"{attempt + 1} times")}.", trouble.Error);
            }
            await Task.Delay(pause, _clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(float[][]? Vectors, Trouble? Trouble)> TryAsync(
        byte[] body, int count, Patience patience, CancellationToken cancellation)
    {
        var limit = patience.Left < _options.RequestTimeout ? patience.Left : _options.RequestTimeout;
        if (limit <= TimeSpan.Zero) return (null, new Trouble($"did not answer within {patience.Deadline.TotalSeconds:0.###} s."));
        using var timeout = new CancellationTokenSource(limit, _clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = _key?.Header;
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return (null, await TroubleAsync(response, stop.Token).ConfigureAwait(false));
            return (await VectorsAsync(response, count, stop.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            return (null, new Trouble($"did not answer within {limit.TotalSeconds:0.###} s.", null, e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return (null, new Trouble($"cannot be reached, or broke off: {e.Message.TrimEnd('.')}.", null, e));
        }
    }

    // What passes is told to the caller, who may ask again; what does not is thrown.
    private async Task<Trouble> TroubleAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var (status, shown) = (response.StatusCode, await AnswerBody.ReadShownAsync(response.Content, _key, cancellation).ConfigureAwait(false));
        var what = $"answered {(int)status} ({status}): {shown}.";
        if (RetryPolicy.IsPassing(status)) return new Trouble(what, _policy.Wanted(response.Headers));
        if (RetryPolicy.IsRefusal(status)) throw new ArgumentException($"{_shown} {what}");
        if ((int)status is >= 300 and < 400)
            what = $"answered {(int)status} ({status}), and redirections are not followed: texts go to the configured endpoint alone.";
        throw Failed(what);
    }

    private async Task<float[][]> VectorsAsync(HttpResponseMessage response, int count, CancellationToken cancellation)
    {
        if (await AnswerBody.ReadAsync(response.Content, _options.MaxAnswerBytes, cancellation).ConfigureAwait(false) is not { } answer)
            throw Failed($"answered with more than {_options.MaxAnswerBytes} bytes. Lower BatchTexts, or raise MaxAnswerBytes.");
        try
        {
            var vectors = EmbeddingWire.Vectors(_options.Api, answer, count);
            var expected = _options.Dimensions ?? vectors[0].Length;
            if (Array.Find(vectors, v => v.Length != expected) is { } other)
                throw new BadAnswerException($"has a vector of {other.Length} dimensions beside, or in place of, {expected}");
            return vectors;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for text that is no Unicode, which is found when it is asked for.
            throw Failed($"answered with something that is no JSON: {AnswerBody.Shown(answer.Span, _key)}.", e);
        }
        catch (BadAnswerException e)
        {
            throw Failed($"answered with something unusable, which {e.Message}: {AnswerBody.Shown(answer.Span, _key)}.");
        }
    }

    private MemoryEngineException Failed(string what, Exception? inner = null) => new(ErrorCode.Embedder, $"{_shown} {what}", inner);

    /// <summary>A failure that may pass.</summary>
    private sealed record Trouble(string What, TimeSpan? Wanted = null, Exception? Error = null);

    /// <summary>What is left of the time for one batch, and how often its request may be repeated in it.</summary>
    private sealed class Patience(TimeProvider clock, TimeSpan deadline, int retries)
    {
        private readonly long _start = clock.GetTimestamp();

        public TimeSpan Deadline => deadline;

        public int Retries => retries;

        public TimeSpan Left => deadline - clock.GetElapsedTime(_start);
    }
}
