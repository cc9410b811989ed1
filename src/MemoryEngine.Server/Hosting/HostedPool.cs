using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MemoryEngine.Server.Hosting;

/// <summary>
/// The pool for as long as its host runs: open before any other service starts, closed after all have stopped, so that none of them
/// needs to wait for it.
/// </summary>
internal sealed class HostedPool(IOptions<MemoryEngineOptions> options, ILogger<PipeServer> logger) : IHostedLifecycleService, IAsyncDisposable
{
    private PipeServer? _server;
    private MemoryStore? _store;

    /// <summary>The pool; null while it is not open.</summary>
    public MemoryStore? OpenStore => _server?.Store ?? _store;

    /// <summary>The pool.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public MemoryStore Store => OpenStore ?? throw new InvalidOperationException("The pool is opened when the host starts.");

    /// <summary>The server; null where the pool is not served.</summary>
    public PipeServer? Server => _server;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var chosen = options.Value;
        if (!chosen.ServePipe)
        {
            _store = await MemoryStore.OpenAsync(chosen.Pool, chosen.Store, cancellationToken).ConfigureAwait(false);
            return;
        }
        var pipe = chosen.Pipe.Logger == NullLogger.Instance ? chosen.Pipe with { Logger = logger } : chosen.Pipe;
        _server = await PipeServer.StartAsync(chosen.Pool, chosen.Store, pipe, cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        if (_store is not null) await _store.DisposeAsync().ConfigureAwait(false);
    }
}
