using System.Buffers;
using System.Text;

namespace MemoryEngine.Protocol.MessagePack;

/// <content>Text, bytes and extensions.</content>
public ref partial struct MessagePackReader
{
    private const string ExpectedTimestamp = "a timestamp";

    /// <summary>Reads a text.</summary>
    public string ReadString()
    {
        var text = ReadUtf8();
        return text.IsSingleSegment ? Encoding.UTF8.GetString(text.FirstSpan) : Encoding.UTF8.GetString(text);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="likely">Texts of ASCII that it may be: of those no new one is made.</param>
    internal string ReadString(scoped ReadOnlySpan<string> likely)
    {
        var text = ReadUtf8();
        if (!text.IsSingleSegment) return Encoding.UTF8.GetString(text);
        foreach (var known in likely)
            if (Ascii.Equals(text.FirstSpan, known)) return known;
        return Encoding.UTF8.GetString(text.FirstSpan);
    }

    /// <summary>Reads a text as its UTF-8 bytes, which are valid and not copied.</summary>
    public ReadOnlySequence<byte> ReadUtf8()
    {
        var start = _input.Consumed;
        var text = ReadBody(MessagePackType.String, "a string");
        return Utf8Check.IsUtf8(text)
            ? text
            : throw ProtocolException.Malformed($"the string at byte {start} is not UTF-8");
    }

    /// <summary>Reads bytes, which are not copied.</summary>
    public ReadOnlySequence<byte> ReadBinary() => ReadBody(MessagePackType.Binary, "bytes");

    /// <summary>Reads an extension.</summary>
    /// <returns>Its type number and its bytes, which are not copied.</returns>
    public (sbyte Type, ReadOnlySequence<byte> Data) ReadExtension()
    {
        const string Expected = "an extension";
        var size = ReadHeader(MessagePackType.Extension, Expected);
        Need(1L + size, Expected);
        var type = (sbyte)Take(1);
        return (type, TakeSequence(size));
    }

    /// <summary>Reads a timestamp of 32, 64 or 96 bits: the extension with the type number -1.</summary>
    public MessagePackTimestamp ReadTimestamp()
    {
        if (Peek(ExpectedTimestamp).Type != MessagePackType.Extension) throw Unexpected(ExpectedTimestamp);
        var (type, data) = ReadExtension();
        if (type != MessagePackTimestamp.ExtensionType)
            throw ProtocolException.Unexpected(ExpectedTimestamp, $"an extension of type {type}");
        Span<byte> bytes = stackalloc byte[12];
        if (data.Length > bytes.Length) throw NotATimestamp(data.Length);
        data.CopyTo(bytes);
        return MessagePackTimestamp.TryRead(bytes[..(int)data.Length], out var timestamp) ? timestamp : throw NotATimestamp(data.Length);
    }

    /// <summary>Reads a text into a buffer.</summary>
    /// <returns>Its length in bytes, or -1 when the buffer cannot hold it.</returns>
    internal int ReadShortUtf8(scoped Span<byte> buffer)
    {
        var text = ReadUtf8();
        if (text.Length > buffer.Length) return -1;
        text.CopyTo(buffer);
        return (int)text.Length;
    }

    private ReadOnlySequence<byte> ReadBody(MessagePackType type, string expected)
    {
        var size = ReadHeader(type, expected);
        Need(size, expected);
        return TakeSequence(size);
    }

    private ReadOnlySequence<byte> TakeSequence(uint size)
    {
        var body = _input.Sequence.Slice(_input.Position, size);
        _input.Advance(size);
        return body;
    }

    private static ProtocolException NotATimestamp(long bytes) =>
        ProtocolException.Malformed($"an extension of type {MessagePackTimestamp.ExtensionType} with {bytes} bytes is no timestamp");
}
