namespace MemoryEngine;

/// <summary>What is done to a pool as a whole, by people and by night rather than by agents: snapshots, space, backups.</summary>
public interface IPoolMaintenance
{
    /// <summary>Gives what the pool holds now a name. One durable event, whatever the size of the pool.</summary>
    /// <param name="name">1 to 64 letters, digits, '-', '_' and '.'.</param>
    /// <param name="cancellationToken">Cancels while the write waits for its turn.</param>
    /// <exception cref="MemoryEngineException">The name is taken.</exception>
    ValueTask<SnapshotInfo> CreateSnapshotAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Takes a snapshot's name away. What it alone held may be given up from then on.</summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    ValueTask DropSnapshotAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The snapshots, oldest first.</summary>
    ValueTask<IReadOnlyList<SnapshotInfo>> SnapshotsAsync(CancellationToken cancellationToken = default);

    /// <summary>How two snapshots differ, or a snapshot and the present.</summary>
    /// <param name="earlier">A snapshot.</param>
    /// <param name="later">Another, older or newer; null for the present.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    ValueTask<SnapshotDiff> DiffAsync(string earlier, string? later = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes the pool what it was when a snapshot was made. One durable event, and nothing is erased: the state before gets a name,
    /// and rolling back to that undoes it.
    /// </summary>
    /// <exception cref="MemoryEngineException">There is no such snapshot.</exception>
    ValueTask<RollbackResult> RollBackAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Gives back the space of what nobody can see any more. Readers and writers go on.</summary>
    /// <param name="options">What may go beside that; null for nothing.</param>
    /// <param name="cancellationToken">Stops it between two steps.</param>
    Task<CompactResult> CompactAsync(CompactOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Does what keeps a pool small and quick to open. Nothing that anybody can see changes.</summary>
    Task<CompactResult> MaintainAsync(CancellationToken cancellationToken = default);

    /// <summary>Copies the pool as it is at one moment, while it is read and written.</summary>
    /// <param name="path">A new or empty directory, as the pool's owner sees it.</param>
    /// <param name="cancellationToken">Stops it; what was copied by then is no pool.</param>
    Task<BackupInfo> BackupAsync(string path, CancellationToken cancellationToken = default);
}
