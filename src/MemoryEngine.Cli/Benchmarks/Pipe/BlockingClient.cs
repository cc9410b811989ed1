using System.Buffers;
using System.Net.Sockets;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// A client of one call at a time that blocks, so that what is measured is the server and the socket, not the scheduling of this process.
/// Requests are encoded and answers decoded as any client must.
/// </summary>
internal sealed class BlockingClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ArrayBufferWriter<byte> _request = new(4096);
    private readonly MessageScanner _scanner = new(ProtocolLimits.Default);
    private byte[] _answer = new byte[64 << 10];
    private uint _id;

    public BlockingClient(string address) => _socket.Connect(new UnixDomainSocketEndPoint(address));

    /// <summary>Bytes of the last request and the last answer.</summary>
    public (int Sent, int Received) Bytes { get; private set; }

    public TReply Call<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TRequest request)
        where TRequest : class, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        _request.ResetWrittenCount();
        RpcWriter.WriteRequest(_request, ++_id, method.Name, request);
        return method.ReadResult(Exchange(_request.WrittenSpan), ProtocolLimits.Default);
    }

    /// <summary>Sends a whole request and gives the result's bytes.</summary>
    public ReadOnlySequence<byte> Exchange(ReadOnlySpan<byte> request)
    {
        for (var rest = request; rest.Length > 0;) rest = rest[_socket.Send(rest)..];
        var length = 0;
        while (true)
        {
            if (length == _answer.Length) Array.Resize(ref _answer, 2 * length);
            var read = _socket.Receive(_answer.AsSpan(length));
            if (read == 0) throw new IOException("The server has closed the connection.");
            var isWhole = _scanner.Scan(new ReadOnlySequence<byte>(_answer, length, read), out _);
            length += read;
            if (!isWhole) continue;
            Bytes = (request.Length, length);
            var message = RpcMessage.Parse(new ReadOnlySequence<byte>(_answer, 0, length), ProtocolLimits.Default);
            return message.Error is { } error ? throw PoolErrors.ToException(error) : message.Result;
        }
    }

    public void Dispose() => _socket.Dispose();
}
