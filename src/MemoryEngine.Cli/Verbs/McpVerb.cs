using MemoryEngine.Agents.Mcp;
using MemoryEngine.Cli.Shared;
using ModelContextProtocol.Server;

namespace MemoryEngine.Cli.Verbs;

/// <summary>A server of the Model Context Protocol on standard input and output: what agent clients start.</summary>
internal sealed class McpVerb : Verb
{
    private readonly EmbedderOptions _embedder = new();
    private readonly TelemetryOptions _telemetry = new();

    public McpVerb(Shell shell)
        : base(
            shell, "mcp",
            "Serves the pool to an agent by the Model Context Protocol on standard input and output, until the input ends. Several may " +
            "serve one pool at once. Clients start them: docs/mcp.md shows how to tell them. Makes the pool when there is none.")
    {
        _embedder.AddTo(this);
        _telemetry.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        using var log = new ErrorLog(call.Terminal.Error, call.Output.IsQuiet);
        using var export = _telemetry.Start(call);
        using var embedder = _embedder.Choose(call);
        await using var transport = new StdioServerTransport(McpMemoryServer.Name, log);
        var options = _telemetry.Apply(call, embedder.Apply(new MemoryStoreOptions { OwnerName = "memengine mcp" }));
        var pool = new SharedPool(call.Pool, options, log.CreateLogger(McpMemoryServer.Name));
        await McpMemoryServer.RunAsync(pool.OpenAsync, transport, log, cancellation);
        return ExitCode.Done;
    }
}
