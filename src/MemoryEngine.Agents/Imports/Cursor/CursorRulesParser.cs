using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports.Markdown;

namespace MemoryEngine.Agents.Imports.Cursor;

/// <summary>A rule of the Cursor editor: front matter says when it applies, the rest is guidance.</summary>
internal static class CursorRulesParser
{
    /// <summary>Reads a rule's text.</summary>
    public static ParsedFile Parse(string file, string text)
    {
        var parsed = new ParsedFile(file);
        var lines = text.Split('\n');
        var front = FrontMatter.Read(parsed, lines);
        for (var i = 0; i < front.Lines; i++) lines[i] = "";
        var requires = Requires(front);
        GuidanceParser.Read(
            parsed, string.Join('\n', lines), Name(file), Details(front),
            draft => draft with { Key = front.Description is { } d ? $"{d}\n{draft.Title}" : null, Requires = requires });
        return parsed;
    }

    // A rule for files of some languages says nothing to a task of another. A rule that applies always asks for nothing.
    private static Dictionary<string, string> Requires(FrontMatter front)
    {
        var requires = new Dictionary<string, string>(StringComparer.Ordinal);
        if (front.AlwaysApply || front.Globs.Count == 0) return requires;
        var languages = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var ending in front.Globs.SelectMany(Endings))
        {
            if (LanguageOf(ending) is not { } language) return requires;
            languages.Add(language);
        }
        requires["language"] = string.Join(',', languages);
        return requires;
    }

    // Only where an ending leaves no doubt about the language; names as ContextFingerprint gives them.
    private static string? LanguageOf(string ending) => ending switch
    {
        "py" or "pyi" => "python",
        "go" => "go",
        "rs" => "rust",
        "cs" => "csharp",
        "java" => "java",
        "kt" or "kts" => "kotlin",
        "swift" => "swift",
        "rb" => "ruby",
        "php" => "php",
        "js" or "jsx" or "mjs" or "cjs" => "javascript",
        "ts" or "tsx" => "typescript",
        "ex" or "exs" => "elixir",
        "scala" => "scala",
        "dart" => "dart",
        "sql" => "sql",
        _ => null,
    };

    // "**/*.{ts,tsx}" has two; a glob without an ending has one that no language has.
    private static IEnumerable<string> Endings(string glob)
    {
        var name = glob[(glob.LastIndexOf('/') + 1)..];
        var ending = name[(name.LastIndexOf('.') + 1)..];
        return ending.StartsWith('{') && ending.EndsWith('}') ? ending[1..^1].Split(',').Select(e => e.Trim()) : [ending];
    }

    private static JsonObject? Details(FrontMatter front)
    {
        if (front.Lines == 0) return null;
        var details = new JsonObject { ["always_apply"] = front.AlwaysApply };
        if (front.Globs.Count > 0) details["globs"] = new JsonArray([.. front.Globs.Select(g => JsonValue.Create(g))]);
        if (front.Description is { } description) details["description"] = description;
        return details;
    }

    private static string Name(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return name is ".cursorrules" or "" ? "Cursor rules" : name;
    }
}
