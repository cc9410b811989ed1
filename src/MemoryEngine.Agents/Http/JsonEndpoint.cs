using System.Net.Http.Headers;
using System.Text.Json;

namespace MemoryEngine.Agents.Http;

/// <summary>
/// Posts JSON to one address and takes an answer only when it is whole and what was promised. An endpoint that is busy or out of reach is
/// asked again, within a deadline. Redirections are not followed: what is sent goes to the configured endpoint and nowhere else. No
/// message holds the key. Thread-safe.
/// </summary>
internal sealed class JsonEndpoint : IDisposable
{
    private readonly Uri _address;
    private readonly EndpointKey? _key;
    private readonly HttpClient _client;
    private readonly RetryPolicy _policy;

    /// <param name="address">The whole address.</param>
    /// <param name="key">The key that is sent; null for none.</param>
    /// <param name="handler">Sends the requests, and stays the caller's; null opens connections of its own.</param>
    /// <param name="clock">For timeouts and pauses; null is the system's.</param>
    public JsonEndpoint(Uri address, EndpointKey? key, HttpMessageHandler? handler, TimeProvider? clock)
    {
        (_address, _key) = (address, key);
        Shown = EndpointAddress.Shown(address);
        Clock = clock ?? TimeProvider.System;
        _policy = new RetryPolicy(Clock);
        _client = new HttpClient(handler ?? OwnHandler(address), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The address, for messages.</summary>
    public string Shown { get; }

    public TimeProvider Clock { get; }

    /// <summary>The longest that one request takes.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>The largest answer that is read, and what to do about one that is larger.</summary>
    public required (int Bytes, string Advice) AnswerLimit { get; init; }

    /// <summary>Makes the exception for a failure, whose message begins with the address.</summary>
    public required Func<string, Exception?, Exception> Failure { get; init; }

    /// <summary>What a text that goes on from the address says, as an exception.</summary>
    public Exception Failed(string what, Exception? inner = null) => Failure($"{Shown} {what}", inner);

    public void Dispose() => _client.Dispose();

    /// <summary>Asks until there is an answer, or the patience is at its end.</summary>
    /// <param name="body">The request.</param>
    /// <param name="patience">For this question.</param>
    /// <param name="read">Takes what is needed out of an answer; throws <see cref="BadAnswerException"/> where that is not in it.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="ArgumentException">The endpoint refuses what was sent (400, 413, 422).</exception>
    public async Task<T> AskAsync<T>(byte[] body, Patience patience, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
        where T : class
    {
        for (var attempt = 0; ; attempt++)
        {
            var (answer, trouble) = await TryAsync(body, patience, read, cancellation).ConfigureAwait(false);
            if (answer is not null) return answer;
            var pause = RetryPolicy.Pause(attempt, trouble!.Wanted);
            if (attempt >= patience.Retries || pause >= patience.Left)
            {
                var wanted = trouble.Wanted is { } w && w >= patience.Left ? $" It asks for a pause of {w.TotalSeconds:0} s." : "";
                throw Failed($"{trouble.What}{wanted} Asked {(attempt == 0 ? "once" : $"{attempt + 1} times")}.", trouble.Error);
            }
            await Task.Delay(pause, Clock, cancellation).ConfigureAwait(false);
        }
    }

    private static SocketsHttpHandler OwnHandler(Uri address) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // What is on this machine is not reached through a proxy.
        UseProxy = !address.IsLoopback,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private async Task<(T? Answer, Trouble? Trouble)> TryAsync<T>(
        byte[] body, Patience patience, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
        where T : class
    {
        var limit = patience.Left < RequestTimeout ? patience.Left : RequestTimeout;
        if (limit <= TimeSpan.Zero) return (null, new Trouble($"did not answer within {patience.Deadline.TotalSeconds:0.###} s."));
        using var timeout = new CancellationTokenSource(limit, Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = _key?.Header;
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return (null, await TroubleAsync(response, stop.Token).ConfigureAwait(false));
            return (await ReadAsync(response, read, stop.Token).ConfigureAwait(false), null);
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
        if (RetryPolicy.IsRefusal(status)) throw new ArgumentException($"{Shown} {what}");
        if ((int)status is >= 300 and < 400)
            what = $"answered {(int)status} ({status}), and redirections are not followed: texts go to the configured endpoint alone.";
        throw Failed(what);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
    {
        if (await AnswerBody.ReadAsync(response.Content, AnswerLimit.Bytes, cancellation).ConfigureAwait(false) is not { } answer)
            throw Failed($"answered with more than {AnswerLimit.Bytes} bytes. {AnswerLimit.Advice}");
        try
        {
            return read(answer);
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

    /// <summary>A failure that may pass.</summary>
    private sealed record Trouble(string What, TimeSpan? Wanted = null, Exception? Error = null);
}
