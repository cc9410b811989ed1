namespace MemoryEngine.Agents.Embedders;

/// <summary>The address that is asked, made of what a person writes; and what of it may be shown.</summary>
internal static class EmbeddingAddress
{
    private const string OpenAIHost = "api.openai.com";

    public static bool IsOpenAI(Uri? endpoint) =>
        endpoint is null || (endpoint.IsAbsoluteUri && endpoint.Host.Equals(OpenAIHost, StringComparison.OrdinalIgnoreCase));

    /// <summary>The whole address.</summary>
    /// <exception cref="ArgumentException">It is no address of HTTP, or holds a secret.</exception>
    public static Uri Of(EmbeddingApi api, Uri? endpoint)
    {
        endpoint ??= new Uri(api == EmbeddingApi.Ollama ? "http://localhost:11434" : $"https://{OpenAIHost}/v1");
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException("The embedder's endpoint is no address: it begins with http:// or https://.");
        if (endpoint.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                $"The embedder's endpoint at {endpoint.Host} holds a user name or a key. Put the key into an environment variable and name that.");
        }
        var path = endpoint.AbsolutePath.TrimEnd('/');
        var (whole, last) = api == EmbeddingApi.Ollama ? ("/api/embed", "/embed") : ("/v1/embeddings", "/embeddings");
        var isWhole = path.EndsWith(last, StringComparison.Ordinal);
        var isBase = path.Length == 0 || (api == EmbeddingApi.Ollama && !path.EndsWith("/api", StringComparison.Ordinal));
        return new UriBuilder(endpoint) { Path = isWhole ? path : path + (isBase ? whole : last) }.Uri;
    }

    /// <summary>Scheme, host, port and path. What stands behind them may be a secret.</summary>
    public static string Shown(Uri address) => address.GetLeftPart(UriPartial.Path);
}
