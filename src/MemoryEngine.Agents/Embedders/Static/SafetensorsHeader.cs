using System.Text.Json;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>A tensor as the header of its file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements: <c>F32</c>, <c>F16</c>, ...</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Start">Its first byte, counted from the beginning of the file.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record Tensor(string Name, string Type, long[] Shape, long Start, long Length)
{
    /// <summary>Bytes of an element, 0 for types that are not known here.</summary>
    public int ElementBytes => BytesOf(Type);

    public static int BytesOf(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => 0,
    };
}

/// <summary>
/// The header of a safetensors file: eight bytes with its length, then a JSON object of tensors. Nothing in it is believed:
/// lengths and offsets lie within the file, a tensor's bytes fit its shape, and all together cover the data without a gap
/// or an overlap, as the format demands.
/// </summary>
internal static class SafetensorsHeader
{
    public const int LengthBytes = 8;

    /// <summary>The longest header that is read; real ones of tables take a few hundred bytes.</summary>
    public const int MaxBytes = 16 << 20;

    private const int MaxTensors = 100_000;

    /// <summary>Reads a header.</summary>
    /// <param name="header">Its bytes, behind the eight of the length.</param>
    /// <param name="fileBytes">Bytes of the whole file.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Dictionary<string, Tensor> Read(ReadOnlyMemory<byte> header, long fileBytes)
    {
        long start = LengthBytes + header.Length;
        var tensors = ModelJson.Read(header, "has a header that is", root => ReadTensors(root, start));
        var next = start;
        foreach (var tensor in tensors.Values.OrderBy(t => t.Start).ThenBy(t => t.Length))
        {
            if (tensor.Start != next) throw new FormatException($"has a gap or an overlap before the tensor '{tensor.Name}' at byte {tensor.Start}");
            next += tensor.Length;
        }
        if (next != fileBytes) throw new FormatException($"has {fileBytes} bytes, where its header describes {next}");
        return tensors;
    }

    private static Dictionary<string, Tensor> ReadTensors(JsonElement root, long start)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == "__metadata__") continue;
            if (tensors.Count == MaxTensors) throw new FormatException($"has more than {MaxTensors} tensors");
            if (!tensors.TryAdd(property.Name, ReadTensor(property.Name, property.Value, start)))
                throw new FormatException($"has the tensor '{property.Name}' twice");
        }
        return tensors;
    }

    private static Tensor ReadTensor(string name, JsonElement value, long start)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out var shape) || !TryNumbers(shape, out var dimensions)
            || !value.TryGetProperty("data_offsets", out var offsets) || !TryNumbers(offsets, out var ends) || ends.Length != 2)
        {
            throw new FormatException($"describes the tensor '{name}' without a dtype, a shape or two data_offsets");
        }
        if (ends[0] > ends[1] || ends[1] > long.MaxValue - start)
            throw new FormatException($"has offsets of the tensor '{name}' from {ends[0]} to {ends[1]}, which are none");
        var tensor = new Tensor(name, type.GetString()!, dimensions, start + ends[0], ends[1] - ends[0]);
        if (tensor.ElementBytes > 0 && SizeOf(tensor) != tensor.Length)
        {
            throw new FormatException(
                $"has {tensor.Length} bytes of the tensor '{name}', which do not fit {tensor.Type} of shape [{string.Join(", ", dimensions)}]");
        }
        return tensor;
    }

    // -1 for more than can be counted.
    private static long SizeOf(Tensor tensor)
    {
        UInt128 size = (UInt128)tensor.ElementBytes;
        foreach (var dimension in tensor.Shape)
        {
            size *= (UInt128)dimension;
            if (size > long.MaxValue) return -1;
        }
        return (long)size;
    }

    private static bool TryNumbers(JsonElement array, out long[] numbers)
    {
        numbers = [];
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > 16) return false;
        numbers = new long[array.GetArrayLength()];
        var i = 0;
        foreach (var number in array.EnumerateArray())
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out numbers[i]) || numbers[i++] < 0) return false;
        return true;
    }
}
