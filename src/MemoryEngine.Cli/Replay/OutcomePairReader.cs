using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MemoryEngine.Evidence.Pairs;

namespace MemoryEngine.Cli.Replay;

/// <summary>A line of a file: a pair, or why it is none.</summary>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Pair">The pair; null when the line is bad.</param>
/// <param name="Error">What is wrong with it; null when it is good.</param>
internal readonly record struct OutcomePairLine(long Number, OutcomePair? Pair, string? Error);

/// <summary>Reads outcome pairs, one JSON object a line, plain or gzipped. A bad line is an answer, not the end.</summary>
internal static class OutcomePairReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IEnumerable<OutcomePairLine> Read(string file)
    {
        using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var stream = IsGzip(source) ? new GZipStream(source, CompressionMode.Decompress) : (Stream)source;
        using var reader = new StreamReader(stream, StrictUtf8);
        for (var number = 1L; ; number++)
        {
            if (!TryReadLine(reader, out var text, out var error))
            {
                // What follows damaged bytes cannot be told from them.
                yield return new OutcomePairLine(number, null, error);
                yield break;
            }
            if (text is null) yield break;
            if (!string.IsNullOrWhiteSpace(text)) yield return Parse(number, text);
        }
    }

    private static bool TryReadLine(StreamReader reader, out string? text, out string? error)
    {
        (text, error) = (null, null);
        try
        {
            text = reader.ReadLine();
            return true;
        }
        catch (DecoderFallbackException)
        {
            error = "The bytes about here are not UTF-8; nothing behind them was read.";
        }
        catch (InvalidDataException e)
        {
            error = $"The gzip data is damaged or cut off here; nothing behind it was read. {e.Message}";
        }
        return false;
    }

    private static OutcomePairLine Parse(long number, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return new OutcomePairLine(number, PairOf(document.RootElement), null);
        }
        catch (JsonException e)
        {
            return new OutcomePairLine(number, null, $"This is no JSON: {e.Message}");
        }
        catch (FormatException e)
        {
            return new OutcomePairLine(number, null, e.Message);
        }
    }

    private static OutcomePair PairOf(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new FormatException("A line is one JSON object.");
        return new OutcomePair(
            Text(line, "task") ?? throw new FormatException("'task' is missing; it names what was run."),
            Text(line, "domain") ?? "",
            Text(line, "model"),
            Text(line, "variant"),
            Bool(line, "control") ?? throw new FormatException("'control' is missing; it is true when the run without memory passed."),
            Bool(line, "memory") ?? throw new FormatException("'memory' is missing; it is true when the run with memory passed."),
            Bool(line, "control_again"),
            Ids(line));
    }

    private static string? Text(JsonElement line, string name) => Field(line, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw new FormatException($"'{name}' is a string, not {value.GetRawText()}."),
    };

    private static bool? Bool(JsonElement line, string name) => Field(line, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw new FormatException($"'{name}' is true or false, not {value.GetRawText()}."),
    };

    private static Guid[] Ids(JsonElement line)
    {
        if (Field(line, "memories") is not { } field) return [];
        if (field.ValueKind != JsonValueKind.Array) throw new FormatException("'memories' is an array of ids.");
        var ids = new List<Guid>(field.GetArrayLength());
        foreach (var element in field.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String || !Guid.TryParseExact(element.GetString(), "D", out var id))
                throw new FormatException($"'memories' holds ids, which are UUIDs, not {element.GetRawText()}.");
            // Handed over twice is handed over once.
            if (!ids.Contains(id)) ids.Add(id);
        }
        return [.. ids];
    }

    private static JsonElement? Field(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool IsGzip(FileStream stream)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == magic.Length && magic is [0x1f, 0x8b];
    }
}
