namespace MemoryEngine;

/// <summary>What a compaction may give up beside what nobody can see. Immutable: vary it with <c>with</c>.</summary>
public sealed record CompactOptions
{
    /// <summary>
    /// Superseded versions go when they have been superseded for longer than this, unless a snapshot or a reader has them.
    /// Null keeps all versions.
    /// </summary>
    public TimeSpan? KeepVersionsFor { get; init; }
}

/// <summary>What a compaction did.</summary>
/// <param name="JournalBytesBefore">Bytes of the journal before it.</param>
/// <param name="JournalBytes">Bytes of the journal after it.</param>
/// <param name="RecordBytesBefore">Bytes of the record log on disk before it.</param>
/// <param name="RecordBytes">Bytes of the record log on disk after it.</param>
/// <param name="VersionsDropped">Versions that nobody could see any more, or that were superseded for long enough.</param>
/// <param name="EventsDropped">Events that left the journal.</param>
public sealed record CompactResult(
    long JournalBytesBefore, long JournalBytes, long RecordBytesBefore, long RecordBytes, long VersionsDropped, long EventsDropped)
{
    /// <summary>What <see cref="MemoryStore.MaintainAsync"/> cleaned up; null for a compaction alone.</summary>
    public CleanupReport? Cleanup { get; init; }
}

/// <summary>What a backup holds.</summary>
/// <param name="Path">Its directory: a pool of its own, closed cleanly.</param>
/// <param name="Sequence">The newest event in it.</param>
/// <param name="Memories">Active memories in it.</param>
/// <param name="Bytes">Bytes written.</param>
public sealed record BackupInfo(string Path, long Sequence, long Memories, long Bytes);
