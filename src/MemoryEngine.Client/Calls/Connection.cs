using System.Buffers;
using MemoryEngine.Client.Transport;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Client.Calls;

/// <summary>
/// One connection: any number of requests under way, answered in any order. One thread at a time has the right to read. A quick call
/// takes it for itself, when it is free, and so gets its answer without another thread having to be woken; all others leave it to a
/// thread of the connection, which sleeps while nothing is under way.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int KeptOutputBytes = 64 << 10;

    private readonly IWire _wire;
    private readonly ProtocolLimits _limits;
    private readonly Action<ChangeNotice>? _changed;
    private readonly ReplyBuffer _replies;
    private readonly Lock _gate = new();
    private readonly Lock _sending = new();
    private readonly Dictionary<uint, PendingCall> _pending = [];
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _toRead = new(0);
    private ArrayBufferWriter<byte> _output = new(KeptOutputBytes);
    private Thread? _reader;
    private bool _isBeingRead;
    private ServerGoneException? _end;
    private Action? _ended;
    private string? _reason;
    private uint _lastId;

    /// <summary>Speaks over a wire that is connected.</summary>
    /// <param name="wire">It; belongs to the connection from now on.</param>
    /// <param name="options">Limits.</param>
    /// <param name="changed">Gets the changes of the pool, on the thread that reads; null when nobody asked for them.</param>
    public Connection(IWire wire, MemoryClientOptions options, Action<ChangeNotice>? changed = null)
    {
        (_wire, _limits, _changed) = (wire, options.Limits, changed);
        _replies = new ReplyBuffer(options.Limits);
        _room = new SemaphoreSlim(options.MaxInFlight);
        MaxMessageBytes = options.Limits.MaxMessageBytes;
        wire.IsImpatient = true;
    }

    /// <summary>The most bytes of a request that the server takes.</summary>
    public int MaxMessageBytes { get; set; }

    /// <summary>Whether requests can be sent.</summary>
    public bool IsOpen => Volatile.Read(ref _end) is null;

    /// <summary>Waits until there is room for another request.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellation) => _room.WaitAsync(cancellation);

    /// <summary>Takes room for another request when there is some.</summary>
    public bool TryTakeRoom() => _room.Wait(0, CancellationToken.None);

    /// <summary>Sends a request, for which room was taken.</summary>
    /// <exception cref="ServerGoneException">The connection is broken; the request did not reach the server.</exception>
    /// <exception cref="ArgumentException">It takes more bytes than the server allows.</exception>
    public void Send(PendingCall call, string method, IWireMap request)
    {
        lock (_sending)
        {
            call.Id = ++_lastId;
            Register(call);
            try
            {
                RpcWriter.WriteRequest(_output, call.Id, method, request);
                if (_output.WrittenCount > MaxMessageBytes)
                    throw new ArgumentException($"The request takes {_output.WrittenCount} bytes, and the server takes {MaxMessageBytes} at once.");
                _wire.Write(_output.WrittenSpan);
            }
            catch (IOException e)
            {
                // What is not whole is no request, so nothing of it happens over there.
                Take(call.Id);
                End(e);
                throw new ServerGoneException(_reason ?? e.Message, wasSent: false, e);
            }
            catch
            {
                Take(call.Id);
                throw;
            }
            finally
            {
                if (_output.Capacity > 4 * KeptOutputBytes) _output = new(KeptOutputBytes);
                else _output.ResetWrittenCount();
            }
        }
    }

    /// <summary>Reads on this thread until a call is done, when nobody else reads, and not for long.</summary>
    public void ReadFor(PendingCall call)
    {
        lock (_gate)
        {
            if (_isBeingRead || _end is not null || !_wire.IsImpatient) return;
            _isBeingRead = true;
        }
        try
        {
            while (!call.IsDone && TryRead())
            {
            }
        }
        catch (Exception e) when (e is IOException or ProtocolException or ObjectDisposedException)
        {
            End(e);
        }
        lock (_gate)
        {
            _isBeingRead = _pending.Count > 0 && _end is null;
            if (!_isBeingRead) return;
        }
        WakeReader();
    }

    /// <summary>Sees to it that someone reads while something is under way.</summary>
    public void KeepReading()
    {
        lock (_gate)
        {
            if (_isBeingRead || _end is not null) return;
            _isBeingRead = true;
        }
        WakeReader();
    }

    /// <summary>Tells the server that a call's answer is no longer wanted.</summary>
    public void Cancel(uint id)
    {
        try
        {
            lock (_sending)
            {
                if (!IsOpen) return;
                RpcCancel.Write(_output, id);
                _wire.Write(_output.WrittenSpan);
                _output.ResetWrittenCount();
            }
        }
        catch (IOException e)
        {
            End(e);
        }
    }

    /// <summary>Says what to do when the connection ends; at once, when it has ended.</summary>
    public void WhenEnded(Action ended)
    {
        lock (_gate)
        {
            if (_end is null)
            {
                _ended = ended;
                return;
            }
        }
        ended();
    }

    public void Dispose() => End(new IOException("The client was closed."));

    private void Register(PendingCall call)
    {
        lock (_gate)
        {
            if (_end is { } end)
            {
                _room.Release();
                throw new ServerGoneException(end.Message, wasSent: false, end.InnerException);
            }
            _pending.Add(call.Id, call);
        }
    }

    private PendingCall? Take(uint id)
    {
        PendingCall? call;
        lock (_gate)
            if (!_pending.Remove(id, out call)) return null;
        _room.Release();
        return call;
    }

    private void WakeReader()
    {
        if (_reader is null)
        {
            lock (_gate)
            {
                if (_reader is null)
                {
                    _reader = new Thread(ReadLoop, 512 << 10) { IsBackground = true, Name = "memengine-client" };
                    _reader.Start();
                }
            }
        }
        _toRead.Release();
    }

    // Has the right to read when it is woken, and gives it back when nothing is under way.
    private void ReadLoop()
    {
        while (true)
        {
            _toRead.Wait();
            try
            {
                if (!IsOpen) return;
                _wire.IsImpatient = false;
                while (IsWanted()) TryRead();
                if (!IsOpen) return;
            }
            catch (Exception e) when (e is IOException or ProtocolException or ObjectDisposedException)
            {
                End(e);
                return;
            }
        }
    }

    // Whether something is still to come; if not, the right to read is given back.
    private bool IsWanted()
    {
        lock (_gate)
        {
            if (_end is not null) return false;
            if (_pending.Count > 0 || _changed is not null) return true;
            _wire.IsImpatient = true;
            _isBeingRead = false;
            return false;
        }
    }

    private bool TryRead()
    {
        var read = _wire.Read(_replies.Room());
        if (read < 0) return false;
        if (read == 0) throw new IOException(_reason ?? "The server closed the connection.");
        _replies.Received(read);
        while (_replies.TryTake(out var bytes))
        {
            var message = RpcMessage.Parse(bytes, _limits);
            if (message.Kind == RpcKind.Response) Take(message.Id)?.Complete(message, _limits);
            else if (message.Kind == RpcKind.Notification) Notice(message);
        }
        return true;
    }

    private void Notice(in RpcMessage message)
    {
        if (message.Method == MemoryMethods.Change.Name) _changed?.Invoke(MemoryMethods.Change.ReadRequest(message.Params, _limits));
        else if (message.Method == MemoryMethods.Error.Name)
            _reason = MemoryMethods.Error.ReadRequest(message.Params, _limits).Message;
    }

    private void End(Exception cause)
    {
        PendingCall[] left;
        lock (_gate)
        {
            if (_end is not null) return;
            Volatile.Write(ref _end, new ServerGoneException(_reason ?? cause.Message, wasSent: true, cause));
            left = [.. _pending.Values];
            _pending.Clear();
        }
        _wire.Abort();
        // The reader, if it sleeps, wakes up to end; who waits for room wakes up to be told.
        _toRead.Release();
        foreach (var call in left)
        {
            call.Fail(_end);
            _room.Release();
        }
        _ended?.Invoke();
        _wire.Dispose();
    }
}
