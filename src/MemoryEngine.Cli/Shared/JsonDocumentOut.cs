using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MemoryEngine.Cli.Shared;

/// <summary>One JSON object on its way out: handed on in pieces, ended and followed by a line break when it is disposed.</summary>
internal sealed class JsonDocumentOut : IDisposable
{
    private const int PieceBytes = 64 << 10;

    private readonly TextWriter _target;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public JsonDocumentOut(TextWriter target)
    {
        _target = target;
        Json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Json.WriteStartObject();
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Hands on what is written when it is enough to be worth it.</summary>
    public void MayFlush()
    {
        if (Json.BytesPending + _bytes.WrittenCount < PieceBytes) return;
        Json.Flush();
        Flush();
    }

    public void Dispose()
    {
        Json.WriteEndObject();
        Json.Dispose();
        Flush();
        _target.WriteLine();
        _target.Flush();
    }

    // The writer flushes whole tokens, so a piece never ends within a character.
    private void Flush()
    {
        _target.Write(Encoding.UTF8.GetString(_bytes.WrittenSpan));
        _bytes.ResetWrittenCount();
    }
}
