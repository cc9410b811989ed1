using System.Runtime.CompilerServices;
using MemoryEngine.Agents.Http;
using Microsoft.Extensions.AI;

namespace MemoryEngine.Agents.Chat;

/// <summary>
/// Asks an endpoint of a language model for text: for the distiller, and for whoever needs no more than that. No tools, no images; an
/// answer comes whole. What is sent goes to the configured endpoint and nowhere else. Thread-safe.
/// </summary>
/// <remarks>
/// What the endpoint refuses (400, 413, 422) throws <see cref="ArgumentException"/>; everything else
/// <see cref="ChatEndpointException"/>. No message holds the key.
/// </remarks>
public sealed class HttpChatClient : IChatClient
{
    private readonly HttpChatOptions _options;
    private readonly JsonEndpoint _endpoint;

    /// <summary>Prepares to ask; nothing is sent yet.</summary>
    /// <param name="options">Which model, where, how patiently.</param>
    /// <param name="handler">Sends the requests, and stays the caller's; null opens connections of its own.</param>
    /// <param name="clock">For timeouts and pauses; null is the system's.</param>
    /// <param name="readVariable">The environment, for the key; null is the process's.</param>
    /// <exception cref="ArgumentException">The options make no sense, or the key is not where they say.</exception>
    public HttpChatClient(
        HttpChatOptions options, HttpMessageHandler? handler = null, TimeProvider? clock = null, Func<string, string?>? readVariable = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        var isOpenAI = options.Api == ChatApi.OpenAI && EndpointAddress.IsOpenAI(options.Endpoint);
        var key = EndpointKey.Read(options.KeyVariable, isOpenAI, $"model {options.Model}", readVariable ?? Environment.GetEnvironmentVariable);
        _endpoint = new JsonEndpoint(options.Address, key, handler, clock)
        {
            RequestTimeout = options.RequestTimeout,
            AnswerLimit = (options.MaxAnswerBytes, "Ask for less, or raise MaxAnswerBytes."),
            Failure = (message, inner) => new ChatEndpointException(message, inner),
        };
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var list = messages.ToList();
        if (options?.Tools is { Count: > 0 }) throw new NotSupportedException("This client asks for text; it knows no tools.");
        if (list.Exists(m => m.Contents.Any(c => c is not TextContent))) throw new NotSupportedException("This client sends text alone.");
        if (options?.ModelId is { } other && other != _options.Model)
            throw new NotSupportedException($"This client is of {_options.Model}. Make another one for another model.");
        var patience = new Patience(_endpoint.Clock, _options.Deadline, _options.MaxRetries);
        var answer = await _endpoint.AskAsync(
            ChatWire.Request(_options, list, options), patience, a => ChatWire.Answer(_options.Api, a), cancellationToken).ConfigureAwait(false);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, answer.Text))
        {
            ModelId = answer.Model ?? _options.Model,
            FinishReason = answer.FinishReason is { Length: > 0 } reason ? new ChatFinishReason(reason) : null,
        };
    }

    /// <summary>The whole answer as one update.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (var update in response.ToChatResponseUpdates()) yield return update;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ChatClientMetadata))
            return new ChatClientMetadata(_options.Api == ChatApi.Ollama ? "ollama" : "openai", new Uri(_endpoint.Shown), _options.Model);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _endpoint.Dispose();

    /// <summary>The model and the address.</summary>
    public override string ToString() => $"{_options.Model} at {_endpoint.Shown}";
}
