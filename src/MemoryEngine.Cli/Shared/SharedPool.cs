using System.Diagnostics;
using MemoryEngine.Agents.Mcp;
using MemoryEngine.Client;
using MemoryEngine.Server;
using Microsoft.Extensions.Logging;

namespace MemoryEngine.Cli.Shared;

/// <summary>
/// A pool that several processes use at once, none of them set above the others: who opens it first owns it and answers the others
/// through its pipe. When the owner goes, whoever opens it next becomes the owner.
/// </summary>
/// <param name="path">The pool's directory; made when there is none.</param>
/// <param name="options">How it is opened, where this process is the owner.</param>
/// <param name="log">Where the server of the pipe tells of what it refuses.</param>
internal sealed class SharedPool(string path, MemoryStoreOptions options, ILogger log)
{
    /// <summary>How long an owner that does not answer is given: it may be opening the pool or closing it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>A server that hangs must not hang its clients for ever.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <exception cref="MemoryEngineException">
    /// The pool cannot be opened, or its owner answers nobody (<see cref="ErrorCode.PoolBusy"/>): the message says who it is.
    /// </exception>
    public async Task<McpPool> OpenAsync(CancellationToken cancellation)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause, cancellation))
        {
            var isLast = Stopwatch.GetElapsedTime(since) > Patience;
            try
            {
                return await OwnAsync(cancellation);
            }
            catch (MemoryEngineException e) when (e.Code == ErrorCode.PoolBusy)
            {
                if (await ConnectAsync(cancellation) is { } pool) return pool;
                if (isLast) throw;
            }
        }
    }

    private async Task<McpPool> OwnAsync(CancellationToken cancellation)
    {
        var server = await PipeServer.StartAsync(path, options, new PipeServerOptions { Logger = log }, cancellation);
        return new McpPool(server.Store, server.Store, server, isOwner: true);
    }

    // Null when nobody answers: the owner is gone by now, or not yet ready, or answers nobody.
    private async Task<McpPool?> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            // Who opens the pool anew when its owner is gone need not wait for that owner.
            var client = new MemoryClientOptions { Name = options.OwnerName, ReconnectFor = TimeSpan.Zero, Deadline = Deadline };
            var pool = await MemoryClient.ConnectToPoolAsync(path, client, cancellation);
            return new McpPool(pool, pool, pool, isOwner: false);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.Unavailable)
        {
            log.LogDebug(e, "The owner of the pool does not answer.");
            return null;
        }
    }
}
