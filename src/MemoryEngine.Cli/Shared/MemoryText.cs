using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>Memories for people and for scripts.</summary>
internal static class MemoryText
{
    private static readonly string[] Taken = ["version", "state", "created_us", "is_current"];

    /// <summary>The fields of the JSON Lines form, with what the pool knows beside.</summary>
    public static void WriteFields(Utf8JsonWriter json, MemoryVersion memory)
    {
        JsonLines.WriteFields(json, JsonLines.ToDraft(memory), Taken);
        json.WriteNumber("version", memory.Version);
        json.WriteString("state", InterchangeNames.Of(memory.State));
        json.WriteNumber("created_us", memory.CreatedAt.Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        json.WriteBoolean("is_current", memory.IsCurrent);
    }

    public static void WriteResult(Utf8JsonWriter json, RememberResult result)
    {
        json.WriteString("id", result.Id);
        json.WriteNumber("version", result.Version);
        json.WriteString("outcome", NameOf(result.Outcome));
        json.WriteNumber("sequence", result.Sequence);
        if (result.Note is { } note) json.WriteString("note", note);
    }

    public static string NameOf(RememberOutcome outcome) => outcome.ToString().ToLowerInvariant();

    public static string NameOf(MemoryLevel level) => $"{(int)level} {level.ToString().ToLowerInvariant()}";

    /// <summary>A memory's name in one line: its title, its key or the beginning of its text.</summary>
    public static string Caption(MemoryVersion memory, int maxLength = 72) =>
        OneLine(memory.Title ?? memory.Key ?? memory.Text, maxLength);

    /// <summary>A text in one line, cut at a length.</summary>
    public static string OneLine(string text, int maxLength)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= maxLength ? line : string.Concat(line.AsSpan(0, maxLength - 3), "...");
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", null);

    /// <summary>A memory in full.</summary>
    public static void Show(Output output, MemoryVersion memory)
    {
        output.Heading(Caption(memory, 120));
        var state = memory.IsCurrent ? "" : memory.State == MemoryState.Tombstoned ? ", forgotten" : ", superseded";
        var facts = new List<(string, string)>
        {
            ("id", $"{memory.Id}  version {memory.Version}{state}"),
            ("level", NameOf(memory.Level)),
            ("format", InterchangeNames.Of(memory.Format)),
        };
        Add("domain", memory.Domain.Length > 0 ? memory.Domain : null);
        Add("task", memory.Task);
        Add("key", memory.Key is { } key ? OneLine(key, 200) : null);
        Add("model", memory.Model);
        Add("contributor", memory.Contributor);
        Add("result", InterchangeNames.Of(memory.Result));
        Add("requires", string.Join(", ", memory.Requires.Select(r => $"{r.Key}={r.Value}")));
        Add("tags", string.Join(", ", memory.Tags));
        Add("source", memory.Source);
        Add("license", memory.License);
        Add("vectors", string.Join(", ", memory.Vectors.Select(v => $"{v.Key} ({v.Value.Length} dimensions)")));
        Add("created", Time(memory.CreatedAt));
        Add("expires", memory.ExpiresAt is { } expiry ? Time(expiry) : null);
        output.Facts([.. facts]);
        output.Line();
        output.Line(memory.Text);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) facts.Add((name, value));
        }
    }
}
