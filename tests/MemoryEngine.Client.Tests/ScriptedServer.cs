using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Client.Tests;

/// <summary>What a scripted server does about a message.</summary>
internal delegate void Script(ScriptedConnection connection, RpcMessage message);

/// <summary>A server that says hello and does otherwise what a test tells it, for what a real one does only by accident.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentBag<ScriptedConnection> _connections = [];
    private readonly Script _script;

    public ScriptedServer(Script script)
    {
        _script = script;
        _listener.Bind(new UnixDomainSocketEndPoint(Address));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Address => Path.Combine(_scratch.Path, "pipe");

    /// <summary>Everything that clients sent, hellos excepted.</summary>
    public BlockingCollection<(RpcKind Kind, uint Id, string Method, byte[] Params)> Received { get; } = [];

    public int Connections => _connections.Count;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections) connection.Close();
        _scratch.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = new ScriptedConnection(_listener.Accept());
                _connections.Add(connection);
                new Thread(() => connection.Serve(Take)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Take(ScriptedConnection connection, RpcMessage message)
    {
        if (message.Method == MemoryMethods.Hello.Name)
        {
            connection.Reply(message.Id, new HelloReply { Proto = 1, Server = "scripted", Limits = WireLimits.Of(ProtocolLimits.Default) });
            return;
        }
        Received.Add((message.Kind, message.Id, message.Method, message.Params.ToArray()));
        _script(connection, message);
    }
}

/// <summary>One connection of a scripted server.</summary>
internal sealed class ScriptedConnection(Socket socket)
{
    public void Serve(Script take)
    {
        var scanner = new MessageScanner(ProtocolLimits.Default);
        var bytes = new List<byte>();
        var one = new byte[1];
        try
        {
            while (socket.Receive(one) == 1)
            {
                bytes.Add(one[0]);
                if (!scanner.Scan(new ReadOnlySequence<byte>(one), out _)) continue;
                take(this, RpcMessage.Parse(new ReadOnlySequence<byte>([.. bytes]), ProtocolLimits.Default));
                bytes.Clear();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client or the test closed it.
        }
    }

    public void Reply(uint id, IWireMap result) => Send(o => RpcWriter.WriteResult(o, id, result));

    public void Refuse(uint id, ProtocolErrorCode code, string why) => Send(o => RpcWriter.WriteError(o, id, RpcError.Of(code, why)));

    public void Send(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        socket.Send(output.WrittenSpan);
    }

    public void SendRaw(byte[] bytes) => socket.Send(bytes);

    public void Close() => socket.Dispose();
}
