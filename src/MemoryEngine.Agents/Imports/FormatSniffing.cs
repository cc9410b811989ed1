using System.Text.Json;

namespace MemoryEngine.Agents.Imports;

/// <summary>Tells a form by the fields of the first objects in a file.</summary>
internal static class FormatSniffing
{
    private const int LinesLookedAt = 50;
    private const int MaxLineBytes = 4 << 20;

    /// <summary>The form of the first object that has marks of one; null when none has.</summary>
    public static ImportFormat? Of(string path)
    {
        using var file = InputFile.Open(path);
        var lines = new Interchange.LineSplitter(file, MaxLineBytes);
        try
        {
            for (var i = 0; i < LinesLookedAt && lines.TryRead(out var line, out _); i++)
            {
                if (OfObject(line) is { } format) return format;
                // A document over many lines: JSON, or nothing that is known.
                if (i == 0 && !IsWhole(line)) return OfDocument(path);
            }
        }
        catch (InvalidDataException)
        {
            // Damaged gzip; whoever imports it says where.
        }
        return null;
    }

    private static ImportFormat? OfObject(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        try
        {
            return JsonDocument.TryParseValue(ref json, out var document) ? OfElement(document) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> line)
    {
        var trimmed = line.Trim(" \t\r"u8);
        return trimmed.Length > 1 && trimmed[^1] is (byte)'}' or (byte)']' || (trimmed.Length > 0 && trimmed[0] is not ((byte)'{' or (byte)'['));
    }

    private static ImportFormat? OfDocument(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(InputFile.ReadBytes(path));
            return Of(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    private static ImportFormat? OfElement(JsonDocument document)
    {
        using (document) return Of(document.RootElement);
    }

    private static ImportFormat? Of(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object && IsMem0(root[0]) ? ImportFormat.Mem0 : null;
        }
        if (root.ValueKind != JsonValueKind.Object) return null;
        var type = root.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString() : null;
        if (type is "entity" && root.TryGetProperty("entityType", out _)) return ImportFormat.McpMemory;
        if (type is "relation" && root.TryGetProperty("relationType", out _)) return ImportFormat.McpMemory;
        if (root.TryGetProperty("sessionId", out _) || (type is "summary" && root.TryGetProperty("leafUuid", out _))) return ImportFormat.ClaudeCode;
        foreach (var list in Mem0Parser.Lists)
        {
            if (root.TryGetProperty(list, out var items) && items.ValueKind == JsonValueKind.Array)
                return items.GetArrayLength() == 0 || IsMem0(items[0]) ? ImportFormat.Mem0 : null;
        }
        if (IsMem0(root)) return ImportFormat.Mem0;
        return root.TryGetProperty("text", out _) ? ImportFormat.JsonLines : null;
    }

    private static bool IsMem0(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("memory", out var memory) && memory.ValueKind == JsonValueKind.String;
}
