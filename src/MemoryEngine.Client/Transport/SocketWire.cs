using System.Net.Sockets;

namespace MemoryEngine.Client.Transport;

/// <summary>
/// A Unix socket that is never used asynchronously, so that the system's own blocking calls serve it: scheduling, not the socket, is
/// most of what an asynchronous round trip costs.
/// </summary>
internal sealed class SocketWire : IWire
{
    private readonly Socket _socket;

    private SocketWire(Socket socket) => _socket = socket;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="ArgumentException">The path is too long for a socket.</exception>
    public static SocketWire Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new SocketWire(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public bool IsImpatient
    {
        get;
        set
        {
            // The system's clock ticks more slowly than this: a few milliseconds it is. Polling first would take as long as all the rest.
            if (field != value) _socket.ReceiveTimeout = value ? 1 : 0;
            field = value;
        }
    }

    public int Read(Span<byte> buffer)
    {
        var read = _socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => read,
            SocketError.TimedOut or SocketError.WouldBlock when IsImpatient => -1,
            _ => throw Failed(error),
        };
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var written = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error != SocketError.Success) throw Failed(error);
            bytes = bytes[written..];
        }
    }

    public void Abort()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }
    }

    public void Dispose() => _socket.Dispose();

    private static IOException Failed(SocketError error) => new($"The connection failed: {error}.");
}
