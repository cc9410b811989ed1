using System.Diagnostics;

namespace MemoryEngine.Journal;

/// <summary>One write on its way to the journal. Its methods run in this order, under the right to commit.</summary>
internal abstract class PendingWrite
{
    public abstract Durability Durability { get; }

    /// <summary>Whether no other write may share its batch, since it changes what all of them decide by.</summary>
    public virtual bool IsAlone => false;

    /// <summary>Whether somebody waits for its acknowledgement.</summary>
    public virtual bool IsAwaited => true;

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

/// <summary>What a commit needs of the pool around it.</summary>
internal interface ICommitHost
{
    /// <summary>Whether <see cref="Checkpoint"/> should run when there is time.</summary>
    bool IsCheckpointDue { get; }

    /// <summary>A new batch is taken: nothing of it is in the derived state yet.</summary>
    void BeginBatch();

    /// <summary>All frames up to this sequence are applied: readers may see them.</summary>
    void Publish(long sequence);

    void Checkpoint();
}

/// <summary>
/// Group commit: whatever has queued up while the last batch was on its way to the device becomes the next batch. A
/// write is completed after its batch is durable as asked, applied and published, in that order.
/// </summary>
/// <remarks>
/// Batches are committed by one flusher, or, when a write comes alone and nothing is queued, by the thread that brought
/// it: handing it to the flusher and back would cost as much as the device does (docs/decisions/0004). Either way one
/// thread at a time holds the right to commit, and at most one thread waits for the device.
/// </remarks>
internal sealed class GroupCommit : IDisposable
{
    private const int MaxBatchBytes = 4 << 20;
    private const int MaxQueuedWrites = 4096;

    // Handed to the kernel alone, a write would otherwise stay unsynced, and damage to it ambiguous, until the next
    // durable one or the close.
    private const int MaxUnsyncedMs = 100;

    // Writers that were just answered come back at once: a batch that waits this long for as many as the last one had
    // saves a sync for each that it gathers.
    private const int GatherMicroseconds = 60;

    // Writes that nobody waits for are gathered for so long. Waking the flusher for each costs whoever brings it more than the
    // rest of bringing it: recalls in a row were a quarter slower by it.
    private const int RestMs = 2;

    private readonly JournalWriter _journal;
    private readonly ICommitHost _host;
    private readonly Thread _thread;
    private readonly Lock _commitRight = new();
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private readonly SemaphoreSlim _slots = new(MaxQueuedWrites);
    private readonly List<PendingWrite> _taken = [];
    private readonly Queue<PendingWrite> _queue = new();
    private volatile int _queued;
    private int _awaited;
    private bool _resting;
    private volatile int _lastBatch;
    private volatile bool _closing;
    private volatile bool _unsynced;
    private long _unsyncedSince;
    private PendingWrite? _postponed;

    public GroupCommit(JournalWriter journal, ICommitHost host)
    {
        (_journal, _host) = (journal, host);
        _thread = new Thread(Run) { IsBackground = true, Name = "memengine-flusher" };
        _thread.Start();
    }

    /// <summary>Commits a write, or queues it. It waits, without a thread, while too many are queued already.</summary>
    public ValueTask EnqueueAsync(PendingWrite write, bool isOneOfMany, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!isOneOfMany && TryCommitHere(write)) return ValueTask.CompletedTask;
        if (!_slots.Wait(0, cancellation)) return WaitAndEnqueueAsync(write, cancellation);
        Enqueue(write);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Queues a write that nobody waits for. It waits for nothing itself, the device least of all: false when too many are queued, or
    /// when the pool closes.
    /// </summary>
    public bool TryEnqueue(PendingWrite write)
    {
        if (!_slots.Wait(0)) return false;
        lock (_gate)
        {
            if (_closing)
            {
                _slots.Release();
                return false;
            }
            Add(write);
            if (_resting) return true;
        }
        _wake.Set();
        return true;
    }

    /// <summary>Commits what is queued and stops. Writes that come later are refused.</summary>
    public void Dispose()
    {
        lock (_gate) _closing = true;
        _wake.Set();
        _thread.Join();
        // A write that is being committed by its own thread ends before the journal is closed. Neither the event nor the
        // slots own a handle, and a caller that comes late may still touch them.
        _commitRight.Enter();
        _commitRight.Exit();
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
            if (_closing)
            {
                // Those who wait for this place must learn it too.
                _slots.Release();
                throw new ObjectDisposedException(nameof(MemoryStore));
            }
            Add(write);
        }
        _wake.Set();
    }

    // Under the gate.
    private void Add(PendingWrite write)
    {
        _queue.Enqueue(write);
        _queued++;
        if (write.IsAwaited) _awaited++;
    }

    // Where others are writing too, the flusher gathers them into one sync; a thread that others wait for (a user
    // interface's) is not asked to wait for a device.
    private bool TryCommitHere(PendingWrite write)
    {
        if (_lastBatch > 1 || _queued > 0 || SynchronizationContext.Current is not null || !_commitRight.TryEnter()) return false;
        bool wakeFlusher;
        try
        {
            if (_queued > 0 || _postponed is not null || _closing) return false;
            _taken.Clear();
            _host.BeginBatch();
            if (!Take(write)) _postponed = write;
            Commit();
            wakeFlusher = _queued > 0 || _postponed is not null || _unsynced || _host.IsCheckpointDue;
        }
        finally
        {
            _commitRight.Exit();
        }
        if (wakeFlusher) _wake.Set();
        return true;
    }

    private void Run()
    {
        while (WaitForWork())
        {
            RestWhileNobodyWaits();
            lock (_commitRight)
            {
                if (_queued > 0 || _postponed is not null)
                {
                    Gather();
                    TakeBatch();
                    Commit();
                }
                if (_host.IsCheckpointDue) _host.Checkpoint();
            }
        }
    }

    // False when the pool closes and nothing is left to commit.
    private bool WaitForWork()
    {
        while (true)
        {
            if (_queued > 0 || _postponed is not null || _host.IsCheckpointDue) return true;
            _wake.Reset();
            if (_queued > 0) return true;
            if (_closing)
            {
                // Looked at under the gate: a write that got in before the closing still counts.
                lock (_gate) return _queued > 0;
            }
            if (!_unsynced) _wake.Wait();
            else if (!_wake.Wait(MaxUnsyncedMs)) SyncIdle();
        }
    }

    private void RestWhileNobodyWaits()
    {
        lock (_gate)
        {
            if (_queued == 0 || _awaited > 0 || _postponed is not null || _closing) return;
            _resting = true;
            // Whoever comes now and waits sets it behind this.
            _wake.Reset();
        }
        _wake.Wait(RestMs);
        lock (_gate) _resting = false;
    }

    private void SyncIdle()
    {
        lock (_commitRight)
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
    }

    // A steady stream of writes never leaves the flusher idle.
    private bool IsSyncOverdue() => Stopwatch.GetElapsedTime(_unsyncedSince).TotalMilliseconds >= MaxUnsyncedMs;

    private void Gather()
    {
        var expected = _lastBatch;
        if (expected < 2) return;
        var start = Stopwatch.GetTimestamp();
        while (_queued < expected && Stopwatch.GetElapsedTime(start).TotalMicroseconds < GatherMicroseconds)
            Thread.Yield();
    }

    // Prepares writes until the batch is full, the queue empty, or a write must see an earlier one applied first.
    private void TakeBatch()
    {
        _taken.Clear();
        _host.BeginBatch();
        while (_journal.PendingBytes < MaxBatchBytes)
        {
            var write = _postponed ?? Dequeue();
            _postponed = null;
            if (write is null) return;
            var isFull = _taken.Count > 0 && (write.IsAlone || _journal.PendingBytes + write.Bytes > MaxBatchBytes);
            if (!isFull && Take(write))
            {
                if (write.IsAlone) return;
                continue;
            }
            _postponed = write;
            return;
        }
    }

    // False when the write must wait for the next batch.
    private bool Take(PendingWrite write)
    {
        var (bytes, frames) = (_journal.PendingBytes, _journal.PendingFrames);
        try
        {
            if (!write.Prepare(_journal)) return false;
            _taken.Add(write);
        }
        catch (Exception e)
        {
            _journal.Rewind(bytes, frames);
            write.Fail(e);
        }
        return true;
    }

    private PendingWrite? Dequeue()
    {
        lock (_gate)
        {
            if (!_queue.TryDequeue(out var write)) return null;
            _queued--;
            if (write.IsAwaited) _awaited--;
            _slots.Release();
            return write;
        }
    }

    private void Commit()
    {
        _lastBatch = _taken.Count(static w => w.IsAwaited);
        if (_taken.Count == 0) return;
        try
        {
            if (_journal.PendingFrames > 0)
            {
                _journal.Write();
                if (!_unsynced) _unsyncedSince = Stopwatch.GetTimestamp();
                _unsynced = true;
            }
            if (_unsynced && (_taken.Exists(w => w.Durability == Durability.Device) || IsSyncOverdue()))
            {
                _journal.Sync();
                _unsynced = false;
            }
        }
        catch (Exception e)
        {
            _journal.Rewind(0, 0);
            foreach (var write in _taken) write.Fail(e);
            return;
        }
        try
        {
            foreach (var write in _taken) write.Apply();
            _host.Publish(_journal.LastSequence);
        }
        catch (Exception e)
        {
            // The journal holds what the derived state lacks. Only opening the pool again brings them together.
            var poison = _journal.Refuse(e);
            foreach (var write in _taken) write.Fail(poison);
            return;
        }
        foreach (var write in _taken) write.Complete();
    }
}
