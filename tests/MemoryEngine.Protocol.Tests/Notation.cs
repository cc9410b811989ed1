using System.Buffers;
using System.Globalization;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests;

/// <summary>
/// A value as text, for expectations that can be read: JSON, but for h'..' (bytes), ext(type, h'..'), time(seconds, nanoseconds)
/// and an f behind a float32.
/// </summary>
internal static class Notation
{
    public static string Of(in ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes, ProtocolLimits.Default);
        var text = Next(ref reader);
        Assert.True(reader.AtEnd, $"{reader.Remaining} bytes are left behind {text}.");
        return text;
    }

    private static string Next(ref MessagePackReader reader)
    {
        switch (reader.NextType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return "nil";
            case MessagePackType.Boolean:
                return reader.ReadBoolean() ? "true" : "false";
            case MessagePackType.Integer:
                return Integer(ref reader);
            case MessagePackType.Float:
                return Float(ref reader);
            case MessagePackType.String:
                return $"\"{reader.ReadString().Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
            case MessagePackType.Binary:
                return Binary(reader.ReadBinary());
            case MessagePackType.Array:
                return List(ref reader, reader.ReadArrayHeader(), pairs: false);
            case MessagePackType.Map:
                return List(ref reader, reader.ReadMapHeader(), pairs: true);
            default:
                return Extension(ref reader);
        }
    }

    private static string Integer(ref MessagePackReader reader)
    {
        var ahead = reader;
        var first = ahead.ReadRaw();
        return first.FirstSpan[0] == 0xCF
            ? reader.ReadUInt64().ToString(CultureInfo.InvariantCulture)
            : reader.ReadInt64().ToString(CultureInfo.InvariantCulture);
    }

    private static string Float(ref MessagePackReader reader)
    {
        var ahead = reader;
        var suffix = ahead.ReadRaw().Length == 5 ? "f" : "";
        return (suffix.Length > 0 ? reader.ReadSingle().ToString("R", CultureInfo.InvariantCulture)
            : reader.ReadDouble().ToString("R", CultureInfo.InvariantCulture)) + suffix;
    }

    private static string List(ref MessagePackReader reader, int count, bool pairs)
    {
        var items = new List<string>();
        for (var i = 0; i < count; i++) items.Add(pairs ? $"{Next(ref reader)}: {Next(ref reader)}" : Next(ref reader));
        var inside = string.Join(", ", items);
        return pairs ? $"{{{inside}}}" : $"[{inside}]";
    }

    private static string Extension(ref MessagePackReader reader)
    {
        var ahead = reader;
        var (type, data) = reader.ReadExtension();
        if (type != MessagePackTimestamp.ExtensionType) return $"ext({type}, {Binary(data)})";
        var time = ahead.ReadTimestamp();
        return $"time({time.Seconds}, {time.Nanoseconds})";
    }

    private static string Binary(in ReadOnlySequence<byte> bytes) => $"h'{Bytes.Hex(bytes.ToArray())}'";
}
