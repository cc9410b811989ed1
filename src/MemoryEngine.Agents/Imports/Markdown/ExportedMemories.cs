using System.Text.RegularExpressions;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports.Markdown;

/// <summary>
/// Memories that the engine wrote into a file for people, between comments that say which they are, so that reading the file again
/// finds them: one that was edited there is revised, the others are what they were.
/// </summary>
internal static partial class ExportedMemories
{
    private const string Mark = "memengine:memory";

    /// <summary>Whether a text could be mistaken for a mark.</summary>
    public static bool Mentions(string text) => text.Contains(Mark, StringComparison.Ordinal);

    /// <summary>The line before a memory's text.</summary>
    public static string Open(MemoryVersion memory)
    {
        // A comment cannot hold two hyphens.
        var domain = memory.Domain.Contains("--", StringComparison.Ordinal) ? "" : $" {memory.Domain}".TrimEnd();
        return $"<!-- {Mark} {memory.Id} {(int)memory.Level} {InterchangeNames.Of(memory.Format)}{domain} -->";
    }

    /// <summary>The line behind it.</summary>
    public static string Close(Guid id) => $"<!-- /{Mark} {id} -->";

    /// <summary>The title under which a memory is shown: its own, or the beginning of its text.</summary>
    public static string Title(string? title, string text)
    {
        var line = title is { Length: > 0 } ? title : text.TrimStart().Split('\n', 2)[0];
        var shown = GuidanceDraft.Shorten(line.TrimStart('#', ' ', '-', '*'), 120).Trim();
        return shown.Length > 0 ? shown : "Untitled";
    }

    /// <summary>Moves the marked memories of a text into what is parsed; the rest of the text keeps its lines.</summary>
    public static string Take(ParsedFile parsed, string text)
    {
        if (!Mentions(text)) return text;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Opening().Match(lines[i]) is not { Success: true } open) continue;
            var id = Guid.ParseExact(open.Groups["id"].Value, "D");
            var end = Array.IndexOf(lines, Close(id), i + 1);
            if (end < 0)
            {
                parsed.Fail(i + 1, $"The memory {id} begins here and its closing comment is missing: '{Close(id)}'. It was left alone.");
                lines[i] = "";
                continue;
            }
            var heading = LastVisible(lines, i);
            var title = heading >= 0 && lines[heading].StartsWith("### ", StringComparison.Ordinal) ? lines[heading][4..].Trim() : null;
            Add(parsed, i + 1, id, open, title, string.Join('\n', lines[(i + 1)..end]));
            for (var k = i; k <= end; k++) lines[k] = "";
            if (title is not null) lines[heading] = "";
            i = end;
        }
        return string.Join('\n', lines);
    }

    private static void Add(ParsedFile parsed, int line, Guid id, Match open, string? title, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            parsed.Fail(line, $"The memory {id} has no text any more. Forget it with 'memengine forget {id}', or take its comments out too.");
            return;
        }
        var draft = new MemoryDraft
        {
            Id = id,
            Text = text,
            Title = title,
            Level = (MemoryLevel)(open.Groups["level"].Value[0] - '0'),
            Format = InterchangeNames.FormatOf(open.Groups["format"].Value) ?? MemoryFormat.Insight,
            Domain = open.Groups["domain"].Value,
        };
        parsed.Items.Add(new ImportItem(line, ItemIdentity.Id, "", draft));
    }

    private static int LastVisible(string[] lines, int before)
    {
        for (var i = before - 1; i >= 0; i--)
            if (!string.IsNullOrWhiteSpace(lines[i])) return i;
        return -1;
    }

    [GeneratedRegex(
        @"^<!-- memengine:memory (?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (?<level>[1-4]) (?<format>[a-z]+)(?: (?<domain>.*?))? -->$")]
    private static partial Regex Opening();
}
