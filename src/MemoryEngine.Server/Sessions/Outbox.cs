using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;
using MemoryEngine.Server.Transport;
using MemoryEngine.Storage;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// What one client is to read. A small message is written at once by whoever has it, when the system has room; otherwise it waits
/// in a queue, and a thread that is made for the purpose writes what the client takes. For a client that lets much wait no more is worked
/// out, and one that lets too much wait is cut off, so nobody but its own threads ever waits for it.
/// </summary>
internal sealed class Outbox(IPipeConnection connection, MemoryBudget budget, PipeServerOptions options) : IDisposable
{
    /// <summary>Bytes that are written at once, and after which progress is noted.</summary>
    private const int PieceBytes = 32 << 10;

    /// <summary>An error, a hello: messages of this size are never refused for want of memory.</summary>
    private const int SmallBytes = 4 << 10;

    private const int StackBytes = 256 << 10;

    /// <summary>Of the bytes that may wait for a client, this part is enough to keep it busy.</summary>
    private const int BackedUpShare = 4;

    private readonly Lock _gate = new();
    private readonly OutputBuffer _buffer = new(options.Limits.MaxMessageBytes);
    private readonly Queue<(byte[] Array, int Length, int Taken)> _queue = new();
    private readonly SemaphoreSlim _filled = new(0);
    private readonly ZeroSignal _queued = new();
    private readonly ManualResetEventSlim _hasRoom = new(initialState: true, spinCount: 0);
    private Thread? _writer;
    private long _waitingSince;
    private bool _isClosed;

    /// <summary>Completes when everything was handed to the system.</summary>
    public Task WhenEmpty => _queued.WhenZero;

    /// <summary>Whether so much waits for the client that nothing more should be worked out for it before it reads.</summary>
    public bool IsBackedUp => _queued.Count > options.MaxQueuedBytes / BackedUpShare;

    /// <summary>Whether the client asked for errors as texts alone.</summary>
    public bool SendsTextErrors { get; set; }

    /// <summary>For how long the client has taken nothing of what waits for it.</summary>
    public TimeSpan Stalled => Volatile.Read(ref _waitingSince) is not 0 and var since ? options.Clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Waits until the client has read enough of what waits for it, or is gone.</summary>
    public void WaitForRoom() => _hasRoom.Wait();

    /// <summary>Sends a result, or an error when it does not fit into a message or into the memory there is.</summary>
    public void SendResult(uint id, IWireMap result)
    {
        lock (_gate)
        {
            _buffer.Clear();
            try
            {
                RpcWriter.WriteResult(_buffer, id, result);
            }
            catch (ProtocolException e) when (e.Problem == ProtocolProblem.OverLimit)
            {
                SendError(id, RpcError.Of(ProtocolErrorCode.InvalidArgument, e.Message));
                return;
            }
            if (!TrySend())
                SendError(id, RpcError.Of(ProtocolErrorCode.Busy, "The answers that wait to be read take all the memory there is for them."));
        }
    }

    /// <summary>Sends an error.</summary>
    public void SendError(uint id, RpcError error)
    {
        lock (_gate)
        {
            _buffer.Clear();
            RpcWriter.WriteError(_buffer, id, error, SendsTextErrors);
            if (!TrySend()) CutOff();
        }
    }

    /// <summary>Sends what is no answer.</summary>
    public void SendNotification(string method, IWireMap parameters)
    {
        lock (_gate)
        {
            _buffer.Clear();
            RpcWriter.WriteNotification(_buffer, method, parameters);
            if (!TrySend()) CutOff();
        }
    }

    /// <summary>Sends no more, and drops what waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _hasRoom.Set();
            while (_queue.TryDequeue(out var message)) Return(message);
            _filled.Release();
        }
        _writer?.Join();
        _filled.Dispose();
    }

    // False when there is no room for the message in the buffer.
    private bool TrySend()
    {
        if (_isClosed) return true;
        var message = _buffer.Written;
        if (_queued.Count == 0 && connection.CanWrite(message.Length))
        {
            try
            {
                connection.Write(message);
            }
            catch (IOException)
            {
                CutOff();
            }
            return true;
        }
        return TryEnqueue(message);
    }

    private bool TryEnqueue(ReadOnlySpan<byte> message)
    {
        if (_queued.Count > options.MaxQueuedBytes)
        {
            CutOff();
            return true;
        }
        var taken = message.Length > SmallBytes ? message.Length : 0;
        if (taken > 0 && !budget.TryTake(taken)) return false;
        var array = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(array);
        _queue.Enqueue((array, message.Length, taken));
        _queued.Add(message.Length);
        if (IsBackedUp) _hasRoom.Reset();
        if (_writer is null)
        {
            _writer = new Thread(WriteQueued, StackBytes) { IsBackground = true, Name = "memengine-writer" };
            _writer.Start();
        }
        _filled.Release();
        return true;
    }

    private void WriteQueued()
    {
        // What comes here is large, or its client does not keep up with its answers.
        LowPriority.Take();
        while (true)
        {
            _filled.Wait();
            (byte[] Array, int Length, int Taken) message;
            lock (_gate)
            {
                if (_isClosed) return;
                message = TakeNext();
            }
            try
            {
                for (var at = 0; at < message.Length; at += PieceBytes)
                {
                    Volatile.Write(ref _waitingSince, options.Clock.GetTimestamp() | 1);
                    connection.Write(message.Array.AsSpan(at, Math.Min(PieceBytes, message.Length - at)));
                }
            }
            catch (IOException)
            {
                connection.Abort();
            }
            Volatile.Write(ref _waitingSince, 0);
            lock (_gate) Return(message);
        }
    }

    // The next message, with those behind it as long as they make one piece: a client that is flooded with small answers is woken once.
    private (byte[] Array, int Length, int Taken) TakeNext()
    {
        var message = _queue.Dequeue();
        if (!FitsBehind(message.Length)) return message;
        var piece = (Array: ArrayPool<byte>.Shared.Rent(PieceBytes), Length: 0, Taken: 0);
        Append(message);
        while (FitsBehind(piece.Length))
        {
            Append(_queue.Dequeue());
            _filled.Wait(0);
        }
        return piece;

        bool FitsBehind(int length) => _queue.TryPeek(out var next) && length + next.Length <= PieceBytes;

        void Append((byte[] Array, int Length, int Taken) part)
        {
            part.Array.AsSpan(0, part.Length).CopyTo(piece.Array.AsSpan(piece.Length));
            ArrayPool<byte>.Shared.Return(part.Array);
            (piece.Length, piece.Taken) = (piece.Length + part.Length, piece.Taken + part.Taken);
        }
    }

    private void Return((byte[] Array, int Length, int Taken) message)
    {
        ArrayPool<byte>.Shared.Return(message.Array);
        if (message.Taken > 0) budget.Give(message.Taken);
        _queued.Add(-message.Length);
        if (!IsBackedUp) _hasRoom.Set();
    }

    // The session's reader wakes up and ends everything.
    private void CutOff() => connection.Abort();
}
