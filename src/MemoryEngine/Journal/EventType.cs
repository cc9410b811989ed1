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
}
