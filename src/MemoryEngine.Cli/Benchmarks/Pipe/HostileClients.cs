using System.Buffers;
using System.Net.Sockets;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Storage;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// Clients that mean harm, each on a thread of its own, for as long as they are let: one sends ten thousand recalls before it reads an
/// answer, one never reads, one sends a byte at a time, one sends nonsense and comes back.
/// </summary>
internal sealed class HostileClients : IDisposable
{
    private const int Flood = 10_000;

    private readonly string _address;
    private readonly Thread[] _threads;
    private volatile bool _isOver;

    public HostileClients(string address, float[] vector)
    {
        _address = address;
        var recalls = new ArrayBufferWriter<byte>();
        var request = new RecallRequest { Vector = vector, Domain = BenchPool.Domain };
        for (var id = 0u; id < Flood; id++) RpcWriter.WriteRequest(recalls, id, MemoryMethods.Recall.Name, request);
        var list = new ArrayBufferWriter<byte>();
        RpcWriter.WriteRequest(list, 1, MemoryMethods.List.Name, new ListRequest { Limit = 1000 });
        _threads =
        [
            Begin(socket => SendAll(socket, recalls.WrittenMemory)),
            Begin(socket => SendAll(socket, list.WrittenMemory), isDeaf: true),
            Begin(socket => SendSlowly(socket, list.WrittenMemory)),
            Begin(static socket =>
            {
                socket.Send([0xc1]);
                Thread.Sleep(1);
            }),
        ];
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (var thread in _threads) thread.Join();
    }

    private Thread Begin(Action<Socket> act, bool isDeaf = false)
    {
        var thread = new Thread(() => Run(act, isDeaf)) { IsBackground = true, Name = "memengine-hostile" };
        thread.Start();
        return thread;
    }

    private void Run(Action<Socket> act, bool isDeaf)
    {
        // What they cost the others is to be what the server does for them, not what they take themselves of two processors.
        LowPriority.TakeLast();
        while (!_isOver)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(_address));
                // Answers are taken away by the system's buffer alone, or read while more is sent.
                var reading = isDeaf ? null : new Thread(() =>
                {
                    LowPriority.TakeLast();
                    Drain(socket);
                });
                reading?.Start();
                act(socket);
                if (isDeaf) while (!_isOver) act(socket);
                socket.Shutdown(SocketShutdown.Send);
                reading?.Join();
            }
            catch (SocketException)
            {
                // Cut off by the server, as it should be.
            }
        }
    }

    private void SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        for (; bytes.Length > 0 && !_isOver; bytes = bytes[Math.Min(bytes.Length, 64 << 10)..])
            socket.Send(bytes.Span[..Math.Min(bytes.Length, 64 << 10)]);
    }

    private void SendSlowly(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        for (var i = 0; i < bytes.Length && !_isOver; i++)
        {
            socket.Send(bytes.Span.Slice(i, 1));
            Thread.Sleep(10);
        }
    }

    private static void Drain(Socket socket)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (socket.Receive(buffer) > 0) continue;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut off.
        }
    }
}
