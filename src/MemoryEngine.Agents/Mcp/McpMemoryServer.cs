using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// A server of the Model Context Protocol (modelcontextprotocol.io) over one pool, for one client, mostly on standard input and output.
/// It ends when its input ends.
/// </summary>
public static class McpMemoryServer
{
    /// <summary>What the server calls itself.</summary>
    public const string Name = "memengine";

    /// <summary>Serves until the transport's input ends or the token is cancelled, then closes the pool.</summary>
    /// <param name="open">
    /// Opens the pool. It is called at once and in the background; when it fails, the calls of tools say why and the next one tries again.
    /// When the pool is another process's and calls to it meet <see cref="ErrorCode.Unavailable"/>, it is called again.
    /// </param>
    /// <param name="transport">The way to the client. The caller disposes it.</param>
    /// <param name="log">What is worth knowing for whoever runs the server; nothing of it may go to standard output.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        Func<CancellationToken, Task<McpPool>> open, ITransport transport, ILoggerFactory log,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(log);
        var pool = new PoolSession(open);
        await using var closing = pool.ConfigureAwait(false);
        pool.Begin();
        McpServer? server = null;
        server = McpServer.Create(transport, Options(pool, () => server?.ClientInfo?.Name, new ToolErrors(log.CreateLogger(Name))), log);
        await using var ending = server.ConfigureAwait(false);
        try
        {
            await server.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.CreateLogger(Name).LogDebug("The server was asked to end.");
        }
    }

    private static McpServerOptions Options(PoolSession pool, Func<string?> client, ToolErrors errors) => new()
    {
        ServerInfo = new Implementation
        {
            Name = Name,
            Title = "MemoryEngine",
            Version = typeof(McpMemoryServer).Assembly.GetName().Version!.ToString(3),
        },
        ServerInstructions = McpInstructions.OfServer,
        ToolCollection = [.. MemoryTools.Over(pool, client, errors)],
        PromptCollection = [new UseMemoryPrompt()],
    };
}
