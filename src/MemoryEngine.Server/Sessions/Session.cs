using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Server.Calls;
using MemoryEngine.Server.Transport;
using MemoryEngine.Storage;
using Microsoft.Extensions.Logging;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// One client: a thread that reads its requests, and answers the light ones itself when nothing else waits. What it sends faster than
/// it is answered, and what takes long, goes to a few threads of low priority, so that no client has all processors.
/// </summary>
internal sealed partial class Session : IDisposable
{
    private const int StackBytes = 1 << 20;

    // What a request that is not answered at once may take without being counted.
    private const int SmallBytes = 4 << 10;

    // So many refusals at once, before the reader rests. Low priority alone would not do: a thread that is kept from its processor while it
    // allocates keeps everybody else from allocating.
    private const int RefusedBetweenRests = 64;

    private const int RestMs = 1;

    // For a client that reads nothing either.
    private const int LongRestMs = 10;

    private static readonly TimeSpan TimeToListen = TimeSpan.FromSeconds(1);

    private readonly PipeServer _server;
    private readonly IPipeConnection _connection;
    private readonly PipeServerOptions _options;
    private readonly Inbox _inbox;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Call> _calls = [];
    private readonly Lanes _lanes;
    private readonly CancellationTokenSource _closing = new();
    private readonly ZeroSignal _open = new();
    private long _messageSince;
    private volatile bool _isAuthorised;
    private bool _isClosed;
    private bool _isBehindOthers;
    private int _refused;

    public Session(PipeServer server, IPipeConnection connection, long number)
    {
        (_server, _connection, _options, Number) = (server, connection, server.Options, number);
        _inbox = new Inbox(_options.Limits, server.Memory);
        Outbox = new Outbox(connection, server.Memory, _options);
        _lanes = new Lanes(Math.Max(1, Environment.ProcessorCount - 1), RunWhenItReads);
        _isAuthorised = _options.Token is null;
    }

    public long Number { get; }

    public Outbox Outbox { get; }

    /// <summary>Completes when all that was asked is answered, and all answers are on their way to the client.</summary>
    public Task WhenIdle => Task.WhenAll(_open.WhenZero, Outbox.WhenEmpty);

    /// <summary>Begins to read.</summary>
    public void Start() => new Thread(Read, StackBytes) { IsBackground = true, Name = "memengine-session" }.Start();

    /// <summary>Cuts off a client that began a message long ago, or reads nothing.</summary>
    public void CheckStalls()
    {
        var since = Volatile.Read(ref _messageSince);
        if (since != 0 && _options.Clock.GetElapsedTime(since) > _options.MessageTimeout)
        {
            _ = EndAsync(
                ProtocolErrorCode.DeadlineExceeded, $"A message was begun and not ended within {_options.MessageTimeout.TotalSeconds:0.#} s.");
        }
        else if (Outbox.Stalled > _options.MessageTimeout)
        {
            LogCut(_options.Logger, Number, "it reads nothing of what was sent to it");
            _connection.Abort();
        }
    }

    /// <summary>Tells the client why, and ends the connection as soon as it knows, or after a second in which it did not listen.</summary>
    public async Task EndAsync(ProtocolErrorCode code, string why)
    {
        LogCut(_options.Logger, Number, why);
        Outbox.SendNotification(ErrorNotice.Method, ErrorNotice.Of(RpcError.Of(code, why)));
        try
        {
            await Outbox.WhenEmpty.WaitAsync(TimeToListen).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It will not hear it.
        }
        _connection.Abort();
    }

    /// <summary>Ends the connection as it is.</summary>
    public void Dispose()
    {
        List<Call> open;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            open = [.. _calls.Values];
        }
        _connection.Abort();
        _closing.Cancel();
        foreach (var call in open) call.Cancel();
        _lanes.Close();
        Outbox.Dispose();
        _inbox.Dispose();
        _connection.Dispose();
        _closing.Dispose();
    }

    private void Read()
    {
        try
        {
            ReadMessages();
        }
        catch (ProtocolException e)
        {
            Wait(EndAsync(e.Problem == ProtocolProblem.Unexpected ? ProtocolErrorCode.Malformed : e.Code, e.Message));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client is gone, or was cut off.
        }
        catch (Exception e)
        {
            LogDefect(_options.Logger, e, "reading a request");
        }
        finally
        {
            _server.Remove(this);
            Dispose();
            _inbox.GiveBack();
        }
    }

    // This thread has nothing else to do.
    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private void ReadMessages()
    {
        while (true)
        {
            var room = _inbox.Room();
            if (room.IsEmpty)
            {
                Wait(EndAsync(ProtocolErrorCode.Busy, "There is no memory left for a message of this size at the moment."));
                return;
            }
            var read = _connection.Read(room);
            if (read == 0) return;
            _inbox.Received(read);
            while (_inbox.TryTake(out var message)) Take(RpcMessage.Parse(message, _options.Limits), message.Length);
            // What comes meanwhile is read at once then: a client that sends a little at a time would otherwise wake this thread each time.
            if (_refused > 0) Rest();
            if (!_inbox.IsWithinMessage) Volatile.Write(ref _messageSince, 0);
            else if (_messageSince == 0) Volatile.Write(ref _messageSince, _options.Clock.GetTimestamp() | 1);
        }
    }

    private void Take(in RpcMessage message, long bytes)
    {
        switch (message.Kind)
        {
            case RpcKind.Request:
                Answer(message, (int)bytes);
                break;
            case RpcKind.Notification:
                if (message.Method == RpcCancel.Method) Cancel(message.Params);
                break;
            default:
                throw new ProtocolException(ProtocolProblem.Malformed, "a response came to a server that asks nothing");
        }
    }

    private void Answer(in RpcMessage message, int bytes)
    {
        if (Prepare(message, bytes) is not { } call) return;
        if (call.Handler.Weight == CallWeight.Light && !_inbox.HasMore && !_lanes.IsBusy && !Outbox.IsBackedUp) Run(call, isOneOfMany: false);
        else _lanes.Add(call);
    }

    // Null when it was refused.
    private Call? Prepare(in RpcMessage message, int bytes)
    {
        var handler = _server.Methods.Find(message.Method);
        if (_server.IsClosing) return Refuse(message.Id, ProtocolErrorCode.ShuttingDown, "The server is closing, and did nothing.");
        if (handler is null) return Refuse(message.Id, ProtocolErrorCode.UnknownMethod, $"There is no method '{message.Method}'.");
        if (!_isAuthorised && handler.Name != MemoryMethods.Hello.Name)
            return Refuse(message.Id, ProtocolErrorCode.Unauthorized, "This server asks for a token: say memory.hello with it first.");
        if (HasTooManyOpen()) return RefuseOneTooMany(message.Id);
        if (bytes > SmallBytes && !_server.Memory.TryTake(bytes))
            return Refuse(message.Id, ProtocolErrorCode.Busy, "Other requests take all the memory there is for them.");
        var taken = bytes > SmallBytes ? bytes : 0;
        try
        {
            var call = new Call(message.Id, handler, handler.Read(message.Params, _options.Limits), taken, _options.Clock);
            if (TryAdd(call)) return call;
            call.Dispose();
            Refuse(message.Id, ProtocolErrorCode.InvalidArgument, $"The msgid {call.Id} belongs to a request that is not answered yet.");
        }
        catch (ProtocolException e) when (e.Problem == ProtocolProblem.Unexpected)
        {
            Outbox.SendError(message.Id, RpcError.Of(e));
        }
        if (taken > 0) _server.Memory.Give(taken);
        return null;
    }

    private bool TryAdd(Call call)
    {
        lock (_gate)
        {
            if (!_calls.TryAdd(call.Id, call)) return false;
            _open.Add(1);
            return true;
        }
    }

    // Only the reader adds, so there can be fewer by the time it does.
    private bool HasTooManyOpen()
    {
        lock (_gate) return _calls.Count >= _options.MaxInFlight;
    }

    // Before its parameters are looked at: being refused is to cost as little as it can.
    private Call? RefuseOneTooMany(uint id)
    {
        GoBehindOthers();
        Outbox.SendError(id, _server.TooManyOpen);
        if (++_refused == RefusedBetweenRests) Rest();
        return null;
    }

    private void Rest()
    {
        _refused = 0;
        Thread.Sleep(Outbox.IsBackedUp ? LongRestMs : RestMs);
    }

    // For good: who sends far more than it is answered makes work even by being refused.
    private void GoBehindOthers()
    {
        if (_isBehindOthers) return;
        _isBehindOthers = true;
        LowPriority.TakeLast();
        _lanes.GoLast();
    }

    private Call? Refuse(uint id, ProtocolErrorCode code, string why)
    {
        Outbox.SendError(id, RpcError.Of(code, why));
        return null;
    }

    private void Cancel(in ReadOnlySequence<byte> parameters)
    {
        var id = RpcCancel.Read(parameters, _options.Limits);
        Call? call;
        lock (_gate) _calls.TryGetValue(id, out call);
        call?.Cancel();
    }

    // Who does not read what it asked for gets nothing more worked out.
    private void RunWhenItReads(Call call, bool isOneOfMany)
    {
        Outbox.WaitForRoom();
        Run(call, isOneOfMany);
    }

    // On the reader's thread or on a lane's; returns when the call is answered or waits for something.
    private void Run(Call call, bool isOneOfMany)
    {
        ValueTask<Protocol.Wire.IWireMap> pending;
        try
        {
            call.Cancellation.ThrowIfCancellationRequested();
            pending = call.Handler.RunAsync(call.Request, new CallContext(this, isOneOfMany), call.Cancellation);
        }
        catch (Exception e)
        {
            Fail(call, e);
            return;
        }
        if (pending.IsCompletedSuccessfully) Succeed(call, pending.Result);
        else _ = AwaitAsync(call, pending);
    }

    private async Task AwaitAsync(Call call, ValueTask<Protocol.Wire.IWireMap> pending)
    {
        try
        {
            Succeed(call, await pending.ConfigureAwait(false));
        }
        catch (Exception e)
        {
            Fail(call, e);
        }
    }

    private void Succeed(Call call, Protocol.Wire.IWireMap result)
    {
        Forget(call);
        Outbox.SendResult(call.Id, result);
        _open.Add(-1);
        if (call.Handler.Name == MemoryMethods.Subscribe.Name) _ = TellAsync(_toldAfter);
    }

    private void Fail(Call call, Exception exception)
    {
        var error = CallErrors.Of(exception, call, _server.IsClosing);
        if (error.Code == (int)ProtocolErrorCode.Internal) LogDefect(_options.Logger, exception, call.Handler.Name);
        Forget(call);
        Outbox.SendError(call.Id, error);
        _open.Add(-1);
    }

    // Before the answer is sent: who has it may use the msgid again.
    private void Forget(Call call)
    {
        lock (_gate) _calls.Remove(call.Id);
        if (call.Bytes > 0) _server.Memory.Give(call.Bytes);
        call.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Number} is cut off: {Why}")]
    private static partial void LogCut(ILogger logger, long number, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "A defect while {What}.")]
    private static partial void LogDefect(ILogger logger, Exception exception, string what);
}
