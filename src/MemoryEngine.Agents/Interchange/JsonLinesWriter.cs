using System.Buffers;
using System.Text.Json;

namespace MemoryEngine.Agents.Interchange;

/// <summary>
/// Writes memories in the JSON Lines form, one a line, fields always in the same order; what <see cref="JsonLinesReader"/>
/// reads from it is the same content. Not thread-safe.
/// </summary>
public sealed class JsonLinesWriter : IDisposable
{
    private const int FlushBytes = 64 << 10;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly ArrayBufferWriter<byte> _bytes = new(FlushBytes);
    private readonly Utf8JsonWriter _json;

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Gets UTF-8.</param>
    /// <param name="leaveOpen">Disposing the writer flushes and leaves the stream to the caller.</param>
    public JsonLinesWriter(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (_stream, _leaveOpen) = (stream, leaveOpen);
        _json = new Utf8JsonWriter(_bytes, DraftWriter.Options);
    }

    /// <summary>Writes one version's content as a line. Its version number, state and time of creation are the pool's, not content.</summary>
    public void Write(MemoryVersion version) => Write(JsonLines.ToDraft(version));

    /// <summary>Writes one draft as a line; its idempotency key is not part of the form.</summary>
    public void Write(MemoryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        _json.WriteStartObject();
        DraftWriter.Write(_json, draft, []);
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _bytes.Write("\n"u8);
        if (_bytes.WrittenCount >= FlushBytes) Flush();
    }

    /// <summary>Hands everything written so far to the stream.</summary>
    public void Flush()
    {
        _stream.Write(_bytes.WrittenSpan);
        _bytes.ResetWrittenCount();
    }

    /// <summary>Flushes, and closes the stream unless it is the caller's.</summary>
    public void Dispose()
    {
        Flush();
        _json.Dispose();
        if (!_leaveOpen) _stream.Dispose();
    }
}
