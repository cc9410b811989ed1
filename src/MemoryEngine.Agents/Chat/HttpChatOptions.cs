using MemoryEngine.Agents.Http;

namespace MemoryEngine.Agents.Chat;

/// <summary>Which language model is asked, where, and with how much patience. Holds the name of a key, never a key.</summary>
public sealed record HttpChatOptions
{
    /// <summary>What the endpoint speaks.</summary>
    public required ChatApi Api { get; init; }

    /// <summary>The model, as the endpoint names it.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Where it is: the base (<c>http://gpu:8000</c>, <c>https://host/v1</c>) or the whole address. Null is OpenAI's own host, or the
    /// Ollama of this machine. A user name or a key may not stand in it.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// The environment variable that holds the key, sent as a bearer token. Null sends none, but for OpenAI's own host, where it is
    /// <c>OPENAI_API_KEY</c>.
    /// </summary>
    public string? KeyVariable { get; init; }

    /// <summary>The largest answer that is read. Beyond it the connection is closed.</summary>
    public int MaxAnswerBytes { get; init; } = 4 << 20;

    /// <summary>How often a request is repeated when the endpoint is busy or cannot be reached.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>The longest that one request takes; a model on a slow machine thinks for minutes.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The longest that one question takes, with all repetitions and pauses.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>The model and the host.</summary>
    public override string ToString() => $"{Model} at {EndpointAddress.Shown(Address)}";

    internal Uri Address => Api == ChatApi.Ollama
        ? EndpointAddress.Of("model", Endpoint, isOllama: true, "chat")
        : EndpointAddress.Of("model", Endpoint, isOllama: false, "chat/completions");

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Model)) throw new ArgumentException("The chat configuration names no model.");
        if (MaxAnswerBytes < 1 || MaxRetries < 0 || RequestTimeout <= TimeSpan.Zero || Deadline <= TimeSpan.Zero)
            throw new ArgumentException("The chat configuration has a limit or a timeout that is not positive, or a negative number of repetitions.");
    }
}
