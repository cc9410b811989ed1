using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using MemoryEngine.Agents.Http;

namespace MemoryEngine.Agents.Embedders;

/// <summary>What goes over the wire: the body of a request, and the vectors out of an answer, in the order of the texts.</summary>
internal static class EmbeddingWire
{
    public static byte[] Request(HttpEmbedderOptions options, IReadOnlyList<string> texts)
    {
        var body = new ArrayBufferWriter<byte>();
        // Unescaped, so that ideographs take half the bytes; no browser reads this.
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("model", options.Model);
            json.WriteStartArray("input");
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
            if (options.Api == EmbeddingApi.OpenAI) json.WriteString("encoding_format", "float");
            else json.WriteBoolean("truncate", true);
            if (options.Dimensions is { } dimensions) json.WriteNumber("dimensions", dimensions);
            json.WriteEndObject();
        }
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The vectors of an answer.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="BadAnswerException">It is JSON, and not what was asked for.</exception>
    public static float[][] Vectors(EmbeddingApi api, ReadOnlyMemory<byte> answer, int count)
    {
        using var document = JsonDocument.Parse(answer);
        var name = api == EmbeddingApi.OpenAI ? "data" : "embeddings";
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
            throw new BadAnswerException($"has no array '{name}'");
        if (list.GetArrayLength() != count) throw new BadAnswerException($"has {list.GetArrayLength()} vectors for {count} texts");
        return api == EmbeddingApi.OpenAI ? Ordered(list) : [.. list.EnumerateArray().Select(Vector)];
    }

    // In the order of their indices; where none has one, as they came.
    private static float[][] Ordered(JsonElement list)
    {
        var vectors = new float[list.GetArrayLength()][];
        var (position, numbered) = (0, 0);
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("embedding", out var embedding))
                throw new BadAnswerException($"has no 'embedding' at position {position}");
            var index = position;
            if (item.TryGetProperty("index", out var given))
            {
                if (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out index) || index < 0 || index >= vectors.Length)
                    throw new BadAnswerException($"has an index at position {position} that is not from 0 to {vectors.Length - 1}");
                numbered++;
            }
            if (vectors[index] is not null) throw new BadAnswerException($"has the index {index} twice");
            vectors[index] = Vector(embedding);
            position++;
        }
        if (numbered != 0 && numbered != vectors.Length) throw new BadAnswerException("has an index at some of its vectors only");
        return vectors;
    }

    private static float[] Vector(JsonElement value)
    {
        var vector = value.ValueKind switch
        {
            JsonValueKind.Array => Numbers(value),
            JsonValueKind.String => Base64(value),
            _ => throw new BadAnswerException($"has a vector that is {value.ValueKind}, neither an array of numbers nor base64"),
        };
        if (vector.Length is < Limits.MinDimension or > Limits.MaxDimension)
            throw new BadAnswerException($"has a vector of {vector.Length} dimensions; {Limits.MinDimension} to {Limits.MaxDimension} are possible");
        foreach (var component in vector)
            if (!float.IsFinite(component)) throw new BadAnswerException("has a vector with a NaN or an infinity");
        return vector;
    }

    private static float[] Numbers(JsonElement array)
    {
        var vector = new float[array.GetArrayLength()];
        var i = 0;
        foreach (var number in array.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out vector[i]))
                throw new BadAnswerException($"has a vector whose component {i} is {number.ValueKind}, no number");
            i++;
        }
        return vector;
    }

    // Little-endian float32.
    private static float[] Base64(JsonElement text)
    {
        if (!text.TryGetBytesFromBase64(out var bytes) || bytes.Length % sizeof(float) != 0)
            throw new BadAnswerException("has a vector whose text is not base64 of float32");
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }
}
