using System.Net.Sockets;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// The least that a round trip over a Unix socket can cost: a thread that blocks for so many bytes and answers with so many, and another
/// that does the same the other way round. Nothing is decoded.
/// </summary>
internal sealed class BareEcho : IDisposable
{
    private readonly Socket _near = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _far;
    private readonly Thread _thread;
    private readonly byte[] _sent;
    private readonly byte[] _received;

    public BareEcho(string path, int sentBytes, int receivedBytes)
    {
        (_sent, _received) = (new byte[sentBytes], new byte[receivedBytes]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        _near.Connect(new UnixDomainSocketEndPoint(path));
        _far = listener.Accept();
        _thread = new Thread(Answer) { IsBackground = true, Name = "memengine-echo" };
        _thread.Start();
    }

    public void Exchange()
    {
        Send(_near, _sent);
        Receive(_near, _received);
    }

    public void Dispose()
    {
        _near.Shutdown(SocketShutdown.Both);
        _thread.Join();
        _near.Dispose();
        _far.Dispose();
    }

    private void Answer()
    {
        var (request, answer) = (new byte[_sent.Length], new byte[_received.Length]);
        while (Receive(_far, request)) Send(_far, answer);
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[socket.Send(bytes)..];
    }

    private static bool Receive(Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var read = socket.Receive(bytes);
            if (read == 0) return false;
            bytes = bytes[read..];
        }
        return true;
    }
}
