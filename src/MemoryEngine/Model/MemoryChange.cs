namespace MemoryEngine;

/// <summary>What happened to a pool. Values are stable and only grow.</summary>
[Stored]
public enum MemoryChangeKind : byte
{
    /// <summary>A memory is new.</summary>
    Added = 1,

    /// <summary>A memory has a new version.</summary>
    Revised = 2,

    /// <summary>A memory was forgotten.</summary>
    Forgotten = 3,

    /// <summary>A forgotten memory is back.</summary>
    Restored = 4,

    /// <summary>A memory was removed for good.</summary>
    Purged = 5,

    /// <summary>
    /// Changes were missed, or the pool was rolled back: what was learned from changes so far may be wrong, so read the pool anew.
    /// Those that follow are complete.
    /// </summary>
    Resync = 6,
}

/// <summary>A change of a pool.</summary>
/// <param name="Sequence">The event's sequence; of a resync, the newest one.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Id">The memory that changed; null for a resync.</param>
/// <param name="Version">Its version from then on; null where there is none.</param>
public readonly record struct MemoryChange(long Sequence, MemoryChangeKind Kind, Guid? Id = null, int? Version = null);
