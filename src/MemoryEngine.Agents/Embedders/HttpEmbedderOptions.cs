using MemoryEngine.Agents.Http;

namespace MemoryEngine.Agents.Embedders;

/// <summary>Which model is asked for embeddings, where, and with how much patience. Holds the name of a key, never a key.</summary>
public sealed record HttpEmbedderOptions
{
    /// <summary>The variable that holds the key for OpenAI's own host, unless another is named.</summary>
    public const string OpenAIKeyVariable = EndpointKey.OpenAIVariable;

    /// <summary>What the endpoint speaks.</summary>
    public required EmbeddingApi Api { get; init; }

    /// <summary>The model, as the endpoint names it.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Where it is: the base (<c>http://gpu:8000</c>, <c>https://host/v1</c>) or the whole address. Null is OpenAI's own host, or
    /// the Ollama of this machine. A user name or a key may not stand in it.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// The environment variable that holds the key, sent as a bearer token. Null sends none, but for OpenAI's own host, where it
    /// is <see cref="OpenAIKeyVariable"/>.
    /// </summary>
    public string? KeyVariable { get; init; }

    /// <summary>Floats a vector, for models that can make shorter ones. Null takes the model's own; part of the identity.</summary>
    public int? Dimensions { get; init; }

    /// <summary>What the model wants before a query, such as <c>search_query: </c>.</summary>
    public string QueryPrefix { get; init; } = "";

    /// <summary>What the model wants before a document, such as <c>search_document: </c>.</summary>
    public string DocumentPrefix { get; init; } = "";

    /// <summary>The first part of the identity; null is <c>openai</c> for OpenAI's own host, else <c>http</c> or <c>ollama</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>What tells two versions of a model of one name apart, or two choices of prefixes.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The most texts in a request.</summary>
    public int BatchTexts { get; init; } = 64;

    /// <summary>The most UTF-16 characters in a request, but for a single text that has more.</summary>
    public int BatchCharacters { get; init; } = 100_000;

    /// <summary>What of a text is sent, in UTF-16 characters; models take a few thousand tokens. Its words are searched whole.</summary>
    public int MaxTextCharacters { get; init; } = 8_000;

    /// <summary>The largest answer that is read. Beyond it the connection is closed.</summary>
    public int MaxAnswerBytes { get; init; } = 16 << 20;

    /// <summary>How often a request of documents is repeated when the endpoint is busy or cannot be reached. A query is repeated once.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The longest that one request takes.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a batch of documents takes, with all repetitions and pauses.</summary>
    public TimeSpan DocumentDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for a query, for which somebody is waiting.</summary>
    public TimeSpan QueryDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What makes the vectors, as the pool stores it.</summary>
    public EmbedderIdentity Identity
    {
        get
        {
            var provider = Provider ?? (Api == EmbeddingApi.Ollama ? "ollama" : EndpointAddress.IsOpenAI(Endpoint) ? "openai" : "http");
            return new EmbedderIdentity(Dimensions is { } d ? $"{provider}/{Model}@{d}" : $"{provider}/{Model}", Revision);
        }
    }

    /// <summary>The identity and the host.</summary>
    public override string ToString() => $"{Identity.Id} at {EndpointAddress.Shown(Address)}";

    internal Uri Address => Api == EmbeddingApi.Ollama
        ? EndpointAddress.Of("embedder", Endpoint, isOllama: true, "embed")
        : EndpointAddress.Of("embedder", Endpoint, isOllama: false, "embeddings");

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Model)) throw Refuse("names no model");
        if (Dimensions is < Limits.MinDimension or > Limits.MaxDimension)
            throw Refuse($"asks for {Dimensions} dimensions; {Limits.MinDimension} to {Limits.MaxDimension} are possible");
        if (BatchTexts < 1 || BatchCharacters < 1 || MaxTextCharacters < 1 || MaxAnswerBytes < 1)
            throw Refuse("has a limit of batches, texts or answers that is not positive");
        if (MaxRetries < 0) throw Refuse("has a negative number of repetitions");
        if (RequestTimeout <= TimeSpan.Zero || DocumentDeadline <= TimeSpan.Zero || QueryDeadline <= TimeSpan.Zero)
            throw Refuse("has a timeout that is not positive");
    }

    private static ArgumentException Refuse(string what) => new($"The embedder's configuration {what}.");
}
