using MemoryEngine.Telemetry;
using MemoryEngine.Verification.Texts;

namespace MemoryEngine;

/// <summary>
/// A pool of memories, and the only door to it. Thread-safe: any number of readers, which never wait for a writer's device, beside any
/// number of writers, whose writes are committed in groups. A write that was acknowledged is seen by every recall that begins after it.
/// </summary>
/// <remarks>
/// Wrong arguments throw <see cref="ArgumentException"/>, damaged data <see cref="CorruptionException"/>, all else an exception with a code.
/// Cancelling a write that has been handed to the journal does not undo it.
/// </remarks>
public sealed partial class MemoryStore : IMemoryStore, IPoolMaintenance, IDisposable
{
    private readonly Pool _pool;
    private readonly Remember _remember;
    private readonly Recall _recall;
    private readonly Reading _reading;
    private readonly Verifying _verifying;
    private readonly CleanUp _cleanUp;
    private readonly Advising _advising;
    private readonly Reembed _reembed;
    private readonly StoreTelemetry _telemetry;

    private MemoryStore(Pool pool)
    {
        _pool = pool;
        var embedder = new TextEmbedder(pool.Options, pool);
        _verifying = new Verifying(pool);
        _reembed = new Reembed(pool, embedder);
        (_remember, _recall, _reading) = (new Remember(pool, embedder), new Recall(pool, embedder, _verifying), new Reading(pool, embedder));
        (_cleanUp, _advising) = (new CleanUp(pool, _recall), new Advising(pool));
        _telemetry = new StoreTelemetry(
            pool.Created.PoolId, pool.Options.TelemetryContent,
            () => new PoolSize(pool.Table.Current.Live.Count, pool.JournalBytes, pool.Records?.Stats().FileBytes ?? 0, pool.SegmentBytes));
    }

    /// <summary>Opens the pool in a directory, making it when there is none.</summary>
    /// <exception cref="MemoryEngineException">
    /// Someone else owns the pool, the directory is no pool, its format is newer, its embedder another, or the disk
    /// refuses.
    /// </exception>
    /// <exception cref="CorruptionException">The journal is damaged. Nothing was changed.</exception>
    public static async Task<MemoryStore> OpenAsync(
        string path, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var store = new MemoryStore(await PoolOpening.OpenAsync(path, options ?? new MemoryStoreOptions(), cancellationToken).ConfigureAwait(false));
        try
        {
            await store.BeginCleaningAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns when what the pool makes of its memories in the background is made: vectors learned from their texts, segments, and
    /// graphs. Nothing needs to wait for it: until then recall finds the same memories by other ways, more slowly or less well.
    /// </summary>
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        _pool.ThrowIfDisposed();
        await _pool.Learning.SettleAsync(cancellationToken).ConfigureAwait(false);
        await _pool.SettleSegmentsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Who owns the pool in a directory, or owned it last: the lock file keeps its name when its process has ended. Null where nobody has.
    /// </summary>
    public static PoolOwner? FindOwner(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PoolOpening.FindOwner(Storage.PhysicalFileSystem.Instance, new Snapshots.PoolPaths(Path.GetFullPath(path)));
    }

    /// <summary>Reads every byte of the pool in a directory and checks it, changing nothing but what opening would.</summary>
    public static Task<CheckReport> CheckAsync(
        string path, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PoolCheck.RunAsync(path, options ?? new MemoryStoreOptions(), cancellationToken);
    }

    /// <summary>Makes a new pool of a backup, verifying all of it.</summary>
    /// <param name="backup">The backup's directory, or that of any pool that nobody has open.</param>
    /// <param name="path">A new or empty directory.</param>
    /// <param name="options">The disk and the clock; nothing else is used. Null takes the defaults.</param>
    /// <param name="cancellationToken">Stops it; what was copied by then is no pool.</param>
    /// <exception cref="CorruptionException">The backup is damaged. What was copied by then is no pool.</exception>
    public static Task<BackupInfo> RestoreBackupAsync(
        string backup, string path, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(backup);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() => Backup.Restore(backup, path, options ?? new MemoryStoreOptions(), cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Makes a new pool of everything in a damaged one that can be proven intact, with a list of what cannot. The damaged
    /// pool is not changed; it must be closed. The new one is opened and checked.
    /// </summary>
    /// <param name="from">The damaged pool.</param>
    /// <param name="to">A new or an empty directory.</param>
    /// <param name="options">Clock, memory and name of the owner; the rest does not matter.</param>
    /// <param name="cancellationToken">Cancels, and leaves a directory that is refused as a pool.</param>
    /// <exception cref="CorruptionException">Nothing can be proven; nothing was written.</exception>
    /// <exception cref="MemoryEngineException">Someone owns the pool, there is none, its format is newer, or the disk refuses.</exception>
    public static Task<RepairReport> RepairAsync(
        string from, string to, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(to);
        return PoolRepair.RunAsync(from, to, options ?? new MemoryStoreOptions(), cancellationToken);
    }

    /// <summary>
    /// Brings a closed pool of an older format to the newest one. Opening a pool for writing does that bit by bit; this is
    /// for those who want it whole. Nothing is changed in a pool that is of the newest format already.
    /// </summary>
    /// <exception cref="CorruptionException">The journal is damaged. Nothing was changed.</exception>
    /// <exception cref="MemoryEngineException">Someone owns the pool, there is none, its format is newer, or the disk refuses.</exception>
    public static Task<UpgradeReport> UpgradeAsync(
        string path, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PoolUpgrade.RunAsync(path, options ?? new MemoryStoreOptions(), cancellationToken);
    }

    /// <summary>
    /// Remembers one memory. A known id gets a new version when the content differs, and is brought back when it was
    /// forgotten. When the embedder fails the memory is stored without a vector, and the result says so.
    /// </summary>
    /// <param name="draft">The memory.</param>
    /// <param name="durability">What to wait for; null takes <see cref="MemoryStoreOptions.Durability"/>.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    public ValueTask<RememberResult> RememberAsync(
        MemoryDraft draft, Durability? durability = null, CancellationToken cancellationToken = default) =>
        RememberAsync(draft, durability ?? _pool.Options.Durability, isOneOfMany: false, cancellationToken);

    /// <summary>Remembers a text as an insight of a domain.</summary>
    public ValueTask<RememberResult> RememberAsync(string text, string domain = "", CancellationToken cancellationToken = default) =>
        RememberAsync(new MemoryDraft { Text = text, Domain = domain }, null, cancellationToken);

    /// <summary>
    /// Remembers many at once. All are checked before any is written; each is then acknowledged by itself, so a failing
    /// disk may leave some of them remembered.
    /// </summary>
    /// <returns>A result for each draft, in order.</returns>
    public Task<IReadOnlyList<RememberResult>> RememberManyAsync(
        IReadOnlyList<MemoryDraft> drafts, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var wait = durability ?? _pool.Options.Durability;
        return !_telemetry.IsOn
            ? _remember.ManyAsync(drafts, wait, cancellationToken)
            : _telemetry.TraceAsync(
                Told.RememberMany(drafts), (_remember, drafts, wait, cancellationToken),
                static s => new ValueTask<IReadOnlyList<RememberResult>>(s._remember.ManyAsync(s.drafts, s.wait, s.cancellationToken))).AsTask();
    }

    /// <summary>Remembers one memory of many that come at once: it goes with them, and does not commit by itself.</summary>
    internal ValueTask<RememberResult> RememberWithOthersAsync(MemoryDraft draft, CancellationToken cancellationToken) =>
        RememberAsync(draft, _pool.Options.Durability, isOneOfMany: true, cancellationToken);

    /// <summary>Gives a memory a new version.</summary>
    /// <param name="id">The memory.</param>
    /// <param name="draft">The new content; its id, if any, must be the same.</param>
    /// <param name="expectedVersion">The version that the caller has seen; another one is a conflict.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    public ValueTask<RememberResult> ReviseAsync(
        Guid id, MemoryDraft draft, int? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (draft.Id is { } other && other != id)
            throw new ArgumentException($"The draft has the id {other}, the memory to revise {id}.", nameof(draft));
        draft = draft with { Id = id };
        return !_telemetry.IsOn
            ? _remember.OneAsync(draft, mustExist: true, expectedVersion, _pool.Options.Durability, cancellationToken)
            : _telemetry.TraceAsync(
                new Told(TelemetryNames.Update, id, 1, null, [draft]),
                (_remember, draft, expectedVersion, _pool.Options.Durability, cancellationToken),
                static s => s._remember.OneAsync(s.draft, mustExist: true, s.expectedVersion, s.Durability, s.cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default) =>
        !_telemetry.IsOn
            ? _recall.RunAsync(query, cancellationToken)
            : _telemetry.TraceAsync(
                Told.Search(query), (_recall, query, cancellationToken), static s => s._recall.RunAsync(s.query, s.cancellationToken),
                static (telemetry, activity, result) => telemetry.Found(activity, result));

    /// <summary>Recalls memories for a task that is given as text.</summary>
    public ValueTask<RecallResult> RecallAsync(
        string text, string? domain = null, int k = 3, CancellationToken cancellationToken = default) =>
        RecallAsync(new RecallQuery { Text = text, Domain = domain, K = k }, cancellationToken);

    /// <summary>
    /// Verifies memories for a task without recalling them: each as a recall would that found it, with every reason. Of two that are
    /// nearly the same the later one is the duplicate.
    /// </summary>
    /// <param name="ids">The memories, at most <see cref="Limits.MaxRecall"/>.</param>
    /// <param name="query">The task; null for one that states nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A verdict for each, in order.</returns>
    /// <exception cref="MemoryEngineException">An id is unknown or was purged.</exception>
    public Task<IReadOnlyList<VerifiedMemory>> VerifyAsync(
        IReadOnlyList<Guid> ids, VerifyQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count > Limits.MaxRecall)
            throw new ArgumentException($"{ids.Count} memories are too many; {Limits.MaxRecall} can be verified at once.", nameof(ids));
        if (query?.Domain is { } domain) DraftRules.CheckDomain(domain);
        _pool.ThrowIfDisposed();
        query ??= new VerifyQuery();
        return !_telemetry.IsOn
            ? _verifying.VerifyAsync(ids, query, cancellationToken)
            : _telemetry.TraceAsync(
                new Told(TelemetryNames.Verify, Count: ids.Count), (_verifying, ids, query, cancellationToken),
                static s => new ValueTask<IReadOnlyList<VerifiedMemory>>(s._verifying.VerifyAsync(s.ids, s.query, s.cancellationToken))).AsTask();
    }

    /// <summary>
    /// Tells what came of a transfer. The first outcome counts, late or early; the same again is answered as repeated, another as
    /// conflicting, and neither changes anything. Ids that were said to be used and had not been handed over are passed over and told.
    /// </summary>
    /// <param name="outcome">The outcome; it names the transfer.</param>
    /// <param name="durability">What to wait for; null takes <see cref="MemoryStoreOptions.Durability"/>.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    /// <returns>What was done. Unknown where the transfer is so long ago that its candidates are no longer kept.</returns>
    /// <exception cref="ArgumentException">The outcome cannot be: a score outside 0 to 1, a model's label without the model's name.</exception>
    /// <exception cref="MemoryEngineException">
    /// The id is none of this pool's (<see cref="ErrorCode.NotFound"/>), or its record was lost (<see cref="ErrorCode.TransferLost"/>).
    /// </exception>
    public ValueTask<OutcomeAnswer> ReportAsync(Outcome outcome, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        TransferRules.Check(outcome);
        return _pool.CommitAsync(new PendingReport(_pool, durability ?? _pool.Options.Durability, outcome), cancellationToken);
    }

    /// <summary>A transfer with its candidates, what came of it, and what is known of the effect of its memories.</summary>
    /// <exception cref="MemoryEngineException">
    /// The id is none of this pool's, or its candidates are no longer kept (<see cref="ErrorCode.NotFound"/>), or its record was lost
    /// (<see cref="ErrorCode.TransferLost"/>).
    /// </exception>
    public Task<TransferStory> WhyAsync(Guid transfer, CancellationToken cancellationToken = default) =>
        new Why(_pool).RunAsync(transfer, cancellationToken);

    /// <summary>
    /// What verification has said about a memory since the pool was opened, as far as it changed: the newest entries, oldest first.
    /// Empty for one that was not verified lately.
    /// </summary>
    public IReadOnlyList<ValidityEntry> Validity(Guid id)
    {
        _pool.ThrowIfDisposed();
        return _verifying.HistoryOf(id);
    }

    /// <inheritdoc/>
    public ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default) =>
        _reading.GetAsync(id, version, _pool.Table.Current, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default) =>
        _reading.HistoryAsync(id, _pool.Table.Current, cancellationToken);

    /// <summary>The memories in the order they were remembered, as of the moment of the call.</summary>
    public IAsyncEnumerable<MemoryVersion> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _reading.ListAsync(filter ?? new ListFilter(), _pool.Table.Current, cancellationToken);

    /// <summary>
    /// What changes in the pool, in order, from a sequence on: what happened since comes first, then what happens, until it is cancelled.
    /// </summary>
    /// <param name="after">The last sequence that the caller knows; null for the newest one now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<MemoryChange> WatchAsync(long? after = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after ?? 0, nameof(after));
        _pool.ThrowIfDisposed();
        return _pool.Changes.WatchAsync(after ?? _pool.Table.Current.View.Last, cancellationToken);
    }

    /// <summary>Forgets a memory: it is recalled no more, and can be restored.</summary>
    /// <returns>False when it was forgotten already.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    public ValueTask<bool> ForgetAsync(Guid id, CancellationToken cancellationToken = default) =>
        LiveAsync(TelemetryNames.Delete, new PendingLife(_pool, _pool.Options.Durability, id, restore: false), id, cancellationToken);

    /// <summary>Brings a memory back that was forgotten, is in quarantine, or was removed on evidence.</summary>
    /// <returns>False when nothing kept it out.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    public ValueTask<bool> RestoreAsync(Guid id, CancellationToken cancellationToken = default) =>
        LiveAsync(TelemetryNames.Restore, new PendingLife(_pool, _pool.Options.Durability, id, restore: true), id, cancellationToken);

    /// <summary>Keeps the current version of a memory from being handed over, until it is restored.</summary>
    /// <param name="id">The memory.</param>
    /// <param name="note">Why, for who looks later.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    /// <returns>False when it was in quarantine already.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    public async ValueTask<bool> QuarantineAsync(Guid id, string? note = null, CancellationToken cancellationToken = default)
    {
        DraftRules.CheckText("note", note, Limits.MaxNameBytes);
        return await DecideAsync(id, MemoryState.Quarantined, note, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decides the state of a memory's current version; unlike <see cref="RestoreAsync"/> it leaves a forgotten one forgotten.</summary>
    internal async ValueTask<bool> DecideAsync(Guid id, MemoryState to, string? note, CancellationToken cancellationToken = default)
    {
        var write = new PendingPersonDecision(_pool, id, to, note);
        return (await _pool.CommitAsync(write, cancellationToken).ConfigureAwait(false)).Count > 0;
    }

    /// <summary>
    /// Does what the evidence asks for: suspects are noted, what failed twice goes into quarantine, proven harm is removed, and what was made
    /// of it is marked for another look. It also runs by itself (<see cref="MemoryStoreOptions.CleanupEvery"/>). Everything can be undone by
    /// <see cref="RestoreAsync"/> until it is purged.
    /// </summary>
    /// <param name="cancellationToken">Cancels before anything is decided.</param>
    public Task<CleanupReport> CleanUpAsync(CancellationToken cancellationToken = default) =>
        _cleanUp.RunAsync(withUpkeep: false, cancellationToken);

    /// <summary>
    /// The mode to use, with every gate and what blocks a better one, and how much of the vectors' variance is their domain, for which all
    /// vectors of texts are read. Recalls in mode auto follow the mode once it is not provisional.
    /// </summary>
    /// <param name="scenario">What recalls are for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<Advice> AdviseAsync(TransferScenario scenario = TransferScenario.Default, CancellationToken cancellationToken = default) =>
        _advising.DiagnoseAsync(scenario, cancellationToken);

    /// <summary>
    /// What the pool's evidence adds up to: each measure with what it rests on and what the article says of it, the modes beside each
    /// other, gains by size, domain and model, the economy, the credits, and for each memory what it takes to know more.
    /// </summary>
    /// <param name="query">How many memories to list, and prices; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public Task<EvidenceReport> EvidenceAsync(EvidenceQuery? query = null, CancellationToken cancellationToken = default) =>
        new EvidenceReporting(_pool).RunAsync(query ?? new EvidenceQuery(), cancellationToken);

    /// <summary>The decisions that hold, and what has happened since each removal.</summary>
    public async Task<IReadOnlyList<RemovalWatch>> DecisionsAsync(CancellationToken cancellationToken = default)
    {
        _pool.ThrowIfDisposed();
        return await _pool.LookAsync(() => _pool.Evidence.WatchDecisions(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Declares a vector space.</summary>
    /// <returns>False when the pool had the same one already.</returns>
    /// <exception cref="MemoryEngineException">The pool has another space of that name.</exception>
    public ValueTask<bool> DeclareSpaceAsync(VectorSpace space, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        SpaceRules.Check(space);
        return _pool.CommitAsync(new PendingSpace(_pool, space), cancellationToken);
    }

    /// <summary>Gives what the pool holds now a name. One durable event, whatever the size of the pool.</summary>
    /// <param name="name">1 to 64 letters, digits, '-', '_' and '.'.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    /// <exception cref="MemoryEngineException">The name is taken.</exception>
    public ValueTask<SnapshotInfo> CreateSnapshotAsync(string name, CancellationToken cancellationToken = default)
    {
        SnapshotRules.CheckName(name);
        return _pool.CommitAsync(new PendingSnapshot(_pool, name), cancellationToken);
    }

    /// <summary>Takes a snapshot's name away. What it alone held may be given up from then on.</summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    public async ValueTask DropSnapshotAsync(string name, CancellationToken cancellationToken = default)
    {
        SnapshotRules.CheckName(name);
        await _pool.CommitAsync(new PendingSnapshotDrop(_pool, name), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The snapshots, oldest first.</summary>
    public IReadOnlyList<SnapshotInfo> Snapshots()
    {
        _pool.ThrowIfDisposed();
        return [.. _pool.Snapshots.All.Select(SnapshotRules.Info)];
    }

    /// <summary>Opens a snapshot for reading, while the pool goes on.</summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    public MemorySnapshot OpenSnapshot(string name)
    {
        _pool.ThrowIfDisposed();
        return new MemorySnapshot(_pool, FindSnapshot(name), _recall, _reading);
    }

    /// <summary>How two snapshots differ, or a snapshot and the present.</summary>
    /// <param name="earlier">A snapshot.</param>
    /// <param name="later">Another, older or newer; null for the present.</param>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    public SnapshotDiff Diff(string earlier, string? later = null)
    {
        _pool.ThrowIfDisposed();
        var to = later is null ? _pool.Table.Current.View : FindSnapshot(later).View;
        return SnapshotDiffing.Compare(_pool.Table, FindSnapshot(earlier).View, to);
    }

    /// <summary>
    /// Makes the pool what it was when a snapshot was made. One durable event, and nothing is erased: the state before
    /// gets a name, and rolling back to that undoes it. Vector spaces, idempotency keys, snapshot names and purges do not
    /// roll back.
    /// </summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    public ValueTask<RollbackResult> RollBackAsync(string name, CancellationToken cancellationToken = default)
    {
        SnapshotRules.CheckName(name);
        return _pool.CommitAsync(new PendingRollback(_pool, name), cancellationToken);
    }

    /// <summary>
    /// Removes memories for good. When it returns they are in no view and in no file of the pool; backups and what was
    /// exported keep what they have. Their ids answer from then on that they were purged. It rewrites much of the pool, so
    /// purge many at once rather than one by one.
    /// </summary>
    /// <returns>How many were there to purge; those that were purged already do not count.</returns>
    /// <exception cref="MemoryEngineException">
    /// An id is unknown; those before it are purged. Or the disk failed: then they are recalled no more, and the next
    /// compaction or opening removes the rest of their bytes.
    /// </exception>
    public Task<int> PurgeAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return !_telemetry.IsOn
            ? PurgeAllAsync(ids, cancellationToken)
            : _telemetry.TraceAsync(
                new Told(TelemetryNames.Delete, Count: ids.Count), (Store: this, ids, cancellationToken),
                static s => new ValueTask<int>(s.Store.PurgeAllAsync(s.ids, s.cancellationToken))).AsTask();
    }

    private async Task<int> PurgeAllAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var purged = 0;
        foreach (var id in ids)
            purged += await _pool.CommitAsync(new PendingPurge(_pool, id), cancellationToken).ConfigureAwait(false) ? 1 : 0;
        if (_pool.Removal.IsPending) await CompactAsync(null, cancellationToken).ConfigureAwait(false);
        return purged;
    }

    /// <summary>
    /// Gives back the space of what nobody can see any more: what was rolled back and has no name, purged memories, expired
    /// idempotency keys, the record log's dead parts. Forgotten memories and earlier versions stay. Readers and writers go
    /// on; it can be interrupted at any point and done again.
    /// </summary>
    /// <param name="options">What may go beside that; null for nothing.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    public Task<CompactResult> CompactAsync(CompactOptions? options = null, CancellationToken cancellationToken = default)
    {
        _pool.ThrowIfDisposed();
        _pool.EnsureWritable();
        return Task.Run(() => new Compaction(_pool, options ?? new CompactOptions()).RunAsync(cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Does what keeps a pool good, small and quick to open: cleans up (see <see cref="CleanUpAsync"/>), keeps the share of traces down, gives
    /// space back where it is worth it, and takes a checkpoint.
    /// </summary>
    public async Task<CompactResult> MaintainAsync(CancellationToken cancellationToken = default)
    {
        var cleanup = await _cleanUp.RunAsync(withUpkeep: true, cancellationToken).ConfigureAwait(false);
        var result = await CompactAsync(null, cancellationToken).ConfigureAwait(false);
        _ = await _pool.StepAsync(() => _pool.TakeCheckpoint(standsAlone: false), cancellationToken).ConfigureAwait(false);
        return result with { Cleanup = cleanup };
    }

    /// <summary>
    /// Copies the pool as it is at one moment, while it is read and written. The backup is a pool of its own: it can be
    /// opened, checked, and copied back by <see cref="RestoreBackupAsync"/>.
    /// </summary>
    /// <param name="path">A new or empty directory.</param>
    /// <param name="cancellationToken">Stops it; what was copied by then is no pool.</param>
    public Task<BackupInfo> BackupAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _pool.ThrowIfDisposed();
        _pool.EnsureWritable();
        return Backup.CreateAsync(_pool, path, cancellationToken);
    }

    /// <summary>
    /// Embeds the texts anew by another embedder, or fills in the vectors that are missing. The pool is read and written
    /// meanwhile, with the vectors that it has; when every memory has its new one, one durable event puts them in their place, and
    /// queries are embedded by the new embedder from then on. What is embedded is kept: a run that ended early, however it did, is
    /// gone on with by calling this again.
    /// </summary>
    /// <param name="options">Which embedder, and how fast; null for the one that it embeds with, to fill in what is missing.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    /// <exception cref="MemoryEngineException">
    /// The embedder failed, the disk did, or another run is under way. What is embedded is kept, and the pool is as usable as before.
    /// </exception>
    public Task<ReembedResult> ReembedAsync(ReembedOptions? options = null, CancellationToken cancellationToken = default)
    {
        _pool.ThrowIfDisposed();
        _pool.EnsureWritable();
        return Task.Run(() => _reembed.RunAsync(options ?? new ReembedOptions(), cancellationToken), cancellationToken);
    }

    /// <summary>How bound to its origin a text is.</summary>
    public static SpecificityScore MeasureSpecificity(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Specificity.Measure(text);
    }

    /// <summary>
    /// The level that a text is fit for by its form: an insight where it is hardly bound to its origin, a trace where it is mostly code,
    /// else a procedure. A strategy is a claim that no form can support.
    /// </summary>
    public static MemoryLevel SuggestLevel(string text) => Specificity.SuggestLevel(MeasureSpecificity(text));

    /// <summary>How the pool is, as in <see cref="PoolStats.Health"/>, without counting anything.</summary>
    public string Health
    {
        get
        {
            _pool.ThrowIfDisposed();
            return _reading.Health;
        }
    }

    /// <summary>The sequence of the newest event that can be seen.</summary>
    public long Sequence => _pool.Table.Current.View.Last;

    /// <summary>The pool's figures at this moment.</summary>
    public PoolStats Stats() => _reading.Stats(_pool.Table.Current);

    ValueTask<RememberResult> IMemoryStore.RememberAsync(MemoryDraft draft, CancellationToken cancellationToken) =>
        RememberAsync(draft, null, cancellationToken);

    Task<IReadOnlyList<RememberResult>> IMemoryStore.RememberManyAsync(
        IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellationToken) => RememberManyAsync(drafts, null, cancellationToken);

    ValueTask<OutcomeAnswer> IMemoryStore.ReportAsync(Outcome outcome, CancellationToken cancellationToken) =>
        ReportAsync(outcome, null, cancellationToken);

    ValueTask<PoolStats> IMemoryReader.StatsAsync(CancellationToken cancellationToken) => new(Stats());

    ValueTask<IReadOnlyList<SnapshotInfo>> IPoolMaintenance.SnapshotsAsync(CancellationToken cancellationToken) => new(Snapshots());

    ValueTask<SnapshotDiff> IPoolMaintenance.DiffAsync(string earlier, string? later, CancellationToken cancellationToken) =>
        new(Diff(earlier, later));

    /// <summary>Finishes the writes under way, closes the journal cleanly and releases the pool.</summary>
    public void Dispose()
    {
        _reembed.Close();
        _telemetry.Dispose();
        _pool.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose).ConfigureAwait(false);

    // What was due when the pool was last open and had no time is done now; from here on after so many outcomes.
    private async Task BeginCleaningAsync(CancellationToken cancellation)
    {
        await _advising.FollowAsync(cancellation).ConfigureAwait(false);
        if (_pool.Options.ReadOnly || _pool.Options.CleanupEvery == 0) return;
        if (await _cleanUp.IsDueAsync(cancellation).ConfigureAwait(false))
            await _cleanUp.RunAsync(withUpkeep: false, cancellation).ConfigureAwait(false);
        _pool.CleanWith(async () =>
        {
            await _cleanUp.RunAsync(withUpkeep: false, CancellationToken.None).ConfigureAwait(false);
            await _advising.FollowAsync(CancellationToken.None).ConfigureAwait(false);
        });
    }

    private ValueTask<RememberResult> RememberAsync(
        MemoryDraft draft, Durability durability, bool isOneOfMany, CancellationToken cancellationToken) =>
        !_telemetry.IsOn
            ? _remember.OneAsync(draft, mustExist: false, null, durability, cancellationToken, isOneOfMany)
            : _telemetry.TraceAsync(
                Told.Remember(draft), (_remember, draft, durability, isOneOfMany, cancellationToken),
                static s => s._remember.OneAsync(s.draft, mustExist: false, null, s.durability, s.cancellationToken, s.isOneOfMany));

    private ValueTask<bool> LiveAsync(string operation, PendingLife life, Guid id, CancellationToken cancellationToken) =>
        !_telemetry.IsOn
            ? _pool.CommitAsync(life, cancellationToken)
            : _telemetry.TraceAsync(
                new Told(operation, id, 1), (_pool, life, cancellationToken), static s => s._pool.CommitAsync(s.life, s.cancellationToken));

    private Snapshots.NamedView FindSnapshot(string name)
    {
        SnapshotRules.CheckName(name);
        return _pool.Snapshots.Find(name) ?? throw SnapshotRules.NotFound(name);
    }
}
