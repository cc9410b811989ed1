using System.Buffers;
using System.Net.Sockets;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;
using MemoryEngine.Testing;

namespace MemoryEngine.Server.Tests;

/// <summary>A client that sends whatever a test wants, byte by byte if need be.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly MessageScanner _scanner = new(ProtocolLimits.Default);
    private readonly ArrayBufferWriter<byte> _read = new();
    private int _taken;
    private int _scanned;
    private uint _id;

    public RawClient(string address)
    {
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)Patience.Limit.TotalMilliseconds;
        _socket.Connect(new UnixDomainSocketEndPoint(address));
    }

    /// <summary>Bytes that came and were not read.</summary>
    public bool HasData => _socket.Poll(0, SelectMode.SelectRead);

    public static byte[] Request<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TRequest request, uint id)
        where TRequest : class, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        var buffer = new ArrayBufferWriter<byte>();
        RpcWriter.WriteRequest(buffer, id, method.Name, request);
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Cancel(uint id)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RpcCancel.Write(buffer, id);
        return buffer.WrittenSpan.ToArray();
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Sends as much as the system takes; false when the server has cut the connection.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Send(bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public (RpcError? Error, TReply? Result) Call<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TRequest request)
        where TRequest : class, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        var id = ++_id;
        Send(Request(method, request, id));
        var answer = Next() ?? throw new InvalidOperationException("The server has closed the connection.");
        Assert.Equal((RpcKind.Response, id), (answer.Kind, answer.Id));
        return (answer.Error, answer.Error is null ? method.ReadResult(answer.Result, ProtocolLimits.Default) : null);
    }

    /// <summary>The next message; null when the connection was closed.</summary>
    public RpcMessage? Next()
    {
        while (true)
        {
            var unseen = new ReadOnlySequence<byte>(_read.WrittenMemory[_scanned..]);
            if (!unseen.IsEmpty && _scanner.Scan(unseen, out _))
            {
                var message = _read.WrittenMemory.Slice(_taken, (int)_scanner.Length).ToArray();
                _taken = _scanned = _taken + message.Length;
                return RpcMessage.Parse(new ReadOnlySequence<byte>(message), ProtocolLimits.Default);
            }
            _scanned = _read.WrittenCount;
            var read = Receive(_read.GetSpan(1 << 16));
            if (read == 0) return null;
            _read.Advance(read);
        }
    }

    /// <summary>Reads until the server closes, and gives why it says it does.</summary>
    public RpcError? ReadToEnd()
    {
        RpcError? why = null;
        while (Next() is { } message)
        {
            if (message.Method != ErrorNotice.Method) continue;
            why = Notice(message).ToError();
        }
        return why;
    }

    /// <summary>The parameters of a notification of an error.</summary>
    public static ErrorNotice Notice(in RpcMessage message) =>
        new RpcMethod<ErrorNotice, EmptyReply>(ErrorNotice.Method).ReadRequest(message.Params, ProtocolLimits.Default);

    public void Dispose() => _socket.Dispose();

    private int Receive(Span<byte> buffer)
    {
        try
        {
            return _socket.Receive(buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
