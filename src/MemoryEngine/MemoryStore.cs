namespace MemoryEngine;

/// <summary>
/// A pool of memories, and the only door to it. Thread-safe: any number of readers, which never wait for a writer's
/// device, beside any number of writers, whose writes are committed in groups and acknowledged when they are durable.
/// A write that was acknowledged is seen by every recall that begins after it.
/// </summary>
/// <remarks>
/// Wrong arguments throw <see cref="ArgumentException"/>; what an operation meets throws
/// <see cref="MemoryEngineException"/> with a code; damaged data throws <see cref="CorruptionException"/>.
/// Cancelling a write that has been handed to the journal does not undo it.
/// </remarks>
public sealed class MemoryStore : IAsyncDisposable, IDisposable
{
    private readonly Pool _pool;
    private readonly Remember _remember;
    private readonly Recall _recall;
    private readonly Reading _reading;

    private MemoryStore(Pool pool)
    {
        _pool = pool;
        var embedder = new TextEmbedder(pool.Options, pool);
        (_remember, _recall, _reading) = (new Remember(pool, embedder), new Recall(pool, embedder), new Reading(pool));
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
        return new MemoryStore(await PoolOpening.OpenAsync(path, options ?? new MemoryStoreOptions(), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads every byte of the pool in a directory and checks it, changing nothing but what opening would.</summary>
    public static Task<CheckReport> CheckAsync(
        string path, MemoryStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PoolCheck.RunAsync(path, options ?? new MemoryStoreOptions(), cancellationToken);
    }

    /// <summary>
    /// Remembers one memory. A known id gets a new version when the content differs, and is brought back when it was
    /// forgotten.
    /// </summary>
    /// <param name="draft">The memory.</param>
    /// <param name="durability">What to wait for; null takes <see cref="MemoryStoreOptions.Durability"/>.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    public ValueTask<RememberResult> RememberAsync(
        MemoryDraft draft, Durability? durability = null, CancellationToken cancellationToken = default) =>
        _remember.OneAsync(draft, mustExist: false, null, durability ?? _pool.Options.Durability, cancellationToken);

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
        return _remember.ManyAsync(drafts, durability ?? _pool.Options.Durability, cancellationToken);
    }

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
        return _remember.OneAsync(
            draft with { Id = id }, mustExist: true, expectedVersion, _pool.Options.Durability, cancellationToken);
    }

    /// <summary>Recalls memories for a task.</summary>
    public ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default) =>
        _recall.RunAsync(query, cancellationToken);

    /// <summary>Recalls memories for a task that is given as text.</summary>
    public ValueTask<RecallResult> RecallAsync(
        string text, string? domain = null, int k = 3, CancellationToken cancellationToken = default) =>
        _recall.RunAsync(new RecallQuery { Text = text, Domain = domain, K = k }, cancellationToken);

    /// <summary>
    /// A memory's current version, the newest one when it is forgotten, or the version asked for; null when there is
    /// none.
    /// </summary>
    public ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default) =>
        _reading.GetAsync(id, version, cancellationToken);

    /// <summary>All versions of a memory, oldest first; empty when the id is unknown.</summary>
    public ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default) =>
        _reading.HistoryAsync(id, cancellationToken);

    /// <summary>The memories in the order they were remembered, as of the moment of the call.</summary>
    public IAsyncEnumerable<MemoryVersion> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _reading.ListAsync(filter ?? new ListFilter(), cancellationToken);

    /// <summary>Forgets a memory: it is recalled no more, and can be restored.</summary>
    /// <returns>False when it was forgotten already.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    public ValueTask<bool> ForgetAsync(Guid id, CancellationToken cancellationToken = default) =>
        _pool.CommitAsync(new PendingLife(_pool, _pool.Options.Durability, id, restore: false), cancellationToken);

    /// <summary>Brings a forgotten memory back.</summary>
    /// <returns>False when it was not forgotten.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    public ValueTask<bool> RestoreAsync(Guid id, CancellationToken cancellationToken = default) =>
        _pool.CommitAsync(new PendingLife(_pool, _pool.Options.Durability, id, restore: true), cancellationToken);

    /// <summary>Declares a vector space.</summary>
    /// <returns>False when the pool had the same one already.</returns>
    /// <exception cref="MemoryEngineException">The pool has another space of that name.</exception>
    public ValueTask<bool> DeclareSpaceAsync(VectorSpace space, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        SpaceRules.Check(space);
        return _pool.CommitAsync(new PendingSpace(_pool, space), cancellationToken);
    }

    /// <summary>The pool's figures at this moment.</summary>
    public PoolStats Stats() => _reading.Stats();

    /// <summary>Finishes the writes under way, closes the journal cleanly and releases the pool.</summary>
    public void Dispose() => _pool.Dispose();

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(_pool.Dispose).ConfigureAwait(false);
}
