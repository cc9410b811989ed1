namespace MemoryEngine.Journal;

/// <summary>One write on its way to the journal. Its methods run on the flusher's thread, in this order, but for the constructor.</summary>
internal abstract class PendingWrite
{
    public abstract Durability Durability { get; }

    /// <summary>Upper bound of the journal bytes that <see cref="Prepare"/> appends.</summary>
    public abstract int Bytes { get; }

    /// <summary>
    /// Looks at the state of the pool and appends the frames, or none when the answer is known already. Throws to refuse.
    /// Answers false when an earlier write of the same batch decides about this one: it is then first in the next batch.
    /// </summary>
    public abstract bool Prepare(JournalWriter journal);

    /// <summary>Brings the frames, now in the journal, into the derived state.</summary>
    public abstract void Apply();

    public abstract void Complete();

    public abstract void Fail(Exception error);
}

/// <summary>What the flusher needs of the pool around it.</summary>
internal interface ICommitHost
{
    /// <summary>A new batch is taken: nothing of it is in the derived state yet.</summary>
    void BeginBatch();

    /// <summary>All frames up to this sequence are applied: readers may see them.</summary>
    void Publish(long sequence);

    /// <summary>Between batches: the time for a checkpoint, if one is due.</summary>
    void BetweenBatches();
}

/// <summary>
/// Group commit by one flusher: whatever has queued up while the last batch was on its way to the device becomes the
/// next batch. A write is completed after its batch is durable as asked, applied and published, in that order.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private const int MaxBatchBytes = 4 << 20;
    private const int MaxQueuedWrites = 4096;

    // Handed to the kernel alone, a write would otherwise stay unsynced, and damage to it ambiguous, until the next
    // durable one or the close.
    private const int IdleSyncMs = 100;

    // One writer at a time waits for the device's answer, not for a thread to wake up: the flusher looks for the next
    // write this long before it sleeps. Measured by 'memengine bench commit'.
    private const int SpinMicroseconds = 50;

    private readonly JournalWriter _journal;
    private readonly ICommitHost _host;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private readonly SemaphoreSlim _slots = new(MaxQueuedWrites);
    private readonly List<PendingWrite> _applied = [];
    private readonly Queue<PendingWrite> _queue = new();
    private volatile int _queued;
    private volatile bool _closing;
    private bool _unsynced;
    private PendingWrite? _postponed;

    public GroupCommit(JournalWriter journal, ICommitHost host)
    {
        (_journal, _host) = (journal, host);
        _thread = new Thread(Run) { IsBackground = true, Name = "memengine-flusher" };
        _thread.Start();
    }

    /// <summary>Queues a write. It waits, without a thread, while too many are queued already.</summary>
    public ValueTask EnqueueAsync(PendingWrite write, CancellationToken cancellation)
    {
        if (!_slots.Wait(0, cancellation)) return WaitAndEnqueueAsync(write, cancellation);
        Enqueue(write);
        return ValueTask.CompletedTask;
    }

    /// <summary>Commits what is queued and stops. Writes that come later are refused.</summary>
    public void Dispose()
    {
        _closing = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
        _slots.Dispose();
    }

    private async ValueTask WaitAndEnqueueAsync(PendingWrite write, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        Enqueue(write);
    }

    private void Enqueue(PendingWrite write)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            _queue.Enqueue(write);
            _queued++;
        }
        _wake.Set();
    }

    private void Run()
    {
        while (WaitForWork())
        {
            TakeBatch();
            if (_applied.Count > 0) Commit();
            _host.BetweenBatches();
        }
    }

    // False when the pool closes and nothing is left to commit.
    private bool WaitForWork()
    {
        if (_queued > 0 || _postponed is not null) return true;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds < SpinMicroseconds)
        {
            if (_queued > 0) return true;
            Thread.SpinWait(10);
        }
        while (true)
        {
            _wake.Reset();
            if (_queued > 0) return true;
            if (_closing)
            {
                // Looked at under the gate: a write that got in before the closing still counts.
                lock (_gate) return _queued > 0;
            }
            if (!_unsynced) _wake.Wait();
            else if (!_wake.Wait(IdleSyncMs)) SyncIdle();
        }
    }

    private void SyncIdle()
    {
        _unsynced = false;
        try
        {
            _journal.Sync();
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.Poisoned)
        {
            // The journal keeps it: the next write is refused with it, and the health of the pool says so.
        }
    }

    // Prepares writes until the batch is full, the queue empty, or a write must see an earlier one applied first.
    private void TakeBatch()
    {
        _applied.Clear();
        _host.BeginBatch();
        while (_journal.PendingBytes < MaxBatchBytes)
        {
            var write = _postponed ?? Dequeue();
            _postponed = null;
            if (write is null) return;
            if (_applied.Count > 0 && _journal.PendingBytes + write.Bytes > MaxBatchBytes)
            {
                _postponed = write;
                return;
            }
            var (bytes, frames) = (_journal.PendingBytes, _journal.PendingFrames);
            try
            {
                if (!write.Prepare(_journal))
                {
                    _postponed = write;
                    return;
                }
                _applied.Add(write);
            }
            catch (Exception e)
            {
                _journal.Rewind(bytes, frames);
                write.Fail(e);
            }
        }
    }

    private PendingWrite? Dequeue()
    {
        lock (_gate)
        {
            if (!_queue.TryDequeue(out var write)) return null;
            _queued--;
            _slots.Release();
            return write;
        }
    }

    private void Commit()
    {
        try
        {
            if (_journal.PendingFrames > 0)
            {
                _journal.Write();
                _unsynced = true;
            }
            if (_unsynced && _applied.Exists(w => w.Durability == Durability.Device))
            {
                _journal.Sync();
                _unsynced = false;
            }
        }
        catch (Exception e)
        {
            _journal.Rewind(0, 0);
            foreach (var write in _applied) write.Fail(e);
            return;
        }
        try
        {
            foreach (var write in _applied) write.Apply();
            _host.Publish(_journal.LastSequence);
        }
        catch (Exception e)
        {
            // The journal holds what the derived state lacks. Only opening the pool again brings them together.
            var poison = _journal.Refuse(e);
            foreach (var write in _applied) write.Fail(poison);
            return;
        }
        foreach (var write in _applied) write.Complete();
    }
}
