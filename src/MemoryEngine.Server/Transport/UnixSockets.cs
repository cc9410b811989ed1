using System.Net.Sockets;
using System.Runtime.Versioning;
using MemoryEngine.Storage;
using Microsoft.Win32.SafeHandles;

namespace MemoryEngine.Server.Transport;

/// <summary>Unix domain sockets, for Linux and macOS.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixSockets : IPipeTransport
{
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public IPipeListener Listen(string address, string pool)
    {
        SocketPlace.Prepare(address, pool);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Linux gives the file the mode of the socket, so that it is never open to others, not even for a moment.
            using (var handle = new SafeFileHandle(socket.Handle, ownsHandle: false)) File.SetUnixFileMode(handle, ReadWrite);
            socket.Bind(new UnixDomainSocketEndPoint(address));
            File.SetUnixFileMode(address, ReadWrite);
            socket.Listen(backlog: 128);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new MemoryEngineException(ErrorCode.Storage, $"The pipe cannot be at {address}: {e.Message}", e);
        }
        return new Listener(socket, address);
    }

    private sealed class Listener(Socket socket, string path) : IPipeListener
    {
        public async Task<IPipeConnection> AcceptAsync(CancellationToken cancellation) =>
            new SocketConnection(await socket.AcceptAsync(cancellation).ConfigureAwait(false));

        // .NET unlinks the path of a socket that it has bound; whoever owns the pool is the only one who could have made a new one.
        public void Dispose()
        {
            socket.Dispose();
            File.Delete(path);
        }
    }
}

/// <summary>
/// A connected socket that is never used asynchronously, so that the system's own blocking calls serve it: a round trip through
/// .NET's asynchronous machinery takes three times as long (docs/decisions/0014).
/// </summary>
internal sealed class SocketConnection(Socket socket) : IPipeConnection
{
    // Linux polls a socket as writable while at most a quarter of its buffer, some 200 KB, is taken.
    private const int RoomOfWritable = 32 << 10;

    public bool IsSameUser => UnixUser.Of(socket) == UnixUser.Current;

    public int Read(Span<byte> buffer)
    {
        var read = socket.Receive(buffer, SocketFlags.None, out var error);
        return error == SocketError.Success ? read : throw Failed(error);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var written = socket.Send(bytes, SocketFlags.None, out var error);
            if (error != SocketError.Success) throw Failed(error);
            bytes = bytes[written..];
        }
    }

    public bool CanWrite(int bytes) => bytes <= RoomOfWritable && socket.Poll(0, SelectMode.SelectWrite);

    public void Abort()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }
    }

    public void Dispose() => socket.Dispose();

    private static IOException Failed(SocketError error) => new($"The connection failed: {error}.");
}
