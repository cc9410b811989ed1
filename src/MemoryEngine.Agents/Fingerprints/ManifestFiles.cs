using System.Text.Json;
using System.Text.RegularExpressions;

namespace MemoryEngine.Agents.Fingerprints;

/// <summary>
/// Reads names and versions of dependencies out of the files of package managers, as far as they are stated plainly. None of them is
/// parsed as its own tool would: a line or an entry of another form says nothing.
/// </summary>
internal static partial class ManifestFiles
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="FormatException">It is no JSON.</exception>
    public static string? SdkVersion(string text)
    {
        using var json = Parse(text);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("sdk", out var sdk)
            && sdk.ValueKind == JsonValueKind.Object && sdk.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String
            ? version.GetString()
            : null;
    }

    /// <exception cref="FormatException">It is no JSON.</exception>
    public static IEnumerable<(string Name, string Version)> PackageJson(string text)
    {
        using var json = Parse(text);
        var found = new List<(string, string)>();
        if (json.RootElement.ValueKind != JsonValueKind.Object) return found;
        foreach (var section in new[] { "dependencies", "devDependencies", "peerDependencies" })
        {
            if (!json.RootElement.TryGetProperty(section, out var all) || all.ValueKind != JsonValueKind.Object) continue;
            foreach (var one in all.EnumerateObject())
                if (one.Value.ValueKind == JsonValueKind.String && Version(one.Value.GetString()!) is { } version) found.Add((one.Name, version));
        }
        return found;
    }

    public static IEnumerable<(string Name, string Version)> Requirements(string text) =>
        from line in Lines(text)
        let match = Requirement().Match(line)
        where match.Success
        select (match.Groups[1].Value, match.Groups[2].Value);

    /// <summary>Both forms: a list of requirements under <c>[project]</c>, and a table of Poetry's.</summary>
    public static IEnumerable<(string Name, string Version)> PyProject(string text)
    {
        foreach (Match match in QuotedRequirement().Matches(text)) yield return (match.Groups[1].Value, match.Groups[2].Value);
        foreach (var pair in Table(text, static name => name.StartsWith("tool.poetry", StringComparison.Ordinal) && IsDependencies(name)))
            yield return pair;
    }

    public static IEnumerable<(string Name, string Version)> Cargo(string text) =>
        Table(text, IsDependencies);

    private static bool IsDependencies(string name) => name.EndsWith("dependencies", StringComparison.Ordinal);

    public static string? GoVersion(string text) =>
        Lines(text).Select(l => GoLine().Match(l)).FirstOrDefault(m => m.Success)?.Groups[1].Value;

    public static IEnumerable<(string Name, string Version)> GoMod(string text) =>
        from line in Lines(text)
        let match = GoRequire().Match(line)
        where match.Success
        select (match.Groups[1].Value, match.Groups[2].Value);

    // name = "1.2" and name = { version = "1.2", … }, below a heading.
    private static IEnumerable<(string Name, string Version)> Table(string text, Func<string, bool> isWanted)
    {
        var isIn = false;
        foreach (var line in Lines(text))
        {
            if (line.StartsWith('[')) isIn = isWanted(line.Trim('[', ']', ' '));
            else if (isIn && TomlEntry().Match(line) is { Success: true } match && Version(match.Groups[2].Value) is { } version)
                yield return (match.Groups[1].Value, version);
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.Trim());

    // The version in "^1.2.3", ">=1.2,<2", "~1.2" or "1.2.3"; null where there is none, as in "*" or "workspace:..".
    private static string? Version(string text) => PlainVersion().Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    private static JsonDocument Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, Lenient);
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON: {e.Message}");
        }
    }

    [GeneratedRegex(@"^[\^~>=<v\s]*(\d+(?:\.\d+){0,2})")]
    private static partial Regex PlainVersion();

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:\[[^\]]{0,100}\])?\s*(?:==|>=|~=|===)\s*(\d+(?:\.\d+){0,2})")]
    private static partial Regex Requirement();

    [GeneratedRegex(@"[""']([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:\[[^\]\n]{0,100}\])?\s*(?:==|>=|~=)\s*(\d+(?:\.\d+){0,2})")]
    private static partial Regex QuotedRequirement();

    [GeneratedRegex(@"^[""']?([A-Za-z0-9][A-Za-z0-9._-]{0,127})[""']?\s*=\s*(?:\{[^}]*?version\s*=\s*)?[""']([^""']{1,64})[""']")]
    private static partial Regex TomlEntry();

    [GeneratedRegex(@"^go\s+(\d+(?:\.\d+){0,2})")]
    private static partial Regex GoLine();

    [GeneratedRegex(@"^(?:require\s+)?([a-z0-9.-]{1,100}\.[a-z]{2,10}(?:/[A-Za-z0-9._~-]{1,100}){0,10})\s+v(\d+\.\d+\.\d+)")]
    private static partial Regex GoRequire();
}
