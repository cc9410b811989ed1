namespace MemoryEngine.Journal;

/// <summary>What a journal frame says happened. Values are stored and only grow.</summary>
[Stored]
internal enum EventType : byte
{
    /// <summary>The first frame of a pool: its id and the key of its transfer tokens.</summary>
    PoolCreated = 1,

    /// <summary>A vector space was declared.</summary>
    SpaceDeclared = 2,

    /// <summary>A version of a memory was born; the one it supersedes, if any, died.</summary>
    Remembered = 3,

    /// <summary>A version died without a successor.</summary>
    Forgotten = 4,

    /// <summary>A version that had died was born again.</summary>
    Restored = 5,

    /// <summary>A write with an idempotency key was answered without a new version.</summary>
    Answered = 6,

    /// <summary>A view got a name.</summary>
    SnapshotCreated = 7,

    /// <summary>A name of a view was given up.</summary>
    SnapshotDropped = 8,

    /// <summary>From here on, what counts is what a snapshot saw, and this event and all after it.</summary>
    RolledBack = 9,

    /// <summary>All versions of a memory are gone, from every view.</summary>
    Purged = 10,

    /// <summary>Stands in a rewritten file for one or more events that were dropped.</summary>
    Dropped = 11,

    /// <summary>A recall was handed to an agent.</summary>
    Transferred = 12,

    /// <summary>What came of a transfer was told.</summary>
    OutcomeReported = 13,

    /// <summary>The state of a memory version was changed, on evidence or by a person.</summary>
    Decided = 14,

    /// <summary>
    /// Stands in a rewritten file for the newest of the transfers and outcomes that were folded: what all evidence up to it adds up to.
    /// </summary>
    EvidenceFolded = 15,

    /// <summary>A version got a vector in a space after it was born.</summary>
    VectorAdded = 20,

    /// <summary>From here on a space is the one of the texts; the one before is retired.</summary>
    TextSpaceChosen = 21,

    /// <summary>The vectors of a space are given up.</summary>
    SpaceDropped = 22,
}

/// <summary>Kinds of events.</summary>
internal static class EventTypes
{
    /// <summary>Whether an event is about what memories did, not about what they are: no view decides whether it counts.</summary>
    public static bool IsEvidence(this EventType type) => type is >= EventType.Transferred and <= EventType.EvidenceFolded;
}
