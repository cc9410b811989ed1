using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MemoryEngine.Testing.Http;

/// <summary>What a client asked.</summary>
public sealed record HttpAsked(string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>
/// A server on this machine that speaks HTTP/1.1 byte by byte, so that it can also break it: answers, stays silent, goes on
/// for ever, hangs up. One request a connection.
/// </summary>
public sealed class HttpEndpoint : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<HttpAsked, int, HttpReply> _answer;
    private readonly ConcurrentQueue<HttpAsked> _asked = new();

    /// <param name="answer">Makes the reply to a request and its number, from 0.</param>
    public HttpEndpoint(Func<HttpAsked, int, HttpReply> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<HttpAsked> Asked => [.. _asked];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await ReadAsync(stream, _stop.Token) is not { } asked) return;
                int number;
                lock (_asked)
                {
                    number = _asked.Count;
                    _asked.Enqueue(asked);
                }
                var reply = _answer(asked, number);
                await reply.WriteAsync(stream, _stop.Token);
                // Closed with a reset, unread bytes or not: the client is to see it at once.
                if (reply.IsReset) client.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private static async Task<HttpAsked?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, cancellation) == 0) return null;
            head.Add(one[0]);
        }
        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[int.Parse(headers.GetValueOrDefault("Content-Length", "0"), System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellation);
        return new HttpAsked(lines[0], headers, Encoding.UTF8.GetString(body));
    }

    private static bool EndsHead(List<byte> head) => head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'];
}
