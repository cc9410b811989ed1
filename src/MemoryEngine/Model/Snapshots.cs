namespace MemoryEngine;

/// <summary>A snapshot: a name for what the pool held at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sequence">The newest event that counts in it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Memories">Active memories in it.</param>
public sealed record SnapshotInfo(string Name, long Sequence, DateTimeOffset CreatedAt, long Memories);

/// <summary>What a rollback did.</summary>
/// <param name="Snapshot">What the pool was rolled back to.</param>
/// <param name="Undo">A snapshot of the pool as it was before: rolling back to it undoes the rollback.</param>
/// <param name="Sequence">The event that did it.</param>
public sealed record RollbackResult(string Snapshot, string Undo, long Sequence);

/// <summary>
/// How two moments of a pool differ, by memory ids in the order they were first remembered. What can be recalled decides
/// about added, removed and revised; a memory that was forgotten or restored has changed its state as well.
/// </summary>
/// <param name="Added">Active in the later one, not in the earlier one.</param>
/// <param name="Revised">Active in both, with another version.</param>
/// <param name="Removed">Active in the earlier one, not in the later one.</param>
/// <param name="Changed">Known to both, with another state.</param>
public sealed record SnapshotDiff(
    IReadOnlyList<Guid> Added, IReadOnlyList<Guid> Revised, IReadOnlyList<Guid> Removed, IReadOnlyList<Guid> Changed);
