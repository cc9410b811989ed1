namespace MemoryEngine.Protocol;

/// <summary>
/// What a request can meet. The thousands are the class: 1 the protocol, 2 an argument, 3 not found or in conflict, 4 busy or
/// too late, 5 storage. Values are stable and only grow.
/// </summary>
[Stored]
public enum ProtocolErrorCode
{
    /// <summary>The bytes are no message. The connection is closed.</summary>
    Malformed = 1001,

    /// <summary>The message is over a limit. The connection is closed.</summary>
    TooLarge = 1002,

    /// <summary>There is no method of that name.</summary>
    UnknownMethod = 1003,

    /// <summary>Client and server have no version of the protocol in common.</summary>
    UnsupportedVersion = 1004,

    /// <summary>The server asks for a token, and the hello had none or another.</summary>
    Unauthorized = 1005,

    /// <summary>The server met something that it does not know: a defect.</summary>
    Internal = 1006,

    /// <summary>A field is missing, of another type, or out of its bounds. The message names it.</summary>
    InvalidArgument = 2001,

    /// <summary>The vectors of the pool come from another embedder.</summary>
    EmbedderMismatch = 2002,

    /// <summary>No memory, or no such version of it, has that id.</summary>
    NotFound = 3001,

    /// <summary>The memory was changed by someone else, or the idempotency key used for something else.</summary>
    Conflict = 3002,

    /// <summary>The memory was removed for good. Its id is not given to another one.</summary>
    Purged = 3003,

    /// <summary>The transfer is one of the pool's, and a crash took its record before it was kept. Its outcome is left out.</summary>
    TransferLost = 3004,

    /// <summary>The server has as much to do as it takes on.</summary>
    Busy = 4001,

    /// <summary>The request's deadline passed. A write may have happened: repeat it with its idempotency key.</summary>
    DeadlineExceeded = 4002,

    /// <summary>The request was cancelled. A write may have happened.</summary>
    Cancelled = 4003,

    /// <summary>The server is closing. Nothing was done.</summary>
    ShuttingDown = 4004,

    /// <summary>The embedder failed or answered with something unusable.</summary>
    EmbedderFailed = 4005,

    /// <summary>The device failed a read or a write.</summary>
    Storage = 5001,

    /// <summary>The disk is full. That write did not happen; everything else is as it was.</summary>
    DiskFull = 5002,

    /// <summary>The pool has reached the size it was opened with. That write did not happen.</summary>
    PoolFull = 5003,

    /// <summary>The pool takes no writes: it was opened read-only.</summary>
    ReadOnly = 5004,

    /// <summary>The pool takes no writes until it is reopened: a sync failed earlier.</summary>
    Poisoned = 5005,

    /// <summary>Stored bytes are not what was written.</summary>
    Corruption = 5006,
}
