using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Server.Calls;
using MemoryEngine.Server.Sessions;
using MemoryEngine.Server.Transport;
using Microsoft.Extensions.Logging;

namespace MemoryEngine.Server;

/// <summary>
/// Owns a pool and answers other processes of the same user over a Unix socket or a named pipe, in the protocol of docs/protocol.md.
/// The store can be used beside it in the same process. Disposing stops serving, lets requests end, and closes the store.
/// </summary>
public sealed partial class PipeServer : IAsyncDisposable
{
    private static readonly TimeSpan StallCheck = TimeSpan.FromSeconds(1);

    private readonly IPipeListener _listener;
    private readonly Lock _gate = new();
    private readonly HashSet<Session> _sessions = [];
    private readonly ZeroSignal _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _stallTimer;
    private readonly Task _accepting;
    private long _accepted;
    private volatile bool _isClosing;
    private int _disposed;

    private PipeServer(MemoryStore store, string pool, IPipeListener listener, string address, PipeServerOptions options)
    {
        (Store, _listener, Address, Options) = (store, listener, address, options);
        Memory = new MemoryBudget(options.MemoryBytes);
        Methods = new MethodTable(store, pool, options);
        TooManyOpen = RpcError.Of(ProtocolErrorCode.Busy, $"{options.MaxInFlight} requests of this connection are unanswered; wait for one.");
        _stallTimer = options.Clock.CreateTimer(_ => CheckStalls(), null, StallCheck, StallCheck);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>The pool.</summary>
    public MemoryStore Store { get; }

    /// <summary>Where clients connect: a socket's path or a pipe's name.</summary>
    public string Address { get; }

    internal PipeServerOptions Options { get; }

    internal MemoryBudget Memory { get; }

    internal MethodTable Methods { get; }

    /// <summary>What whoever has too many requests open is told of one more.</summary>
    internal RpcError TooManyOpen { get; }

    /// <summary>Whether no more requests are taken.</summary>
    internal bool IsClosing => _isClosing;

    /// <summary>Clients that are connected.</summary>
    internal int Connections
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    /// <summary>Opens a pool and serves it.</summary>
    /// <param name="pool">The pool's directory.</param>
    /// <param name="store">How it is opened. The lock file names the pipe.</param>
    /// <param name="options">How it is served; null takes the defaults.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="MemoryEngineException">The pool cannot be opened, someone owns it, or the address is not safe or not free.</exception>
    public static Task<PipeServer> StartAsync(
        string pool, MemoryStoreOptions? store = null, PipeServerOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(
            pool, store ?? new MemoryStoreOptions(), options ?? new PipeServerOptions(),
            OperatingSystem.IsWindows() ? new NamedPipes() : new UnixSockets(), cancellationToken);

    internal static async Task<PipeServer> StartAsync(
        string pool, MemoryStoreOptions storeOptions, PipeServerOptions options, IPipeTransport transport, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        options.Validate();
        var address = options.Address is { } given && PipeAddress.WindowsName(given) is null ? Path.GetFullPath(given)
            : options.Address ?? PipeAddress.Default(pool);
        // The lock first: only who has it may replace a socket.
        var opened = await MemoryStore.OpenAsync(pool, storeOptions with { Pipe = address }, cancellation).ConfigureAwait(false);
        try
        {
            return new PipeServer(opened, pool, transport.Listen(address, pool), address, options);
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Takes no more connections and requests, gives those under way their time, and closes the pool. What was acknowledged is kept.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();
        _isClosing = true;
        await DrainAsync().ConfigureAwait(false);
        await _stallTimer.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        await Store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes note that a session has ended.</summary>
    internal void Remove(Session session)
    {
        lock (_gate) _sessions.Remove(session);
        _open.Add(-1);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Welcome(await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                // Out of file handles, or a client that was gone at once: the next one may do better, but not in a tight loop.
                LogAcceptFailed(Options.Logger, e);
                await Task.Delay(StallCheck, Options.Clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Welcome(IPipeConnection connection)
    {
        if (!IsSameUser(connection))
        {
            LogStranger(Options.Logger);
            connection.Dispose();
            return;
        }
        var session = new Session(this, connection, ++_accepted);
        bool isTooMany;
        lock (_gate)
        {
            isTooMany = _sessions.Count >= Options.MaxConnections;
            if (!isTooMany) _sessions.Add(session);
        }
        if (!isTooMany)
        {
            _open.Add(1);
            session.Start();
            return;
        }
        _ = TurnAwayAsync(session);
    }

    private async Task TurnAwayAsync(Session session)
    {
        await session.EndAsync(
            ProtocolErrorCode.Busy, $"{Options.MaxConnections} clients are connected, as many as there may be.").ConfigureAwait(false);
        session.Dispose();
    }

    private static bool IsSameUser(IPipeConnection connection)
    {
        try
        {
            return connection.IsSameUser;
        }
        catch (System.Net.Sockets.SocketException)
        {
            // It is gone already.
            return false;
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            await Task.WhenAll(Snapshot().Select(s => s.WhenIdle)).WaitAsync(Options.DrainTimeout, Options.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogDrainTimeout(Options.Logger, Options.DrainTimeout);
        }
        // What still runs is cancelled, and said to be.
        foreach (var session in Snapshot()) session.Dispose();
        await _open.WhenZero.ConfigureAwait(false);
    }

    private void CheckStalls()
    {
        foreach (var session in Snapshot()) session.CheckStalls();
    }

    private List<Session> Snapshot()
    {
        lock (_gate) return [.. _sessions];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A process of another user tried to connect.")]
    private static partial void LogStranger(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Requests were still running {Timeout} after the server began to close, and are cut off.")]
    private static partial void LogDrainTimeout(ILogger logger, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Error, Message = "A connection could not be accepted.")]
    private static partial void LogAcceptFailed(ILogger logger, Exception exception);
}
