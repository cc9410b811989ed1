using System.Net.Http.Headers;
using System.Text;

namespace MemoryEngine.Agents.Http;

/// <summary>
/// The key of an endpoint, out of the environment. It goes into one header and nowhere else: not into a message, a log or
/// <see cref="ToString"/>, and what the endpoint says of it is struck out.
/// </summary>
internal sealed class EndpointKey
{
    /// <summary>The variable that holds the key for OpenAI's own host, unless another is named.</summary>
    public const string OpenAIVariable = "OPENAI_API_KEY";

    // A server may show the beginning of a key and dots for the rest.
    private const int ShownPrefix = 6;

    private readonly string _key;

    private EndpointKey(string key) => _key = key;

    public AuthenticationHeaderValue Header => new("Bearer", _key);

    /// <summary>Reads the variable that a caller names, or that OpenAI's own host is known to want.</summary>
    /// <param name="variable">What the caller names; null for nothing.</param>
    /// <param name="isOpenAI">Whether the endpoint is OpenAI's own host, and is spoken to as such.</param>
    /// <param name="whose">For messages: "embedder openai/small".</param>
    /// <param name="readVariable">The environment.</param>
    /// <returns>Null where no key is sent.</returns>
    public static EndpointKey? Read(string? variable, bool isOpenAI, string whose, Func<string, string?> readVariable)
    {
        if ((variable ?? (isOpenAI ? OpenAIVariable : null)) is not { } name) return null;
        // Whoever puts the key in place of the name is not to see it in a message.
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new ArgumentException(
                $"What should name the key of the {whose.Split(' ')[0]} is no name of an environment variable: letters, digits and '_'.");
        }
        var key = readVariable(name)?.Trim() ?? "";
        if (key.Length == 0)
            throw new ArgumentException($"The environment variable {name} holds no key for the {whose}. Set it, or name another variable.");
        if (!key.All(c => c is > ' ' and <= '~'))
            throw new ArgumentException($"The environment variable {name} holds characters that no key has. Set it to the key alone.");
        return new EndpointKey(key);
    }

    /// <summary>A text without the key or what looks like its beginning.</summary>
    public string StrikeOut(string text)
    {
        var needle = _key.AsSpan(0, Math.Min(ShownPrefix, _key.Length));
        var clean = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOf(needle, StringComparison.Ordinal);
            if (found < 0)
            {
                clean.Append(text, at, text.Length - at);
                break;
            }
            clean.Append(text, at, found).Append("[key]");
            at += found;
            at += text.AsSpan(at).CommonPrefixLength(_key);
        }
        return clean.ToString();
    }

    public override string ToString() => "[key]";
}
