using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MemoryEngine.Agents.Interchange;

/// <summary>One draft to one JSON object, always in the same order.</summary>
internal static class DraftWriter
{
    /// <summary>Text stays readable: only what JSON needs escaped is escaped.</summary>
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Write(Utf8JsonWriter json, MemoryDraft draft, ReadOnlySpan<string> taken)
    {
        if (draft.Id is { } id) json.WriteString("id"u8, id);
        json.WriteString("format"u8, InterchangeNames.Of(draft.Format));
        json.WriteNumber("level"u8, (int)draft.Level);
        if (draft.Domain.Length > 0) json.WriteString("domain"u8, draft.Domain);
        String(json, "task"u8, draft.Task);
        String(json, "title"u8, draft.Title);
        String(json, "key"u8, draft.Key);
        json.WriteString("text"u8, draft.Text);
        String(json, "model"u8, draft.Model);
        String(json, "contributor"u8, draft.Contributor);
        if (draft.ExpiresAt is { } expiry)
            json.WriteNumber("expires_us"u8, expiry.Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        String(json, "result"u8, InterchangeNames.Of(draft.Result));
        Requires(json, draft.Requires);
        Tags(json, draft.Tags);
        String(json, "source"u8, draft.Source);
        String(json, "license"u8, draft.License);
        Vectors(json, draft.Vectors);
        Extra(json, draft.Extra, taken);
    }

    private static void String(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void Requires(Utf8JsonWriter json, IReadOnlyDictionary<string, string> requires)
    {
        if (requires.Count == 0) return;
        json.WriteStartObject("requires"u8);
        foreach (var (name, value) in requires.OrderBy(r => r.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void Tags(Utf8JsonWriter json, IReadOnlyList<string> tags)
    {
        if (tags.Count == 0) return;
        json.WriteStartArray("tags"u8);
        foreach (var tag in tags) json.WriteStringValue(tag);
        json.WriteEndArray();
    }

    private static void Vectors(Utf8JsonWriter json, IReadOnlyDictionary<string, ReadOnlyMemory<float>> vectors)
    {
        if (vectors.Count == 0) return;
        json.WriteStartObject("vectors"u8);
        foreach (var (space, vector) in vectors.OrderBy(v => v.Key, StringComparer.Ordinal))
            json.WriteBase64String(space, LittleEndian(vector.Span));
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> LittleEndian(ReadOnlySpan<float> vector)
    {
        if (BitConverter.IsLittleEndian) return MemoryMarshal.AsBytes(vector);
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }

    // A field that goes by a name of the form itself cannot be told from it in a file.
    private static void Extra(Utf8JsonWriter json, string? extra, ReadOnlySpan<string> taken)
    {
        if (extra is null) return;
        using var document = JsonDocument.Parse(extra);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (LineFields.IsKnown(property.Name) || taken.Contains(property.Name)) continue;
            json.WritePropertyName(property.Name);
            property.Value.WriteTo(json);
        }
    }
}
