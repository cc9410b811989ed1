using System.Buffers;
using System.Text;

namespace MemoryEngine.Agents.Http;

/// <summary>Reads what an endpoint sends, up to a limit, however long it goes on.</summary>
internal static class AnswerBody
{
    private const int ShownCharacters = 200;
    private const int Chunk = 16 << 10;

    /// <summary>All of a body, or null when it is larger than the limit.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > limit) return null;
        var body = await ReadStartAsync(content, limit + 1L, cancellation).ConfigureAwait(false);
        // Not by ?:, whose null would be an empty memory.
        if (body.Length > limit) return null;
        return body;
    }

    /// <summary>The first characters of a body, for a message: on one line, and without what was not text.</summary>
    public static async Task<string> ReadShownAsync(HttpContent content, EndpointKey? key, CancellationToken cancellation)
    {
        // Twice what is shown, in bytes of the longest characters, so that a key at its end is struck out whole.
        var body = await ReadStartAsync(content, 8 * ShownCharacters, cancellation).ConfigureAwait(false);
        return Shown(body.Span, key);
    }

    public static string Shown(ReadOnlySpan<byte> body, EndpointKey? key)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 8 * ShownCharacters)]);
        if (key is not null) text = key.StrikeOut(text);
        if (string.IsNullOrWhiteSpace(text)) return "nothing";
        var line = string.Concat(text.Select(c => char.IsControl(c) || c == '\uFFFD' ? ' ' : c)).Trim();
        return line.Length <= ShownCharacters ? $"\"{line}\"" : $"\"{line[..ShownCharacters]}...\"";
    }

    private static async Task<ReadOnlyMemory<byte>> ReadStartAsync(HttpContent content, long most, CancellationToken cancellation)
    {
        var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        var body = new ArrayBufferWriter<byte>(Chunk);
        while (body.WrittenCount < most)
        {
            var room = body.GetMemory(Chunk);
            var read = await stream.ReadAsync(room[..(int)Math.Min(room.Length, most - body.WrittenCount)], cancellation).ConfigureAwait(false);
            if (read == 0) break;
            body.Advance(read);
        }
        return body.WrittenMemory;
    }
}
