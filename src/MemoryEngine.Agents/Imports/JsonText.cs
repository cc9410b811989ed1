using System.Text.Json;

namespace MemoryEngine.Agents.Imports;

/// <summary>Reading JSON that others wrote: what is asked for is there and of its kind, or it is null.</summary>
internal static class JsonText
{
    private const int MaxLineBytes = Interchange.JsonLinesReader.MaxLineBytes;

    /// <summary>A string property, or null.</summary>
    public static string? Text(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A whole number, or null.</summary>
    public static int? Number(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>Whether a property is there and true.</summary>
    public static bool IsTrue(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Whether a property is there and false.</summary>
    public static bool IsFalse(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.False;

    /// <summary>An object property, or an element that holds nothing.</summary>
    public static JsonElement Object(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : default;

    /// <summary>The elements of an array property; none where there is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    /// <summary>
    /// The text of a message's content, as chat interfaces have it: a string, or an array of parts whose <c>text</c> counts.
    /// </summary>
    public static string? Content(this JsonElement item, string name)
    {
        if (item.Text(name) is { } text) return text;
        var parts = item.Items(name).Select(p => p.ValueKind == JsonValueKind.String ? p.GetString() : p.Text("text"));
        return string.Join('\n', parts.Where(t => t is { Length: > 0 })) is { Length: > 0 } joined ? joined : null;
    }

    /// <summary>Reads objects, one a line; each bad line is a failure, and the rest goes on.</summary>
    public static void Lines(ParsedFile parsed, Stream stream, Action<long, JsonElement> read)
    {
        var lines = new Interchange.LineSplitter(stream, MaxLineBytes);
        try
        {
            while (lines.TryRead(out var line, out var isTooLong))
            {
                if (isTooLong) parsed.Fail(lines.Number, $"The line has more than {MaxLineBytes >> 20} MiB. It was left out.");
                else Line(parsed, lines.Number, line, read);
            }
        }
        catch (InvalidDataException e)
        {
            parsed.Fail(lines.Number + 1, $"The gzip data is damaged or cut off here; nothing behind it was read. {e.Message}");
        }
    }

    private static void Line(ParsedFile parsed, long number, ReadOnlySpan<byte> line, Action<long, JsonElement> read)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref json);
            if (json.Read()) throw new JsonException("Something stands behind the object.");
            if (document.RootElement.ValueKind == JsonValueKind.Object) read(number, document.RootElement);
            else parsed.Fail(number, "The line is JSON and no object. It was left out.");
        }
        catch (JsonException e)
        {
            var what = e.Message.Split(" LineNumber:")[0];
            parsed.Fail(number, $"The line is not JSON: {what} It was left out; a file that is still being written ends so.");
        }
        catch (InvalidOperationException)
        {
            parsed.Fail(number, "The line holds bytes or escapes that are no Unicode text. It was left out.");
        }
    }
}
