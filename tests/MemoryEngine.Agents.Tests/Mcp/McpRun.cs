using System.IO.Pipelines;
using System.Text.Json;
using MemoryEngine.Agents.Mcp;
using MemoryEngine.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MemoryEngine.Agents.Tests.Mcp;

/// <summary>A server over a pool of its own and the SDK's client, joined by two pipes of this process.</summary>
internal sealed class McpRun : IAsyncDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private readonly CancellationTokenSource _ending = new();
    private McpClient? _client;

    private McpRun(string root, Func<CancellationToken, Task<McpPool>>? open)
    {
        Root = root;
        Serving = ServeAsync(open ?? (async c => McpPool.Of(await MemoryStore.OpenAsync(Pool, cancellationToken: c))));
    }

    public string Root { get; }

    public string Pool => Path.Combine(Root, "pool");

    public McpClient Client => _client!;

    /// <summary>Completes when the server has ended and closed the pool.</summary>
    public Task Serving { get; }

    public static async Task<McpRun> StartAsync(Func<string, Func<CancellationToken, Task<McpPool>>>? open = null)
    {
        var root = Directory.CreateTempSubdirectory("memengine-mcp-").FullName;
        var run = new McpRun(root, open?.Invoke(Path.Combine(root, "pool")));
        var transport = new StreamClientTransport(run._toServer.Writer.AsStream(), run._toClient.Reader.AsStream());
        run._client = await McpClient.CreateAsync(
            transport,
            new McpClientOptions
            {
                ClientInfo = new Implementation { Name = "test-agent", Version = "1" },
                InitializationTimeout = Patience.Limit,
            });
        return run;
    }

    /// <summary>Calls a tool and expects an answer; checks that text and structured content are the same.</summary>
    public async Task<JsonElement> CallAsync(string tool, object? arguments = null)
    {
        var result = await RawAsync(tool, arguments);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.False(result.IsError ?? false, text);
        var structured = JsonSerializer.SerializeToElement(result.StructuredContent);
        using var said = JsonDocument.Parse(text);
        Assert.True(JsonElement.DeepEquals(said.RootElement, structured), text);
        return structured;
    }

    /// <summary>Calls a tool and expects it to say that something is wrong.</summary>
    public async Task<string> ErrorAsync(string tool, object? arguments = null)
    {
        var result = await RawAsync(tool, arguments);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.True(result.IsError, text);
        Assert.Null(result.StructuredContent);
        return text;
    }

    public async Task<CallToolResult> RawAsync(string tool, object? arguments = null)
    {
        var given = JsonSerializer.SerializeToElement(arguments ?? new { }).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
        return await Client.CallToolAsync(tool, given);
    }

    public async Task<string> AddAsync(string text, string domain = "backend/go") =>
        (await CallAsync("add_memory", new { text, domain })).GetProperty("id").GetString()!;

    /// <summary>Ends the server's input, as a client does that goes away.</summary>
    public Task CloseInputAsync() => _toServer.Writer.CompleteAsync().AsTask();

    /// <summary>Ends the server by its token, as a signal does.</summary>
    public Task CancelAsync() => _ending.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        await CloseInputAsync();
        await Serving.WaitAsync(Patience.Limit);
        _ending.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private async Task ServeAsync(Func<CancellationToken, Task<McpPool>> open)
    {
        await using var transport = new StreamServerTransport(_toServer.Reader.AsStream(), _toClient.Writer.AsStream());
        await McpMemoryServer.RunAsync(open, transport, NullLoggerFactory.Instance, _ending.Token);
    }
}
