using System.Buffers;
using System.Net.Sockets;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Storage;

namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>
/// Clients that mean harm, each on a thread of its own, for as long as they are let: one sends ten thousand recalls before it reads an
/// answer, one never reads, one sends a byte at a time, one sends nonsense and comes back. They have a process of their own
/// (<see cref="NeighbourProcess"/>): in that of the server, what they leave to be collected would stop the server too.
/// </summary>
internal sealed class HostileClients : INeighbours
{
    private const int Flood = 10_000;

    private readonly string _address;
    private readonly bool _isLast;
    private readonly Client[] _clients;
    private Thread[] _threads = [];
    private volatile bool _isOver;

    /// <param name="address">The server's.</param>
    /// <param name="isLast">
    /// Whether they have the lowest priority: what they cost the others is then what the server does for them, not what they take themselves
    /// of two processors.
    /// </param>
    public HostileClients(string address, bool isLast)
    {
        (_address, _isLast) = (address, isLast);
        var recalls = new ArrayBufferWriter<byte>();
        var request = new RecallRequest { Vector = new BenchPool().Queries(1)[0], Domain = BenchPool.Domain };
        for (var id = 0u; id < Flood; id++) RpcWriter.WriteRequest(recalls, id, MemoryMethods.Recall.Name, request);
        var list = new ArrayBufferWriter<byte>();
        RpcWriter.WriteRequest(list, 1, MemoryMethods.List.Name, new ListRequest { Limit = 1000 });
        _clients =
        [
            new(socket => SendAll(socket, recalls.WrittenMemory)),
            new(socket => SendAll(socket, list.WrittenMemory)) { IsDeaf = true },
            new(socket => SendSlowly(socket, list.WrittenMemory)),
            new(static socket =>
            {
                socket.Send([0xc1]);
                Thread.Sleep(1);
            }),
        ];
    }

    public void Begin()
    {
        _isOver = false;
        _threads = [.. _clients.Select(client => new Thread(() => Run(client)) { IsBackground = true, Name = "memengine-hostile" })];
        foreach (var thread in _threads) thread.Start();
    }

    public bool End()
    {
        _isOver = true;
        foreach (var thread in _threads) thread.Join();
        return _clients.All(client => client.Connections > 0);
    }

    private void Run(Client client)
    {
        TakePlace();
        while (!_isOver)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(_address));
                client.Connections++;
                // Answers are taken away by the system's buffer alone, or read while more is sent.
                var reading = client.IsDeaf ? null : new Thread(() => Drain(socket));
                reading?.Start();
                client.Act(socket);
                if (client.IsDeaf) while (!_isOver) client.Act(socket);
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

    private void TakePlace()
    {
        if (_isLast) LowPriority.TakeLast();
    }

    private void Drain(Socket socket)
    {
        TakePlace();
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

    private sealed record Client(Action<Socket> Act)
    {
        public bool IsDeaf { get; init; }

        public int Connections { get; set; }
    }
}
