using System.Text.Json;
using System.Text.Json.Nodes;
using MemoryEngine.Agents.Imports.Markdown;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Imports;

/// <summary>
/// What mem0 exports: an object with an array <c>results</c> (or <c>memories</c>), such an array alone, or one memory a line; each with
/// <c>memory</c>, its text, and mostly <c>id</c>, <c>user_id</c>, <c>agent_id</c>, <c>run_id</c>, <c>categories</c>, <c>metadata</c> and dates.
/// </summary>
internal static class Mem0Parser
{
    /// <summary>The names that the array goes by.</summary>
    public static readonly string[] Lists = ["results", "memories"];

    private static readonly string[] KeptFields = ["id", "user_id", "agent_id", "app_id", "run_id", "actor_id", "role", "created_at", "metadata"];

    public static ParsedFile Parse(string file, ReadOnlyMemory<byte> bytes)
    {
        var parsed = new ParsedFile(file);
        if (bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (IsLines(bytes.Span))
        {
            JsonText.Lines(parsed, new MemoryStream(bytes.ToArray(), writable: false), (line, item) => Read(parsed, line, item));
            return parsed;
        }
        var json = new Utf8JsonReader(bytes.Span);
        try
        {
            ReadDocument(parsed, bytes.Span, ref json);
        }
        catch (JsonException e)
        {
            var what = e.Message.Split(" LineNumber:")[0];
            parsed.Fail((e.LineNumber ?? 0) + 1, $"The file is not JSON from here on, and nothing behind it was read: {what}");
        }
        return parsed;
    }

    private static void ReadDocument(ParsedFile parsed, ReadOnlySpan<byte> bytes, ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            parsed.Fail(1, "The file is JSON and neither an array of memories nor an object with one.");
            return;
        }
        if (json.TokenType == JsonTokenType.StartArray)
        {
            ReadArray(parsed, bytes, ref json);
            return;
        }
        var found = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isList = json.ValueTextEquals(Lists[0]) || json.ValueTextEquals(Lists[1]);
            var isRelations = json.ValueTextEquals("relations"u8);
            json.Read();
            if (isList && json.TokenType == JsonTokenType.StartArray)
            {
                found = true;
                ReadArray(parsed, bytes, ref json);
                continue;
            }
            using var other = JsonDocument.ParseValue(ref json);
            if (isRelations && other.RootElement.ValueKind == JsonValueKind.Array)
                foreach (var _ in other.RootElement.EnumerateArray()) parsed.LeaveOut("relations of mem0's graph");
        }
        if (!found) parsed.Fail(1, $"The object has none of the arrays {string.Join(", ", Lists.Select(l => $"'{l}'"))}.");
    }

    private static void ReadArray(ParsedFile parsed, ReadOnlySpan<byte> bytes, ref Utf8JsonReader json)
    {
        var (line, counted) = (1L, 0);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var at = (int)json.TokenStartIndex;
            line += bytes[counted..at].Count((byte)'\n');
            counted = at;
            using var item = JsonDocument.ParseValue(ref json);
            try
            {
                Read(parsed, line, item.RootElement);
            }
            catch (InvalidOperationException)
            {
                parsed.Fail(line, "The memory holds escapes that are no Unicode text.");
            }
        }
    }

    private static void Read(ParsedFile parsed, long line, JsonElement item)
    {
        if (item.Text("memory") is not { } text || string.IsNullOrWhiteSpace(text))
        {
            parsed.Fail(line, "The memory has no text in 'memory'.");
            return;
        }
        text = RecalledText.Remove(text, out var blocks, out _).Trim();
        parsed.Recalled += blocks;
        if (text.Length == 0) return;
        var title = GuidanceDraft.Shorten(text.Split('\n', 2)[0], 120);
        var draft = GuidanceDraft.Of(text, [], title) with
        {
            Contributor = item.Text("agent_id"),
            Tags = [.. item.Items("categories").Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!).Where(c => c.Length > 0)],
        };
        if (title == text) draft = draft with { Title = null };
        var details = new JsonObject();
        foreach (var field in KeptFields)
        {
            if (item.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null)
                details[field] = JsonNode.Parse(value.GetRawText());
        }
        // mem0's ids are known wherever its file lies; what has none is known by its text.
        var id = item.Text("id");
        parsed.Items.Add(id is { Length: > 0 }
            ? new ImportItem(line, ItemIdentity.Key, id, draft with { Id = StableId.Of("import", "mem0", id) }, details)
            : new ImportItem(line, ItemIdentity.Text, "", draft, details));
    }

    // One object a line, as against one document over many.
    private static bool IsLines(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.Trim(" \t\r\n"u8);
        if (text.IsEmpty || text[0] != (byte)'{') return false;
        var end = text.IndexOf((byte)'\n');
        var first = new Utf8JsonReader(end < 0 ? text : text[..end]);
        try
        {
            using var document = JsonDocument.ParseValue(ref first);
            return document.RootElement.TryGetProperty("memory", out var memory) && memory.ValueKind == JsonValueKind.String;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
