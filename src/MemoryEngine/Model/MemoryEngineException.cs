namespace MemoryEngine;

/// <summary>
/// An operation could not be done. <see cref="Code"/> says which kind of trouble it was, the message what, where and what to do.
/// </summary>
public class MemoryEngineException : Exception
{
    /// <summary>Creates the exception.</summary>
    public MemoryEngineException(ErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The kind of trouble.</summary>
    public ErrorCode Code { get; }

    /// <summary>Whether the same call, unchanged and after a pause, may succeed without anyone having repaired anything.</summary>
    public bool IsRetryable => Code is
        ErrorCode.PoolBusy or ErrorCode.DiskFull or ErrorCode.Embedder or ErrorCode.Unavailable or ErrorCode.DeadlineExceeded;
}
