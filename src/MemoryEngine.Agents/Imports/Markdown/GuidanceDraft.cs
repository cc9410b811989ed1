using System.Text;

namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>Makes drafts of guidance that people wrote for agents.</summary>
internal static class GuidanceDraft
{
    /// <summary>What joins headings in titles and places.</summary>
    public const string Joint = " > ";

    // Longer titles help nobody; a path of headings is cut from its beginning, since the last one says most.
    private const int TitleCharacters = 300;

    /// <summary>
    /// A draft of a piece of guidance. It is never a trace, whatever it looks like: it says how to do something, not what was done. An
    /// insight where its form is bound to nothing, else a procedure.
    /// </summary>
    public static MemoryDraft Of(string text, IReadOnlyList<string> headings, string fallbackTitle)
    {
        var level = Level(text);
        return new MemoryDraft
        {
            Text = text,
            Title = Title(headings, fallbackTitle),
            Level = level,
            Format = level == MemoryLevel.Insight ? MemoryFormat.Insight : MemoryFormat.Workflow,
        };
    }

    public static MemoryLevel Level(string text) =>
        MemoryStore.SuggestLevel(text) is var level && level == MemoryLevel.Trace ? MemoryLevel.Procedure : level;

    private static string Title(IReadOnlyList<string> headings, string fallback)
    {
        if (headings.Count == 0) return fallback;
        var first = headings.Count - 1;
        var length = headings[first].Length;
        while (first > 0 && length + headings[first - 1].Length + Joint.Length <= TitleCharacters)
            length += headings[--first].Length + Joint.Length;
        return Shorten(string.Join(Joint, headings.Skip(first)), TitleCharacters);
    }

    /// <summary>The beginning of a text, cut between characters, on one line.</summary>
    public static string Shorten(string text, int characters)
    {
        var line = new StringBuilder(Math.Min(text.Length, characters + 1));
        foreach (var rune in text.AsSpan().Trim().EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > characters - 1) return line.Append('…').ToString();
            line.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }
        return line.ToString();
    }
}
