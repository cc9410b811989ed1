using System.Text;

namespace RepairAgent;

/// <summary>A change of a text that its maker meant as JSON. Its name is what lessons call it.</summary>
internal sealed record Fix(string Name, Func<string, string> Apply);

/// <summary>All changes that the agent can make. Strings are left as they are, whatever they hold.</summary>
internal static class Fixes
{
    /// <summary>In the order in which they are applied.</summary>
    public static IReadOnlyList<Fix> All { get; } =
    [
        new("keep only the outermost object", OutermostObject),
        new("drop comments", DropComments),
        new("turn single quotes into double quotes", DoubleQuotes),
        new("write Python's constants as JSON's", JsonConstants),
        new("quote bare keys", QuoteKeys),
        new("drop trailing commas", DropTrailingCommas),
    ];

    private static string OutermostObject(string text)
    {
        var (start, end) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
        return start >= 0 && end > start ? text[start..(end + 1)] : text;
    }

    private static string DropComments(string text) => Rewrite(text, (at, _) =>
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//", StringComparison.Ordinal)) return rest.IndexOf('\n') is var line and >= 0 ? line : rest.Length;
        if (!rest.StartsWith("/*", StringComparison.Ordinal)) return 0;
        return rest.IndexOf("*/", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : rest.Length;
    });

    private static string DoubleQuotes(string text) => Rewrite(text, (at, result) =>
    {
        if (text[at] != '\'') return 0;
        var length = StringLength(text, at);
        var inside = text.Substring(at + 1, Math.Max(0, length - 2)).Replace("\\'", "'", StringComparison.Ordinal);
        result.Append('"').Append(inside.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        return length;
    });

    private static string JsonConstants(string text) => Rewrite(text, (at, result) =>
    {
        var word = WordAt(text, at);
        var replacement = word switch { "True" => "true", "False" => "false", "None" => "null", _ => null };
        if (replacement is not null) result.Append(replacement);
        return replacement is null ? 0 : word.Length;
    });

    private static string QuoteKeys(string text) => Rewrite(text, (at, result) =>
    {
        var word = WordAt(text, at);
        if (word.Length == 0 || !text.AsSpan(at + word.Length).TrimStart().StartsWith(":", StringComparison.Ordinal)) return 0;
        result.Append('"').Append(word).Append('"');
        return word.Length;
    });

    private static string DropTrailingCommas(string text) => Rewrite(text, (at, _) =>
        text[at] == ',' && text.AsSpan(at + 1).TrimStart() is [']' or '}', ..] ? 1 : 0);

    /// <summary>
    /// Copies a text and asks at each character outside of strings for a change: how many characters were taken away there, after
    /// what stands for them was appended.
    /// </summary>
    private static string Rewrite(string text, Func<int, StringBuilder, int> change)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var taken = change(at, result);
            if (taken == 0)
            {
                taken = text[at] is '"' or '\'' ? StringLength(text, at) : 1;
                result.Append(text, at, taken);
            }
            at += taken;
        }
        return result.ToString();
    }

    private static int StringLength(string text, int at)
    {
        for (var end = at + 1; end < text.Length; end++)
        {
            if (text[end] == '\\') end++;
            else if (text[end] == text[at]) return end + 1 - at;
        }
        return text.Length - at;
    }

    private static string WordAt(string text, int at)
    {
        if (at > 0 && IsWord(text[at - 1])) return "";
        var end = at;
        while (end < text.Length && IsWord(text[end])) end++;
        return text[at..end];

        static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';
    }
}
