namespace MemoryEngine;

/// <summary>What an operation can meet, beside wrong arguments. Values are stable and only grow.</summary>
[Stored]
public enum ErrorCode
{
    /// <summary>No pool at that path, and creating one was not asked for.</summary>
    PoolNotFound = 1,

    /// <summary>The directory holds something that is not a pool.</summary>
    NotAPool = 2,

    /// <summary>The pool was written by a newer version of the engine.</summary>
    NewerFormat = 3,

    /// <summary>Another process, or another store of this process, owns the pool.</summary>
    PoolBusy = 4,

    /// <summary>The pool lies on a file system whose locks and syncs cannot be trusted.</summary>
    NetworkFileSystem = 5,

    /// <summary>The pool was opened read-only, or its disk does not take writes.</summary>
    ReadOnly = 6,

    /// <summary>The disk is full. That write did not happen; everything else is as it was.</summary>
    DiskFull = 7,

    /// <summary>The pool has reached the size it was opened with. That write did not happen.</summary>
    PoolFull = 8,

    /// <summary>The device failed a read or a write.</summary>
    Storage = 9,

    /// <summary>A sync failed earlier: what the device holds is unknown, so the pool takes no more writes until it is reopened.</summary>
    Poisoned = 10,

    /// <summary>Stored bytes are not what was written. See <see cref="CorruptionException"/>.</summary>
    Corruption = 11,

    /// <summary>No memory has that id.</summary>
    NotFound = 12,

    /// <summary>The memory or the idempotency key was changed by someone else, or used for something else.</summary>
    Conflict = 13,

    /// <summary>The vectors of the pool come from another embedder.</summary>
    EmbedderMismatch = 14,

    /// <summary>The embedder failed or answered with something unusable.</summary>
    Embedder = 15,

    /// <summary>The memory was removed for good. Its id is not given to another one.</summary>
    Purged = 16,

    /// <summary>
    /// The transfer was handed out, and a crash or a power failure took its record before it was kept. Its outcome counts neither for
    /// memory nor against it.
    /// </summary>
    TransferLost = 17,

    /// <summary>The pool's server cannot be reached, is closing, or has as much to do as it takes on. Try again later.</summary>
    Unavailable = 18,

    /// <summary>The time that the caller gave was over. A write may have happened.</summary>
    DeadlineExceeded = 19,

    /// <summary>Client and server do not understand each other: versions, a token, a method, or a defect of one of them.</summary>
    Protocol = 20,
}
