using System.IO.Compression;

namespace MemoryEngine.Agents.Interchange;

/// <summary>
/// Reads memories in the JSON Lines form, one a line, plain or gzipped. A bad line is an answer, not the end: the next
/// call goes on behind it. A byte order mark, blank lines and either line break are taken. Not thread-safe.
/// </summary>
public sealed class JsonLinesReader : IDisposable
{
    /// <summary>The most bytes that a line may have.</summary>
    public const int MaxLineBytes = 16 << 20;

    private readonly Stream _source;
    private readonly Stream _stream;
    private readonly LineSplitter _lines;
    private bool _broken;

    /// <summary>Reads a stream; gzip is told by its first bytes when the stream can seek.</summary>
    /// <param name="stream">UTF-8, or gzip of it. Disposed with the reader.</param>
    public JsonLinesReader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _source = stream;
        _stream = IsGzip(stream) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        _lines = new LineSplitter(_stream, MaxLineBytes);
    }

    /// <summary>Bytes taken from the source so far, compressed ones where it is compressed; 0 when it cannot tell.</summary>
    public long SourceBytes => _source.CanSeek ? _source.Position : 0;

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public static JsonLinesReader Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan));

    /// <summary>Reads the next line that is not blank.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public bool TryRead(out JsonLine line)
    {
        line = default;
        if (_broken) return false;
        try
        {
            if (!_lines.TryRead(out var bytes, out var isTooLong)) return false;
            line = isTooLong
                ? new JsonLine(_lines.Number, null, $"The line has more than {MaxLineBytes} bytes.")
                : JsonLines.TryParse(bytes, out var draft, out var error)
                    ? new JsonLine(_lines.Number, draft, null)
                    : new JsonLine(_lines.Number, null, error);
            return true;
        }
        catch (InvalidDataException e)
        {
            _broken = true;
            line = new JsonLine(_lines.Number + 1, null, $"The gzip data is damaged or cut off here; nothing behind it was read. {e.Message}");
            return true;
        }
    }

    /// <summary>Closes the stream.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _source.Dispose();
    }

    private static bool IsGzip(Stream stream)
    {
        if (!stream.CanSeek) return false;
        var start = stream.Position;
        Span<byte> magic = stackalloc byte[2];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = start;
        return read == magic.Length && magic is [0x1f, 0x8b];
    }
}
