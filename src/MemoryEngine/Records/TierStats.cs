namespace MemoryEngine.Records;

/// <summary>Where the log's bytes lie, and from where values were read since the store was opened.</summary>
/// <param name="MutableBytes">In memory, not flushed yet.</param>
/// <param name="ReadOnlyBytes">In memory, flushed or about to be.</param>
/// <param name="DiskBytes">On disk alone.</param>
/// <param name="MutableReads">Values read; a body of more than 32 KiB is several.</param>
/// <param name="ReadOnlyReads">As before.</param>
/// <param name="DiskReads">As before.</param>
/// <param name="FileBytes">Length of all segment files, reserved space with it.</param>
/// <param name="RecordsWritten">Bodies written since the store was empty; removing one does not undo that.</param>
/// <param name="DeadBytes">About how much of the log compaction would give back.</param>
internal readonly record struct TierStats(
    long MutableBytes,
    long ReadOnlyBytes,
    long DiskBytes,
    long MutableReads,
    long ReadOnlyReads,
    long DiskReads,
    long FileBytes,
    long RecordsWritten,
    long DeadBytes);
