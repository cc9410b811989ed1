namespace MemoryEngine;

/// <summary>
/// A pool of memories, wherever it is: open in this process (<see cref="MemoryStore"/>) or owned by another one that answers through
/// its pipe (the client of MemoryEngine.Client). Whoever takes this need not know which; what differs is said at the two.
/// </summary>
/// <remarks>
/// Wrong arguments throw <see cref="ArgumentException"/>; what an operation meets throws <see cref="MemoryEngineException"/> with a
/// code; damaged data throws <see cref="CorruptionException"/>. Thread-safe.
/// </remarks>
public interface IMemoryStore : IMemoryReader, IAsyncDisposable
{
    /// <summary>
    /// Remembers one memory, and returns when it is durable. A draft whose id is known makes a new version of that memory when the
    /// content differs; one with an idempotency key that was used is not done again.
    /// </summary>
    ValueTask<RememberResult> RememberAsync(MemoryDraft draft, CancellationToken cancellationToken = default);

    /// <summary>
    /// Remembers many at once. All are checked before any is written; each is then acknowledged by itself, so a failing disk may
    /// leave some of them remembered.
    /// </summary>
    /// <returns>A result for each draft, in order.</returns>
    Task<IReadOnlyList<RememberResult>> RememberManyAsync(
        IReadOnlyList<MemoryDraft> drafts, CancellationToken cancellationToken = default);

    /// <summary>Gives a memory a new version.</summary>
    /// <param name="id">The memory.</param>
    /// <param name="draft">The new content; its id, if any, must be the same.</param>
    /// <param name="expectedVersion">The version that the caller has seen; another one is a conflict.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    ValueTask<RememberResult> ReviseAsync(
        Guid id, MemoryDraft draft, int? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Verifies memories for a task without recalling them: each as a recall would that found it, with every reason. Of two that are
    /// nearly the same the later one is the duplicate.
    /// </summary>
    /// <param name="ids">The memories, at most <see cref="Limits.MaxRecall"/>.</param>
    /// <param name="query">The task; null for one that states nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A verdict for each, in order.</returns>
    /// <exception cref="MemoryEngineException">An id is unknown or was purged.</exception>
    Task<IReadOnlyList<VerifiedMemory>> VerifyAsync(
        IReadOnlyList<Guid> ids, VerifyQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells what came of a transfer. The first outcome counts, late or early; the same again is answered as repeated, another as
    /// conflicting, and neither changes anything. Ids that were said to be used and had not been handed over are passed over and told.
    /// </summary>
    /// <returns>What was done. Unknown where the transfer is so long ago that its candidates are no longer kept.</returns>
    /// <exception cref="MemoryEngineException">
    /// The id is none of this pool's (<see cref="ErrorCode.NotFound"/>), or its record was lost (<see cref="ErrorCode.TransferLost"/>).
    /// </exception>
    ValueTask<OutcomeAnswer> ReportAsync(Outcome outcome, CancellationToken cancellationToken = default);

    /// <summary>A transfer with its candidates, what came of it, and what is known of the effect of its memories.</summary>
    /// <exception cref="MemoryEngineException">
    /// The id is none of this pool's, or its candidates are no longer kept (<see cref="ErrorCode.NotFound"/>), or its record was lost
    /// (<see cref="ErrorCode.TransferLost"/>).
    /// </exception>
    Task<TransferStory> WhyAsync(Guid transfer, CancellationToken cancellationToken = default);

    /// <summary>The mode that the pool is ready for, by the gates that its size and its evidence pass, and what a better one takes.</summary>
    /// <param name="scenario">What recalls are for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Advice> AdviseAsync(TransferScenario scenario = TransferScenario.Default, CancellationToken cancellationToken = default);

    /// <summary>
    /// What the pool's evidence adds up to: each measure with what it rests on, the modes beside each other, gains, the economy, credits, and
    /// for each memory what it takes to know more.
    /// </summary>
    /// <param name="query">How many memories to list, and prices; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    Task<EvidenceReport> EvidenceAsync(EvidenceQuery? query = null, CancellationToken cancellationToken = default);

    /// <summary>Forgets a memory: it is recalled no more, and can be restored.</summary>
    /// <returns>False when it was forgotten already.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    ValueTask<bool> ForgetAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Brings a forgotten memory back.</summary>
    /// <returns>False when it was not forgotten.</returns>
    /// <exception cref="MemoryEngineException">The id is unknown.</exception>
    ValueTask<bool> RestoreAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>
    /// What changes in the pool, in order, from a sequence on: what happened since comes first, then what happens, until it is cancelled.
    /// </summary>
    /// <param name="after">The last sequence that the caller knows; null for the newest one now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<MemoryChange> WatchAsync(long? after = null, CancellationToken cancellationToken = default);
}
