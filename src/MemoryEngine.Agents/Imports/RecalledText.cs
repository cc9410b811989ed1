using System.Text.RegularExpressions;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// The mark around text that the engine has handed over, so that an importer which meets it in a transcript or a file does not remember
/// it again as new. It stands in plain text as well as in a JSON string, and its ends carry a token, so that no memory's text can
/// close it.
/// </summary>
public static partial class RecalledText
{
    /// <summary>The beginning of the mark.</summary>
    /// <param name="token">The transfer's id, or anything else of letters, digits and '-' that the text cannot know.</param>
    public static string Open(string token) => $"[memengine:recalled {Checked(token)}]";

    /// <summary>The end of the mark.</summary>
    public static string Close(string token) => $"[/memengine:recalled {Checked(token)}]";

    /// <summary>A text between both, on lines of their own.</summary>
    public static string Wrap(string text, string token) => $"{Open(token)}\n{text}\n{Close(token)}";

    /// <summary>A text without what stands between marks; of a mark without an end, without all that follows.</summary>
    /// <param name="text">The text.</param>
    /// <param name="blocks">How many blocks there were.</param>
    /// <param name="unclosed">Where one without an end begins, in characters of <paramref name="text"/>; -1 when none does.</param>
    internal static string Remove(string text, out int blocks, out int unclosed)
    {
        (blocks, unclosed) = (0, -1);
        if (!text.Contains("[memengine:recalled ", StringComparison.Ordinal)) return text;
        var kept = new System.Text.StringBuilder(text.Length);
        var at = 0;
        while (Opening().Match(text, at) is { Success: true } open)
        {
            blocks++;
            kept.Append(text, at, open.Index - at);
            var close = Close(open.Groups[1].Value);
            var end = text.IndexOf(close, open.Index + open.Length, StringComparison.Ordinal);
            if (end < 0)
            {
                unclosed = open.Index;
                return kept.ToString();
            }
            at = end + close.Length;
            // Lines keep their numbers.
            kept.Append('\n', text.AsSpan(open.Index, at - open.Index).Count('\n'));
        }
        return kept.Append(text, at, text.Length - at).ToString();
    }

    private static string Checked(string token) =>
        !string.IsNullOrEmpty(token) && token.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? token
            : throw new ArgumentException("A token is made of letters, digits and '-'.", nameof(token));

    [GeneratedRegex(@"\[memengine:recalled ([A-Za-z0-9-]{1,128})\]")]
    private static partial Regex Opening();
}
