namespace MemoryEngine;

/// <summary>What can be read of a pool, the same as of now (<see cref="MemoryStore"/>) and as of a snapshot (<see cref="MemorySnapshot"/>).</summary>
public interface IMemoryReader
{
    /// <summary>Recalls memories for a task.</summary>
    ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// A memory's current version, the newest one when it is forgotten, or the version asked for; null when there is
    /// none.
    /// </summary>
    /// <exception cref="MemoryEngineException">The memory was purged.</exception>
    ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default);

    /// <summary>All versions of a memory, oldest first; empty when the id is unknown.</summary>
    /// <exception cref="MemoryEngineException">The memory was purged.</exception>
    ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>The memories in the order they were remembered.</summary>
    IAsyncEnumerable<MemoryVersion> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>The figures.</summary>
    ValueTask<PoolStats> StatsAsync(CancellationToken cancellationToken = default);
}
