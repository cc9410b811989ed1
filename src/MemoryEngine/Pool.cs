using System.Collections.Immutable;
using System.Diagnostics;
using MemoryEngine.Journal;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Snapshots;
using MemoryEngine.Transfers;

namespace MemoryEngine;

/// <summary>
/// An open pool: the parts that the verbs share, and what a commit asks of them. The members for writing belong to
/// whoever holds the right to commit; what readers use takes no locks.
/// </summary>
internal sealed class Pool : ICommitHost, IDisposable
{
    /// <summary>Batches that come within it follow each other.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>A cleanup follows after as many outcomes as such a share of the memories, if that is more.</summary>
    private const int CleanupShare = 16;

    /// <summary>So many times as large are the segments of rows that come all at once.</summary>
    private const int BusyTimes = 4;

    private readonly IDisposable? _lock;
    private readonly JournalWriter? _journal;
    private readonly GroupCommit? _commit;
    private ImmutableArray<string> _notes;
    private readonly long _openedSegmentBytes;
    private readonly SegmentStore _segments;
    private readonly SegmentWorker _worker;
    private readonly Stopwatch _sinceBatch = Stopwatch.StartNew();
    private readonly Checkpoints? _checkpoints;
    private long _checkpointedBytes;
    private int _rowsAtBatch;
    private Func<Task>? _cleanUp;
    private Task _cleaning = Task.CompletedTask;
    private long _cleanedAt;
    private long _healedReads;
    private string? _checkpointProblem;
    private int _disposed;

    public Pool(
        MemoryStoreOptions options, PoolPaths paths, Recovery recovery, PoolEvidence evidence, PoolCreatedEvent created, JournalScan scan,
        JournalBodies bodies, JournalWriter? journal, IDisposable? poolLock)
    {
        (Options, Paths, Created, Scan, Evidence) = (options, paths, created, scan, evidence);
        Effects = options.Evidence ?? evidence.Board;
        Tokens = new TransferTokens(created.TokenKey);
        (Table, Snapshots, Records, Answers, _notes) =
            (recovery.Table, recovery.Snapshots, recovery.Records, recovery.Answers, [.. recovery.Notes]);
        (_journal, _lock) = (journal, poolLock);
        Bodies = bodies;
        WasRemovalPending = recovery.IsRemovalPending;
        Removal = new Removal(WasRemovalPending ? 1 : 0, 0);
        Opening = recovery.Times;
        _openedSegmentBytes = recovery.Source?.Manifest!.Segments.Sum(s => s.Bytes) ?? 0;
        _segments = new SegmentStore(options.Files, paths.Segments, created.PoolId, Table, options.SegmentLimits, LetReadersGoFirst);
        Mending = new SegmentMending(this);
        Changes = new ChangeFeed(this);
        Learning = new Learning(this);
        Words = new PoolWords(this);
        if (journal is not null) FreezeMany(isBusy: false);
        _worker = new SegmentWorker(
            _segments, isReadOnly: journal is null, e => Mending.TryMend(e, Table.Parts.Current), FreezeWhenQuiet);
        if (journal is not null)
        {
            _checkpoints = new Checkpoints(options.Files, paths, created.PoolId, recovery, _segments);
            _checkpointedBytes = journal.Bytes - recovery.UncheckpointedBytes;
            _commit = new GroupCommit(journal, this);
        }
        // Last: what it meets is told to what is above.
        _worker.Start();
    }

    public MemoryStoreOptions Options { get; }

    public PoolPaths Paths { get; }

    public PoolCreatedEvent Created { get; }

    /// <summary>What reading the journal at the opening found.</summary>
    public JournalScan Scan { get; }

    public RowTable Table { get; }

    /// <summary>What is known of the effects of memories.</summary>
    public PoolEvidence Evidence { get; }

    /// <summary>What recalls ask about them. Takes no locks.</summary>
    public IMemoryEvidence Effects { get; }

    /// <summary>Makes the ids of transfers, and knows its own.</summary>
    public TransferTokens Tokens { get; }

    /// <summary>Whether a transfer can be recorded now.</summary>
    public bool TakesTransfers => _commit is not null && Options.RecordTransfers && _journal!.Poison is null;

    public SnapshotTable Snapshots { get; }

    public LeaseTable Leases { get; } = new();

    /// <summary>The journal, of a pool that is open for writing; for whoever holds the right to commit.</summary>
    public JournalWriter Journal => _journal!;

    public JournalBodies Bodies { get; }

    public MaintenanceTurn Maintenance { get; } = new();

    /// <summary>Whether opening found something in a file that was to be removed, and so compacted the pool.</summary>
    public bool WasRemovalPending { get; }

    /// <summary>What was purged and may still lie in files.</summary>
    public Removal Removal { get; private set; }

    public RecordStore? Records { get; }

    public IdempotencyTable Answers { get; }

    /// <summary>Ids and keys that the batch in hand has touched: who comes second waits for the next batch.</summary>
    public HashSet<object> Touched { get; } = [];

    /// <summary>Records of the batch in hand that are not applied yet.</summary>
    public int PendingRecords { get; set; }

    /// <summary>What the opening found and did.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public SegmentMending Mending { get; }

    public SegmentStore Segments => _segments;

    /// <summary>What is learned from the texts; for pools with the built-in embedder.</summary>
    public Learning Learning { get; }

    /// <summary>The words of the texts, for queries that know the beginning of one.</summary>
    public PoolWords Words { get; }

    /// <summary>Who watches the pool is told by it.</summary>
    public ChangeFeed Changes { get; }

    public void Note(string note) => ImmutableInterlocked.Update(ref _notes, static (notes, more) => notes.Add(more), note);

    /// <summary>How long the parts of the opening took.</summary>
    public OpeningTimes Opening { get; }

    /// <summary>Bytes of the newest generation's segments.</summary>
    public long SegmentBytes => _checkpoints?.SegmentBytes ?? _openedSegmentBytes;

    public long NowMicroseconds => RecordCodec.Microseconds(Options.Clock.GetUtcNow());

    public long JournalBytes => _journal?.Bytes ?? Scan.Bytes;

    public string Health =>
        _journal?.Poison is not null ? "poisoned"
        : Volatile.Read(ref _healedReads) > 0 || Mending.HasMended || Records?.DeviceFault is not null ? "degraded"
        : _checkpointProblem is not null || _worker.Problem is not null ? "degraded"
        : _segments.UnindexedVectors > 0 ? "indexing"
        : "ready";

    /// <summary>Commits a write and waits for its acknowledgement.</summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellation">Cancels while it waits for its turn.</param>
    /// <param name="isOneOfMany">More follow at once: they are to share a batch.</param>
    public async ValueTask<T> CommitAsync<T>(PendingWrite<T> write, CancellationToken cancellation, bool isOneOfMany = false)
    {
        ThrowIfDisposed();
        EnsureWritable();
        await _commit!.EnqueueAsync(write, isOneOfMany, cancellation).ConfigureAwait(false);
        return await write.Task.ConfigureAwait(false);
    }

    /// <summary>The cleanup that was started last.</summary>
    public Task Cleaning => Volatile.Read(ref _cleaning);

    /// <summary>Has somebody clean up after so many outcomes as the options say.</summary>
    public void CleanWith(Func<Task> cleanUp) => (_cleanedAt, _cleanUp) = (Evidence.State.Outcomes, cleanUp);

    /// <summary>Queues a write that nobody waits for. False when the queue is full or the pool is closing.</summary>
    public bool TryQueue(PendingWrite write) => _commit!.TryEnqueue(write);

    /// <summary>Reads what belongs to the applier, between two batches.</summary>
    public ValueTask<T> LookAsync<T>(Func<T> look, CancellationToken cancellation) =>
        _commit is null ? new(look()) : StepAsync(look, cancellation);

    /// <summary>Refuses what changes files of a pool that was opened read-only.</summary>
    public void EnsureWritable()
    {
        if (_commit is not null) return;
        throw new MemoryEngineException(
            ErrorCode.ReadOnly, $"The pool {Paths.Root} was opened read-only. Open it without ReadOnly to change it.");
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

    /// <summary>Returns when all segments, merges and graphs that are due are there.</summary>
    public async Task SettleSegmentsAsync(CancellationToken cancellation)
    {
        if (_commit is not null && await StepAsync(() => FreezeMany(isBusy: false), cancellation).ConfigureAwait(false)) _worker.Wake();
        await _worker.WhenIdle().WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Completes when every block of the segments has been checked, which takes its time.</summary>
    public Task WhenScrubbed => _worker.WhenScrubbed;

    /// <summary>Has a segment written of what should not stay in memory.</summary>
    public void WakeWorker() => _worker.Wake();

    /// <summary>Puts rows in the place of a damaged segment; false when it is not there any more.</summary>
    public bool TryMend(Segment damaged, Memtable rows, IReadOnlyList<LaterVector> later, Action tell) =>
        _segments.TryMend(damaged, rows, later, tell);

    /// <summary>Takes a memory out of every view. For the applier.</summary>
    public void Purge(Guid memoryId, long sequence)
    {
        foreach (var row in Table.VersionsOf(memoryId))
        {
            Snapshots.Forget(Table, row);
            Records!.Remove(row + 1, sequence);
        }
        Table.Purge(memoryId);
        Changes.Add(sequence, MemoryChangeKind.Purged, memoryId);
        Removal = Removal with { Purged = Removal.Purged + 1 };
    }

    /// <summary>Gives up a row that nobody can see. For the applier.</summary>
    public void Erase(int row)
    {
        Records!.EnsureRoom(0);
        Snapshots.Forget(Table, row);
        Records.Remove(row + 1, Journal.LastSequence);
        Table.Erase(row);
    }

    /// <summary>Takes note that a journal file was rewritten.</summary>
    public void NoteRewrite(JournalRewrite rewrite)
    {
        foreach (var (recordId, position) in rewrite.Moved) Volatile.Write(ref Table.Rows[(int)recordId - 1].Position, position.Packed);
        Evidence.Index.Move(rewrite.MovedEvidence);
        Journal.NoteRewrite(rewrite);
    }

    /// <summary>The state by decision of the memory that a row belongs to: that of its version that is alive in a view.</summary>
    public MemoryState StateOf(int row, View view)
    {
        ref readonly var r = ref Table.Rows[row];
        var live = r.IsLive(view) ? row : Table.FindLive(r.MemoryId, view);
        return live < 0 ? MemoryState.Active : Effects.StateOf(r.MemoryId, Table.Rows[live].Version);
    }

    /// <summary>Does something between batches, where nobody else writes.</summary>
    public ValueTask<T> StepAsync<T>(Func<T> step, CancellationToken cancellation) => CommitAsync(new PendingStep<T>(this, step), cancellation);

    /// <summary>
    /// The body of a row: from the record log, or from the journal when the log does not have it whole; missing when the
    /// row was purged.
    /// </summary>
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
        _ = Evidence.Publish();
        Table.Publish(sequence);
        CleanUpWhenDue();
        Changes.Publish(sequence);
        // Transfers and outcomes bring no rows, and keep nothing from being tidied up.
        if (Table.RowCount == _rowsAtBatch) return;
        _rowsAtBatch = Table.RowCount;
        if (FreezeMany(_sinceBatch.Elapsed < Quiet)) _worker.Wake();
        _sinceBatch.Restart();
        Learning.Consider();
    }

    bool ICommitHost.IsCheckpointDue => _journal!.Bytes - Volatile.Read(ref _checkpointedBytes) >= Options.CheckpointBytes;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Maintenance.Close();
        try
        {
            _cleaning.Wait();
            // What it does between batches is done before there are none any more.
            Learning.Close();
            Words.Close();
            _worker.Dispose();
            _commit?.Dispose();
            if (_journal is not null)
            {
                // What was mended is named by no manifest yet.
                if (Mending.HasMended || _journal.Bytes - _checkpointedBytes >= Options.CheckpointOnCloseBytes) Checkpoint();
                _journal.Close();
            }
        }
        finally
        {
            _journal?.Dispose();
            Table.Parts.Dispose();
            Records?.Dispose();
            Bodies.Dispose();
            _lock?.Dispose();
        }
    }

    /// <summary>Saves time at the next opening. One that fails is noted and tried again after as many bytes.</summary>
    public void Checkpoint()
    {
        Volatile.Write(ref _checkpointedBytes, _journal!.Bytes);
        // A failed read is of no account here: what was to be read is in the journal.
        if (_journal.Poison is not null || Records!.WriteFault is not null) return;
        try
        {
            _ = TakeCheckpoint(standsAlone: false);
        }
        catch (MemoryEngineException e)
        {
            _checkpointProblem = e.Message;
        }
    }

    /// <summary>Writes what an opening can go on from.</summary>
    /// <param name="standsAlone">Whether nothing older is kept beside it, since that holds what was removed.</param>
    /// <returns>The sequence up to which it goes.</returns>
    public long TakeCheckpoint(bool standsAlone)
    {
        _journal!.Sync();
        Volatile.Write(ref _checkpointedBytes, _journal.Bytes);
        Answers.Prune(NowMicroseconds);
        var sequence = _journal.LastSequence;
        _checkpoints!.Take(sequence, standsAlone);
        Evidence.WriteCheckpoint(Created.PoolId, sequence);
        // It may have left segments without graphs.
        _worker.Wake();
        _checkpointProblem = null;
        return sequence;
    }

    /// <summary>What was purged before <paramref name="removal"/> was taken is in checkpoints alone: now not there either.</summary>
    public long FinishRemoval(Removal removal)
    {
        var sequence = TakeCheckpoint(standsAlone: true);
        Removal = Removal with { Removed = removal.Purged };
        return sequence;
    }

    /// <summary>From here on new rows have vectors of a learned space; those before are in segments soon. For the applier.</summary>
    public bool Begin(LearnedSpace growing)
    {
        Table.Parts.Freeze(Table.RowCount);
        Table.Spaces.Growing = growing;
        _worker.Wake();
        return true;
    }

    // On another thread: it writes, and whoever commits is not to wait for itself.
    private void CleanUpWhenDue()
    {
        if (_cleanUp is not { } cleanUp || !_cleaning.IsCompleted) return;
        // Looking at many memories takes longer: then a little less often.
        var every = Math.Max(Options.CleanupEvery, Evidence.State.Memories.Count / CleanupShare);
        if (Evidence.State.Outcomes - _cleanedAt < every) return;
        _cleanedAt = Evidence.State.Outcomes;
        _cleaning = Task.Run(async () =>
        {
            try
            {
                await cleanUp().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // The next opening does it.
            }
            catch (MemoryEngineException e)
            {
                Note($"A cleanup could not be finished: {e.Message} The next one goes on.");
            }
        });
    }

    // So many rows in memory are to be a segment. While many come at once, the time is theirs, and segments are larger.
    private bool FreezeMany(bool isBusy)
    {
        var parts = Table.Parts.Current;
        var rows = Table.RowCount - parts.Active.FirstRow;
        if (parts.Memtables.Length > 1 || rows < Options.SegmentLimits.SealRows) return false;
        if (isBusy && rows < BusyTimes * Options.SegmentLimits.SealRows)
        {
            _worker.AwaitQuiet();
            return false;
        }
        Table.Parts.Freeze(Table.RowCount);
        return true;
    }

    // False while batches follow each other.
    private bool FreezeWhenQuiet()
    {
        if (_sinceBatch.Elapsed < Quiet) return false;
        try
        {
            _ = StepAsync(() => FreezeMany(isBusy: false), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (ObjectDisposedException)
        {
            // Closing makes segments of everything.
        }
        return true;
    }

    // Where processors are few, whoever merges would take a reader's time.
    private void LetReadersGoFirst()
    {
        if (Table.Parts.Readers.IsAnyoneReading) Thread.Sleep(1);
    }

    private async ValueTask<RecordBody> ReadColdAsync(int row, CancellationToken cancellation)
    {
        var body = await Records!.ReadAsync(row + 1, cancellation).ConfigureAwait(false);
        return body.Status == RecordStatus.Found ? body : Heal(row, ref body);
    }

    private RecordBody Heal(int row, ref RecordBody damaged)
    {
        damaged.Dispose();
        if (Table.Rows[row].IsErased) return RecordBody.Missing;
        Interlocked.Increment(ref _healedReads);
        return ReadFromJournal(row);
    }

    /// <summary>The body of a row that was not erased, from the journal.</summary>
    public RecordBody ReadFromJournal(int row)
    {
        ref readonly var r = ref Table.Rows[row];
        var payload = Bodies.Read(() => new JournalPosition(Volatile.Read(ref Table.Rows[row].Position)), r.Birth);
        var pooled = System.Buffers.ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(pooled, 0);
        return RecordBody.Found(pooled, payload.Length, r.Birth);
    }
}

/// <summary>How many purges there were, and for how many of them every file is rid of what they removed.</summary>
internal readonly record struct Removal(long Purged, long Removed)
{
    public bool IsPending => Purged > Removed;
}
