using MemoryEngine.Protocol.Methods;
using MemoryEngine.Testing;

namespace MemoryEngine.Server.Tests;

/// <summary>A server of a new pool in a temporary directory, with a clock that stands still.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly DirectoryInfo _root;

    private TestServer(DirectoryInfo root, PipeServer server, FakeClock clock) => (_root, Pipe, Clock) = (root, server, clock);

    public PipeServer Pipe { get; }

    public FakeClock Clock { get; }

    public string Address => Pipe.Address;

    public static async Task<TestServer> StartAsync(
        Func<PipeServerOptions, PipeServerOptions>? with = null, Func<MemoryStoreOptions, MemoryStoreOptions>? store = null)
    {
        var root = Directory.CreateTempSubdirectory("memengine-pipe-");
        var clock = new FakeClock();
        var options = new PipeServerOptions { Clock = clock };
        var storeOptions = new MemoryStoreOptions { Durability = Durability.Process, RecordMemoryBytes = 16 << 20 };
        try
        {
            var server = await PipeServer.StartAsync(
                Path.Combine(root.FullName, "pool"), store?.Invoke(storeOptions) ?? storeOptions, with?.Invoke(options) ?? options);
            return new TestServer(root, server, clock);
        }
        catch
        {
            root.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A server whose recalls wait at the embedder's gate, which is closed once there is something to recall.</summary>
    public static async Task<TestServer> StartAsync(GatedEmbedder embedder, Func<PipeServerOptions, PipeServerOptions>? with = null)
    {
        var server = await StartAsync(with, o => o with { Embedder = embedder, EmbedderId = "gated" });
        await server.Pipe.Store.RememberAsync("Retry only what is idempotent.");
        embedder.Close();
        return server;
    }

    public RawClient Connect() => new(Address);

    /// <summary>Waits for what another thread is about to do.</summary>
    public static void Until(Func<bool> condition, string what) => Until(condition, () => what);

    /// <summary>Waits for what another thread is about to do, and says what was there instead.</summary>
    public static void Until(Func<bool> condition, Func<string> what)
    {
        if (!Patience.Until(condition)) Assert.Fail($"Waited in vain until {what()}.");
    }

    /// <summary>Lets the clock go on, a second at a time, until something has happened, however late the machine comes to it.</summary>
    public void AdvanceUntil(Func<bool> condition, string what) =>
        Until(
            () =>
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                return condition();
            },
            what);

    /// <summary>Fails unless the server answers a newcomer, and holds nothing of those who are gone.</summary>
    public void ShouldBeQuiet(int others = 0)
    {
        using var client = Connect();
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        Until(() => Pipe.Connections == others + 1, "the others' connections were closed");
        Until(() => Pipe.Memory.Used == 0, "all memory was given back");
    }

    public async ValueTask DisposeAsync()
    {
        await Pipe.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
