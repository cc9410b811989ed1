using System.Text;

namespace MemoryEngine.Testing.Http;

/// <summary>What an <see cref="HttpEndpoint"/> does with a request.</summary>
public sealed class HttpReply
{
    private readonly Func<Stream, CancellationToken, Task> _write;

    private HttpReply(Func<Stream, CancellationToken, Task> write) => _write = write;

    /// <summary>Whether the connection ends with a reset.</summary>
    public bool IsReset { get; private init; }

    /// <summary>A whole answer.</summary>
    public static HttpReply Of(int status, string body, string type = "application/json", params string[] headers) =>
        new((stream, cancellation) => SendAsync(stream, Head(status, type, Encoding.UTF8.GetByteCount(body), headers) + body, cancellation));

    /// <summary>Nothing, while the client waits.</summary>
    public static HttpReply Silence() => new((_, cancellation) => Never(cancellation));

    /// <summary>The beginning of an answer, and then nothing while the client waits.</summary>
    public static HttpReply Stall(string start) => new(async (stream, cancellation) =>
    {
        await SendAsync(stream, Head(200, "application/json", start.Length + 1) + start, cancellation);
        await Never(cancellation);
    });

    /// <summary>The beginning of an answer, and then the end of the connection.</summary>
    public static HttpReply Break(string start) =>
        new((stream, cancellation) => SendAsync(stream, Head(200, "application/json", start.Length + 1) + start, cancellation)) { IsReset = true };

    /// <summary>The end of the connection.</summary>
    public static HttpReply HangUp() => new((_, _) => Task.CompletedTask) { IsReset = true };

    /// <summary>An answer without end, as long as the client takes it.</summary>
    /// <param name="sent">Told how many bytes were sent.</param>
    public static HttpReply Endless(Action<long> sent) => new(async (stream, cancellation) =>
    {
        await SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"data\":[", cancellation);
        var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 << 10));
        for (long bytes = chunk.Length; ; bytes += chunk.Length)
        {
            await stream.WriteAsync(chunk, cancellation);
            sent(bytes);
        }
    });

    internal Task WriteAsync(Stream stream, CancellationToken cancellation) => _write(stream, cancellation);

    private static Task Never(CancellationToken cancellation) => new TaskCompletionSource().Task.WaitAsync(cancellation);

    private static string Head(int status, string type, int length, params string[] headers) =>
        $"HTTP/1.1 {status} Some Reason\r\nContent-Type: {type}\r\nContent-Length: {length}\r\nConnection: close\r\n" +
        string.Concat(headers.Select(h => h + "\r\n")) + "\r\n";

    private static Task SendAsync(Stream stream, string text, CancellationToken cancellation) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).AsTask();
}
