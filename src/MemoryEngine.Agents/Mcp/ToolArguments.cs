using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace MemoryEngine.Agents.Mcp;

/// <summary>The arguments of a call are not what the tool takes. The message names the argument and says what it takes.</summary>
internal sealed class ToolArgumentException(string message) : Exception(message);

/// <summary>Reads a call's arguments into the tool's record, and says in one sentence what is wrong with them.</summary>
internal static class ToolArguments
{
    private static readonly JsonElement NoProperties = JsonElement.Parse("{}");

    public static T Read<T>(IDictionary<string, JsonElement>? arguments, JsonTypeInfo<T> type, Tool tool)
    {
        var given = arguments ?? new Dictionary<string, JsonElement>();
        var properties = tool.InputSchema.TryGetProperty("properties", out var stated) ? stated : NoProperties;
        foreach (var name in given.Keys)
            if (!properties.TryGetProperty(name, out _)) throw Unknown(name, properties, tool);
        if (tool.InputSchema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!))
                if (!given.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null) throw Missing(name, properties, tool);
        }
        foreach (var (name, value) in given) CheckBounds(name, value, properties.GetProperty(name), tool);
        try
        {
            return JsonSerializer.Deserialize(Object(given), type)!;
        }
        catch (JsonException e)
        {
            throw Wrong(e, given, properties, tool);
        }
    }

    // An absent argument and null are the same: some clients send every argument that a tool has.
    private static ReadOnlySpan<byte> Object(IDictionary<string, JsonElement> arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in arguments)
            {
                if (value.ValueKind == JsonValueKind.Null) continue;
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }

    private static void CheckBounds(string name, JsonElement value, JsonElement schema, Tool tool)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            if (schema.TryGetProperty("minimum", out var least) && !(number >= least.GetDouble())) throw OutOfBounds(name, value, schema, tool);
            if (schema.TryGetProperty("maximum", out var most) && !(number <= most.GetDouble())) throw OutOfBounds(name, value, schema, tool);
        }
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("maxItems", out var items))
        {
            var (fewest, count) = (schema.GetProperty("minItems").GetInt32(), value.GetArrayLength());
            if (count < fewest || count > items.GetInt32())
                throw new ToolArgumentException($"'{name}' of {tool.Name} has {count} entries; it takes {fewest} to {items.GetInt32()}.");
        }
        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("enum", out var allowed) &&
            !allowed.EnumerateArray().Any(a => a.ValueEquals(value.GetString())))
        {
            throw OutOfBounds(name, value, schema, tool);
        }
    }

    private static ToolArgumentException OutOfBounds(string name, JsonElement value, JsonElement schema, Tool tool) =>
        new($"'{name}' of {tool.Name} is {Short(value)}; it must be {Kind(schema)}.");

    private static ToolArgumentException Unknown(string name, JsonElement properties, Tool tool) =>
        new(properties.EnumerateObject().Any()
            ? $"{tool.Name} takes no argument '{name}'. It takes {string.Join(", ", properties.EnumerateObject().Select(p => p.Name))}."
            : $"{tool.Name} takes no arguments, so none that is called '{name}'.");

    private static ToolArgumentException Missing(string name, JsonElement properties, Tool tool)
    {
        var property = properties.GetProperty(name);
        var what = property.TryGetProperty("description", out var description) ? $" {description.GetString()}" : "";
        return new($"{tool.Name} needs the argument '{name}', {Kind(property)}.{what}");
    }

    // The path is "$.ids[2]" or "$['min score']"; the first part of it is the argument.
    private static ToolArgumentException Wrong(
        JsonException e, IDictionary<string, JsonElement> given, JsonElement properties, Tool tool)
    {
        var path = e.Path is { Length: > 2 } p ? p[1..].TrimStart('.') : "";
        var name = given.Keys.Where(n => path.StartsWith(n, StringComparison.Ordinal)).MaxBy(n => n.Length);
        return name is null
            ? new($"The arguments of {tool.Name} cannot be read: {e.Message}")
            : new($"'{path}' of {tool.Name} is {Short(given[name])}; '{name}' must be {Kind(properties.GetProperty(name))}.");
    }

    private static string Short(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : $"{text.AsSpan(0, 60)}...";
    }

    private static string Kind(JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var allowed))
            return $"one of {string.Join(", ", allowed.EnumerateArray().Select(a => a.GetString()))}";
        var format = schema.TryGetProperty("format", out var f) ? f.GetString() : null;
        return schema.TryGetProperty("type", out var type) ? type.GetString() switch
        {
            "string" when format == "uuid" => "a UUID in quotation marks, as every answer of the server gives them",
            "string" when format == "date-time" => "a time as in \"2026-01-31T12:00:00Z\"",
            "string" => "a string",
            "integer" => $"a whole number{Bounds(schema)}",
            "number" => $"a number{Bounds(schema)}",
            "boolean" => "true or false",
            "array" => schema.TryGetProperty("items", out var items) ? $"a list, each {Kind(items)}" : "a list",
            "object" => "an object of names with strings",
            _ => "as its schema says",
        } : "as its schema says";
    }

    private static string Bounds(JsonElement schema) =>
        schema.TryGetProperty("minimum", out var least) && schema.TryGetProperty("maximum", out var most) ? $" from {least} to {most}" : "";
}
