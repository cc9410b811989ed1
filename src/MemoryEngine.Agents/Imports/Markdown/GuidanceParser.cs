using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>AGENTS.md and its kin, and the body of a rule: sections become memories.</summary>
internal static partial class GuidanceParser
{
    /// <summary>Reads a file's text.</summary>
    public static ParsedFile Parse(string file, string text)
    {
        var parsed = new ParsedFile(file);
        Read(parsed, text, Path.GetFileName(file), null, draft => draft);
        return parsed;
    }

    /// <summary>Reads sections into what is parsed of a file.</summary>
    /// <param name="parsed">Gets the items and failures.</param>
    /// <param name="text">Markdown, from the file's first line on.</param>
    /// <param name="fallbackTitle">The title of what stands before the first heading.</param>
    /// <param name="details">What every item says of the file.</param>
    /// <param name="complete">Completes every draft.</param>
    public static void Read(ParsedFile parsed, string text, string fallbackTitle, JsonObject? details, Func<MemoryDraft, MemoryDraft> complete)
    {
        text = RecalledText.Remove(text, out var blocks, out var unclosed);
        parsed.Recalled += blocks;
        if (unclosed >= 0)
        {
            parsed.Fail(
                text.AsSpan().Count('\n') + 1,
                "Recalled text begins here and its mark has no end, so nothing behind it was read. Close the mark, or take it out.");
        }
        text = ExportedMemories.Take(parsed, text);
        foreach (var section in MarkdownReader.Read(text))
        {
            var headings = WithoutFileName(section.Headings, parsed.File);
            var place = string.Join(GuidanceDraft.Joint, headings);
            var negation = Negation(headings);
            foreach (var piece in SectionCutting.Cut(section))
            {
                if (!piece.Text.Any(char.IsLetter)) continue;
                var draft = complete(GuidanceDraft.Of(negation + piece.Text, headings, fallbackTitle));
                var identity = piece.IsWhole ? ItemIdentity.Place : ItemIdentity.Text;
                parsed.Items.Add(new ImportItem(piece.Line, identity, place, draft, details?.DeepClone().AsObject()));
            }
        }
    }

    // "Push to main" under "Never" says the opposite of what it says alone, so the heading stands in the text and not in the title alone.
    private static string Negation(IReadOnlyList<string> headings)
    {
        for (var i = 0; i < headings.Count; i++)
            if (Negating().IsMatch(headings[i])) return $"{string.Join(GuidanceDraft.Joint, headings.Skip(i)).TrimEnd(':')}:\n\n";
        return "";
    }

    // "# AGENTS.md" above everything says nothing.
    private static IReadOnlyList<string> WithoutFileName(IReadOnlyList<string> headings, string file) =>
        headings.Count > 0 && headings[0].Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase) ? [.. headings.Skip(1)] : headings;

    [GeneratedRegex(
        @"^\P{L}*(?:never|no|not|do\s+not|don['\u2019]?ts?|must\s+not|should\s+not|cannot|avoid|forbidden|prohibited|disallowed|deprecated" +
        @"|bad|wrong|anti-?\s?patterns?|what\s+not|things?\s+(?:to\s+avoid|not\s+to)|(?:common\s+)?(?:mistakes|pitfalls|errors))\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Negating();
}
