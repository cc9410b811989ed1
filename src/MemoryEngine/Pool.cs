using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;

namespace MemoryEngine;

/// <summary>
/// An open pool: the parts that the verbs share, and what a commit asks of them. The members for writing belong to
/// whoever holds the right to commit; what readers use takes no locks.
/// </summary>
internal sealed class Pool : ICommitHost, IDisposable
{
    private readonly IDisposable? _lock;
    private readonly JournalWriter? _journal;
    private readonly JournalBodies _bodies;
    private readonly GroupCommit? _commit;
    private readonly List<string> _notes;
    private readonly long _openedSegmentBytes;
    private readonly Checkpoints? _checkpoints;
    private long _checkpointedBytes;
    private long _healedReads;
    private string? _checkpointProblem;
    private int _disposed;

    public Pool(
        MemoryStoreOptions options, PoolPaths paths, Recovery recovery, PoolCreatedEvent created, JournalScan scan,
        JournalWriter? journal, IDisposable? poolLock)
    {
        (Options, Paths, Created, Scan) = (options, paths, created, scan);
        (Memtable, Snapshots, Records, Answers, _notes) =
            (recovery.Memtable, recovery.Snapshots, recovery.Records, recovery.Answers, recovery.Notes);
        (_journal, _lock) = (journal, poolLock);
        _bodies = new JournalBodies(options.Files, paths.Journal);
        Opening = recovery.Times;
        _openedSegmentBytes = recovery.Source?.Manifest!.Segments.Sum(s => s.Length) ?? 0;
        if (journal is null) return;
        _checkpoints = new Checkpoints(options.Files, paths, created.PoolId, recovery);
        _checkpointedBytes = journal.Bytes - recovery.UncheckpointedBytes;
        _commit = new GroupCommit(journal, this);
    }

    public MemoryStoreOptions Options { get; }

    public PoolPaths Paths { get; }

    public PoolCreatedEvent Created { get; }

    /// <summary>What reading the journal at the opening found.</summary>
    public JournalScan Scan { get; }

    public Memtable Memtable { get; }

    public SnapshotTable Snapshots { get; }

    public LeaseTable Leases { get; } = new();

    public RecordStore? Records { get; }

    public IdempotencyTable Answers { get; }

    /// <summary>Ids and keys that the batch in hand has touched: who comes second waits for the next batch.</summary>
    public HashSet<object> Touched { get; } = [];

    /// <summary>Records of the batch in hand that are not applied yet.</summary>
    public int PendingRecords { get; set; }

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>How long the parts of the opening took.</summary>
    public OpeningTimes Opening { get; }

    /// <summary>Bytes of the newest generation's segments.</summary>
    public long SegmentBytes => _checkpoints?.SegmentBytes ?? _openedSegmentBytes;

    public long NowMicroseconds => RecordCodec.Microseconds(Options.Clock.GetUtcNow());

    public long JournalBytes => _journal?.Bytes ?? Scan.Bytes;

    public string Health =>
        _journal?.Poison is not null ? "poisoned"
        : Volatile.Read(ref _healedReads) > 0 || Records?.DeviceFault is not null || _checkpointProblem is not null ? "degraded"
        : "ready";

    /// <summary>Commits a write and waits for its acknowledgement.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellation">Cancels while it waits for its turn.</param>
    /// <param name="isOneOfMany">More follow at once: they are to share a batch.</param>
    public async ValueTask<T> CommitAsync<T>(PendingWrite<T> write, CancellationToken cancellation, bool isOneOfMany = false)
    {
        ThrowIfDisposed();
        if (_commit is null)
        {
            throw new MemoryEngineException(
                ErrorCode.ReadOnly, $"The pool {Paths.Root} was opened read-only. Open it without ReadOnly to change it.");
        }
        await _commit.EnqueueAsync(write, isOneOfMany, cancellation).ConfigureAwait(false);
        return await write.Task.ConfigureAwait(false);
    }

    /// <summary>Refuses a write that would take the pool over its limit.</summary>
    public void EnsureWithinLimit(int recordBytes)
    {
        if (Options.MaxPoolBytes is not { } limit) return;
        // Once in the journal, once in the record log.
        var size = _journal!.Bytes + _journal.PendingBytes + (2L * recordBytes) + Records!.Stats().FileBytes + SegmentBytes;
        if (size <= limit) return;
        throw new MemoryEngineException(
            ErrorCode.PoolFull,
            $"The pool {Paths.Root} would grow to {size} bytes, over its limit of {limit}. Nothing was changed; " +
            "raise MaxPoolBytes or remove memories.");
    }

    /// <summary>The body of a row: from the record log, or from the journal when the log does not have it whole.</summary>
    public ValueTask<RecordBody> ReadBodyAsync(int row, CancellationToken cancellation)
    {
        if (Records is null) return new(ReadFromJournal(row));
        if (Records.TryRead(row + 1, out var body))
            return new(body.Status == RecordStatus.Found ? body : Heal(row, ref body));
        return ReadColdAsync(row, cancellation);
    }

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(MemoryStore));

    void ICommitHost.BeginBatch()
    {
        Touched.Clear();
        PendingRecords = 0;
    }

    void ICommitHost.Publish(long sequence)
    {
        Records!.MarkApplied(sequence);
        Memtable.Publish(sequence);
    }

    bool ICommitHost.IsCheckpointDue => _journal!.Bytes - Volatile.Read(ref _checkpointedBytes) >= Options.CheckpointBytes;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            _commit?.Dispose();
            if (_journal is not null)
            {
                if (_journal.Bytes - _checkpointedBytes >= Options.CheckpointOnCloseBytes) Checkpoint();
                _journal.Close();
            }
        }
        finally
        {
            _journal?.Dispose();
            Records?.Dispose();
            _bodies.Dispose();
            _lock?.Dispose();
        }
    }

    /// <summary>Saves time at the next opening. One that fails is noted and tried again after as many bytes.</summary>
    public void Checkpoint()
    {
        Volatile.Write(ref _checkpointedBytes, _journal!.Bytes);
        if (_journal.Poison is not null || Records!.DeviceFault is not null) return;
        try
        {
            _journal.Sync();
            Answers.Prune(NowMicroseconds);
            _checkpoints!.Take(_journal.LastSequence);
            _checkpointProblem = null;
        }
        catch (MemoryEngineException e)
        {
            _checkpointProblem = e.Message;
        }
    }

    private async ValueTask<RecordBody> ReadColdAsync(int row, CancellationToken cancellation)
    {
        var body = await Records!.ReadAsync(row + 1, cancellation).ConfigureAwait(false);
        return body.Status == RecordStatus.Found ? body : Heal(row, ref body);
    }

    private RecordBody Heal(int row, ref RecordBody damaged)
    {
        damaged.Dispose();
        Interlocked.Increment(ref _healedReads);
        return ReadFromJournal(row);
    }

    private RecordBody ReadFromJournal(int row)
    {
        ref readonly var r = ref Memtable.Rows[row];
        var payload = _bodies.Read(new JournalPosition(r.Position));
        var pooled = System.Buffers.ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(pooled, 0);
        return RecordBody.Found(pooled, payload.Length, r.Birth);
    }
}
