using System.Buffers;
using System.IO.Pipes;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Server.Transport;
using MemoryEngine.Testing;

namespace MemoryEngine.Server.Tests;

/// <summary>The other transport through the same seam, by the named pipes that .NET lends Unix.</summary>
public sealed class NamedPipeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("memengine-named-").FullName;
    private readonly string _name = $"memengine-test-{Guid.NewGuid():N}";

    private string Address => $@"\\.\pipe\{_name}";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Requests_are_answered_over_a_named_pipe_and_a_bad_one_ends_only_its_own()
    {
        var store = new MemoryStoreOptions { Durability = Durability.Process, RecordMemoryBytes = 16 << 20 };
        var options = new PipeServerOptions { Address = Address };
        await using var server = await PipeServer.StartAsync(Path.Combine(_root, "pool"), store, options, new NamedPipes(), default);
        Assert.Equal(Address, MemoryStore.FindOwner(Path.Combine(_root, "pool"))?.Pipe);
        await using var first = await ConnectAsync();
        await using var second = await ConnectAsync();
        await first.WriteAsync(RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), 1));
        Assert.Equal((1u, null), Shape(await ReadAsync(first)));
        await second.WriteAsync(new byte[] { 0xc1 });
        Assert.Equal(ErrorNotice.Method, (await ReadAsync(second)).Method);
        Assert.Equal(0, await second.ReadAsync(new byte[1]));
        await first.WriteAsync(RawClient.Request(MemoryMethods.Remember, new RememberRequest { Memory = new() { Text = "a" } }, 2));
        Assert.Equal((2u, null), Shape(await ReadAsync(first)));
    }

    [Fact]
    public void An_address_that_is_no_pipe_is_refused() =>
        Assert.Throws<MemoryEngineException>(() => new NamedPipes().Listen("/tmp/socket", _root));

    private static (uint, RpcError?) Shape(RpcMessage message) => (message.Id, message.Error);

    private async Task<NamedPipeClientStream> ConnectAsync()
    {
        var client = new NamedPipeClientStream(".", _name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await client.ConnectAsync((int)Patience.Limit.TotalMilliseconds);
        return client;
    }

    private static async Task<RpcMessage> ReadAsync(Stream stream)
    {
        var scanner = new MessageScanner(ProtocolLimits.Default);
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            bytes.Add(one[0]);
            if (scanner.Scan(new ReadOnlySequence<byte>(one), out _))
                return RpcMessage.Parse(new ReadOnlySequence<byte>(bytes.ToArray()), ProtocolLimits.Default);
        }
        throw new InvalidOperationException("The pipe was closed.");
    }
}
