namespace MemoryEngine.Agents.Http;

/// <summary>The address that is asked, made of what a person writes; and what of it may be shown.</summary>
internal static class EndpointAddress
{
    private const string OpenAIHost = "api.openai.com";

    public static bool IsOpenAI(Uri? endpoint) =>
        endpoint is null || (endpoint.IsAbsoluteUri && endpoint.Host.Equals(OpenAIHost, StringComparison.OrdinalIgnoreCase));

    /// <summary>The whole address.</summary>
    /// <param name="who">Whose it is, for messages: "embedder".</param>
    /// <param name="endpoint">What a person wrote: the base or the whole; null for OpenAI's own host, or the Ollama of this machine.</param>
    /// <param name="isOllama">Whether it speaks as Ollama does.</param>
    /// <param name="method">The last parts of the path: <c>embeddings</c>, <c>chat/completions</c>.</param>
    /// <exception cref="ArgumentException">It is no address of HTTP, or holds a secret.</exception>
    public static Uri Of(string who, Uri? endpoint, bool isOllama, string method)
    {
        endpoint ??= new Uri(isOllama ? "http://localhost:11434" : $"https://{OpenAIHost}/v1");
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https"))
            throw new ArgumentException($"The {who}'s endpoint is no address: it begins with http:// or https://.");
        if (endpoint.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                $"The {who}'s endpoint at {endpoint.Host} holds a user name or a key. Put the key into an environment variable and name that.");
        }
        var path = endpoint.AbsolutePath.TrimEnd('/');
        var (whole, last) = (isOllama ? $"/api/{method}" : $"/v1/{method}", $"/{method}");
        var isWhole = path.EndsWith(last, StringComparison.Ordinal);
        var isBase = path.Length == 0 || (isOllama && !path.EndsWith("/api", StringComparison.Ordinal));
        return new UriBuilder(endpoint) { Path = isWhole ? path : path + (isBase ? whole : last) }.Uri;
    }

    /// <summary>Scheme, host, port and path. What stands behind them may be a secret.</summary>
    public static string Shown(Uri address) => address.GetLeftPart(UriPartial.Path);
}
