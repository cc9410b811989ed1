using System.Text.Json;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>Reads the JSON of a model's file.</summary>
internal static class ModelJson
{
    /// <exception cref="FormatException">It is no JSON object, or holds text that is none.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, string what, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new FormatException($"{what} no JSON object");
        }
        catch (JsonException e)
        {
            throw new FormatException($"{what} no JSON ({e.Message.TrimEnd('.')})", e);
        }
        catch (InvalidOperationException e)
        {
            // Invalid UTF-8, or half of a surrogate pair: found when a string is asked for.
            throw new FormatException($"{what} no JSON of Unicode text", e);
        }
    }
}
