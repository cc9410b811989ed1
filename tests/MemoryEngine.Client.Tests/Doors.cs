using MemoryEngine.Server;

namespace MemoryEngine.Client.Tests;

/// <summary>A directory that is gone after the test, short enough for a socket's path.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mec-").FullName;

    public string Pool => System.IO.Path.Combine(Path, "pool");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A pool with its server and a client, all in this process, over a real socket.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly Scratch _scratch = new();

    public string Pool => _scratch.Pool;

    public PipeServer Server { get; private set; } = null!;

    public MemoryClient Client { get; private set; } = null!;

    public static async Task<Served> StartAsync(MemoryClientOptions? options = null, PipeServerOptions? server = null)
    {
        var served = new Served();
        await served.StartServerAsync(server);
        served.Client = await MemoryClient.ConnectToPoolAsync(served.Pool, options);
        return served;
    }

    public async Task StartServerAsync(PipeServerOptions? options = null) => Server = await PipeServer.StartAsync(Pool, null, options);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        _scratch.Dispose();
    }
}
