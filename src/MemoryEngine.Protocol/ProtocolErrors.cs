namespace MemoryEngine.Protocol;

/// <summary>A code, the name that its messages begin with, and whether the same request may succeed later.</summary>
/// <param name="Code">The code.</param>
/// <param name="Name">Its name in messages.</param>
/// <param name="IsRetryable">
/// Whether the same request, unchanged and after a pause, may succeed without anyone having repaired anything.
/// </param>
public readonly record struct ProtocolErrorInfo(ProtocolErrorCode Code, string Name, bool IsRetryable);

/// <summary>All errors of the protocol. The table in docs/protocol.md is compared with this one.</summary>
public static class ProtocolErrors
{
    /// <summary>All of them, by code.</summary>
    public static IReadOnlyList<ProtocolErrorInfo> All { get; } =
    [
        new(ProtocolErrorCode.Malformed, "MALFORMED", false),
        new(ProtocolErrorCode.TooLarge, "TOO_LARGE", false),
        new(ProtocolErrorCode.UnknownMethod, "UNKNOWN_METHOD", false),
        new(ProtocolErrorCode.UnsupportedVersion, "UNSUPPORTED_VERSION", false),
        new(ProtocolErrorCode.Unauthorized, "UNAUTHORIZED", false),
        new(ProtocolErrorCode.Internal, "INTERNAL", false),
        new(ProtocolErrorCode.InvalidArgument, "INVALID_ARGUMENT", false),
        new(ProtocolErrorCode.EmbedderMismatch, "EMBEDDER_MISMATCH", false),
        new(ProtocolErrorCode.NotFound, "NOT_FOUND", false),
        new(ProtocolErrorCode.Conflict, "CONFLICT", false),
        new(ProtocolErrorCode.Purged, "PURGED", false),
        new(ProtocolErrorCode.TransferLost, "TRANSFER_LOST", false),
        new(ProtocolErrorCode.Busy, "BUSY", true),
        new(ProtocolErrorCode.DeadlineExceeded, "DEADLINE_EXCEEDED", true),
        new(ProtocolErrorCode.Cancelled, "CANCELLED", false),
        new(ProtocolErrorCode.ShuttingDown, "SHUTTING_DOWN", true),
        new(ProtocolErrorCode.EmbedderFailed, "EMBEDDER_FAILED", true),
        new(ProtocolErrorCode.Storage, "STORAGE", false),
        new(ProtocolErrorCode.DiskFull, "DISK_FULL", true),
        new(ProtocolErrorCode.PoolFull, "POOL_FULL", false),
        new(ProtocolErrorCode.ReadOnly, "READ_ONLY", false),
        new(ProtocolErrorCode.Poisoned, "POISONED", false),
        new(ProtocolErrorCode.Corruption, "CORRUPTION", false),
    ];

    /// <summary>What is known of a code; null for one that is not in the table, as a newer server may send.</summary>
    public static ProtocolErrorInfo? Find(int code)
    {
        foreach (var info in All)
            if ((int)info.Code == code) return info;
        return null;
    }
}
