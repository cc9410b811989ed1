using System.Diagnostics;
using MemoryEngine.Client.Transport;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Client.Calls;

/// <summary>What a call may be treated as.</summary>
[Flags]
internal enum CallKind
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>Its answer usually comes within a fraction of a millisecond: the caller's thread may wait for it.</summary>
    Quick = 1,

    /// <summary>Done twice it does what it does once.</summary>
    Repeatable = 2,
}

/// <summary>The way to a server: a connection that is made anew when it broke, and calls that are repeated where that does no harm.</summary>
internal sealed class Link(string address, MemoryClientOptions options) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _connecting = new(1);
    private Connection? _current;
    private volatile bool _isClosed;

    /// <summary>Where the server answers.</summary>
    public string Address => address;

    /// <summary>What it said of itself when it was last connected to.</summary>
    public HelloReply Server { get; private set; } = null!;

    public MemoryClientOptions Options => options;

    /// <summary>Asks the server, and gives its result.</summary>
    public ValueTask<TReply> CallAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TRequest request, CallKind kind, TimeSpan? deadline, CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        cancellation.ThrowIfCancellationRequested();
        if (deadline is { } time) request = (TRequest)(request with { DeadlineMs = (int)time.TotalMilliseconds });
        var connection = Volatile.Read(ref _current);
        if (connection is not { IsOpen: true } || !connection.TryTakeRoom())
            return new(RepeatAsync(method, request, kind, deadline, null, cancellation));
        var call = new PendingCall<TRequest, TReply>(method);
        try
        {
            connection.Send(call, method.Name, request);
        }
        catch (ServerGoneException e)
        {
            return new(RepeatAsync(method, request, kind, deadline, e, cancellation));
        }
        if ((kind & CallKind.Quick) != 0) connection.ReadFor(call);
        return call.Reply.IsCompletedSuccessfully
            ? new(call.Reply.Result)
            : new(FinishAsync(connection, call, method, request, kind, deadline, cancellation));
    }

    /// <summary>A connection of its own, for changes.</summary>
    public async Task<Connection> ConnectAsync(Action<ChangeNotice>? changed, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(MemoryClient));
        Connection connection;
        try
        {
            connection = new Connection(PipeDialer.Connect(address), options, changed);
        }
        catch (IOException e)
        {
            throw new ServerGoneException(e.Message, wasSent: false, e);
        }
        try
        {
            var hello = new HelloRequest { Proto = (MemoryMethods.Version, MemoryMethods.Version), Client = options.Name, Token = options.Token };
            Server = await OnceAsync(connection, MemoryMethods.Hello, hello, CallKind.Quick, options.Deadline, cancellation).ConfigureAwait(false);
            connection.MaxMessageBytes = Math.Min(Server.Limits.MessageBytes, options.Limits.MaxMessageBytes);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The connection, made anew when there is none.</summary>
    /// <exception cref="ServerGoneException">Nobody answers.</exception>
    public async Task<Connection> GetAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _current) is { IsOpen: true } open) return open;
        await _connecting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_current is { IsOpen: true } other) return other;
            _current = await ConnectAsync(null, cancellation).ConfigureAwait(false);
            if (_isClosed) _current.Dispose();
            return _current;
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Asks over a connection, once.</summary>
    public static async Task<TReply> OnceAsync<TRequest, TReply>(
        Connection connection, RpcMethod<TRequest, TReply> method, TRequest request, CallKind kind, TimeSpan? deadline,
        CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        await connection.WaitForRoomAsync(cancellation).ConfigureAwait(false);
        var call = new PendingCall<TRequest, TReply>(method);
        connection.Send(call, method.Name, request);
        if ((kind & CallKind.Quick) != 0) connection.ReadFor(call);
        return await WaitAsync(connection, call, deadline, cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _isClosed = true;
        Volatile.Read(ref _current)?.Dispose();
    }

    /// <summary>Waits between two attempts, longer each time.</summary>
    /// <returns>False when the time for attempts is over.</returns>
    public async Task<bool> PauseAsync(int attempts, long since, CancellationToken cancellation)
    {
        if (_isClosed) return false;
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempts, 8)));
        if (Stopwatch.GetElapsedTime(since) + pause > options.ReconnectFor) return false;
        await Task.Delay(pause, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>What to tell a caller.</summary>
    public MemoryEngineException Unavailable(ServerGoneException gone, bool mayHaveHappened) => new(
        ErrorCode.Unavailable,
        $"The pool's server at {address} is gone: {gone.Message}" + (mayHaveHappened ? " What was asked for may have happened." : ""), gone);

    private async Task<TReply> FinishAsync<TRequest, TReply>(
        Connection connection, PendingCall<TRequest, TReply> call, RpcMethod<TRequest, TReply> method, TRequest request, CallKind kind,
        TimeSpan? deadline, CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        try
        {
            return await WaitAsync(connection, call, deadline, cancellation).ConfigureAwait(false);
        }
        catch (ServerGoneException e)
        {
            return await RepeatAsync(method, request, kind, deadline, e, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<TReply> RepeatAsync<TRequest, TReply>(
        RpcMethod<TRequest, TReply> method, TRequest request, CallKind kind, TimeSpan? deadline, ServerGoneException? gone,
        CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        var since = Stopwatch.GetTimestamp();
        var wasSent = gone is { WasSent: true };
        for (var attempts = 0; ; attempts++)
        {
            if (gone is not null)
            {
                if (wasSent && (kind & CallKind.Repeatable) == 0) throw Unavailable(gone, mayHaveHappened: true);
                if (!await PauseAsync(attempts, since, cancellation).ConfigureAwait(false)) throw Unavailable(gone, wasSent);
            }
            try
            {
                var connection = await GetAsync(cancellation).ConfigureAwait(false);
                return await OnceAsync(connection, method, request, kind, deadline, cancellation).ConfigureAwait(false);
            }
            catch (ServerGoneException e)
            {
                gone = e;
                wasSent |= e.WasSent;
            }
        }
    }

    private static async Task<TReply> WaitAsync<TRequest, TReply>(
        Connection connection, PendingCall<TRequest, TReply> call, TimeSpan? deadline, CancellationToken cancellation)
        where TRequest : WireRequest, IWireMap<TRequest>
        where TReply : class, IWireMap<TReply>
    {
        if (call.IsDone) return await call.Reply.ConfigureAwait(false);
        connection.KeepReading();
        try
        {
            // The server keeps the deadline; this is for one that hangs.
            return await (deadline is { } time ? call.Reply.WaitAsync(time + TimeSpan.FromSeconds(1), cancellation)
                : call.Reply.WaitAsync(cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && !call.IsDone)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static c => c.Connection.Cancel(c.Id), (Connection: connection, call.Id), preferLocal: false);
            throw;
        }
        catch (TimeoutException e)
        {
            throw new MemoryEngineException(
                ErrorCode.DeadlineExceeded, $"The server did not answer within {deadline!.Value.TotalMilliseconds:0} ms. A write may have happened.", e);
        }
    }
}
