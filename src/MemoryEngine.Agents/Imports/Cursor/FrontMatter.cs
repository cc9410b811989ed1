namespace MemoryEngine.Agents.Imports.Cursor;

/// <summary>
/// The front matter of a rule: <c>description</c>, <c>globs</c>, <c>alwaysApply</c>. It looks like YAML and is not always: globs are
/// written without quotes, separated by commas, and begin with asterisks. So it is read line by line.
/// </summary>
internal sealed class FrontMatter
{
    private const string Fence = "---";

    private FrontMatter()
    {
    }

    /// <summary>What the rule is for; null when it does not say.</summary>
    public string? Description { get; private set; }

    /// <summary>The files that it is for.</summary>
    public IReadOnlyList<string> Globs { get; private set; } = [];

    /// <summary>Whether it applies to everything.</summary>
    public bool AlwaysApply { get; private set; }

    /// <summary>Lines that it takes, fences included; 0 where there is none.</summary>
    public int Lines { get; private set; }

    /// <summary>Reads it from the lines of a file; what is wrong with a line goes to the failures, and the rest counts.</summary>
    public static FrontMatter Read(ParsedFile parsed, string[] lines)
    {
        var front = new FrontMatter();
        if (lines.Length == 0 || lines[0].TrimEnd() != Fence) return front;
        var end = Array.FindIndex(lines, 1, l => l.TrimEnd() == Fence);
        if (end < 0)
        {
            parsed.Fail(1, $"The front matter begins here and has no end: put a line '{Fence}' behind it. All of the file was read as the rule.");
            front.Lines = 1;
            return front;
        }
        front.Lines = end + 1;
        for (var i = 1; i < end;) i = front.ReadField(parsed, lines, i, end);
        return front;
    }

    private int ReadField(ParsedFile parsed, string[] lines, int at, int end)
    {
        var line = lines[at];
        if (string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith('#')) return at + 1;
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || char.IsWhiteSpace(line[0]))
        {
            parsed.Fail(at + 1, "This line of the front matter is no 'name: value'. It was left out.");
            return at + 1;
        }
        var (name, value) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
        // What is indented below, or a list, belongs to it.
        var next = at + 1;
        while (next < end && BelongsToTheFieldAbove(lines[next])) next++;
        var below = lines[(at + 1)..next].Select(l => l.Trim()).Where(l => l.Length > 0).ToArray();
        Set(parsed, at + 1, name, value, below);
        return next;
    }

    private static bool BelongsToTheFieldAbove(string line) =>
        line.StartsWith("- ", StringComparison.Ordinal) || (line.Length > 0 && char.IsWhiteSpace(line[0]));

    private void Set(ParsedFile parsed, int line, string name, string value, string[] below)
    {
        switch (name)
        {
            case "description":
                var text = string.Join(' ', below.Prepend(value is ">" or "|" or ">-" or "|-" ? "" : Unquoted(value))).Trim();
                Description = text.Length > 0 ? text : null;
                break;
            case "globs":
                var listed = value.StartsWith('[') && value.EndsWith(']') ? value[1..^1] : value;
                var globs = SplitOutsideBraces(listed).Concat(below.Select(b => b.TrimStart('-')));
                Globs = [.. globs.Select(g => Unquoted(g.Trim())).Where(g => g.Length > 0)];
                break;
            case "alwaysApply":
                AlwaysApply = value is "true";
                if (value is not ("true" or "false" or ""))
                    parsed.Fail(line, $"alwaysApply is '{value}'; it is true or false. It was taken as false.");
                break;
            default:
                parsed.LeaveOut($"front matter '{name}'");
                break;
        }
    }

    private static IEnumerable<string> SplitOutsideBraces(string list)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i < list.Length; i++)
        {
            if (list[i] == '{') depth++;
            else if (list[i] == '}') depth--;
            else if (list[i] == ',' && depth <= 0)
            {
                yield return list[start..i];
                start = i + 1;
            }
        }
        yield return list[start..];
    }

    private static string Unquoted(string value) =>
        value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'' ? value[1..^1] : value;
}
