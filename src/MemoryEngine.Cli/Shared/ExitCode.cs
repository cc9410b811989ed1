namespace MemoryEngine.Cli.Shared;

/// <summary>What a script sees of a run. Values are part of the interface.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int NotFound = 1;
    public const int Usage = 2;
    public const int Damaged = 3;
    public const int Busy = 4;
    public const int Storage = 5;

    /// <summary>Stopped by Ctrl-C, as shells have it.</summary>
    public const int Cancelled = 130;

    public static int Of(ErrorCode code) => code switch
    {
        ErrorCode.PoolNotFound or ErrorCode.NotFound or ErrorCode.Purged or ErrorCode.TransferLost => NotFound,
        ErrorCode.NotAPool or ErrorCode.NewerFormat or ErrorCode.Conflict or ErrorCode.EmbedderMismatch => Usage,
        ErrorCode.Corruption => Damaged,
        ErrorCode.PoolBusy or ErrorCode.Unavailable or ErrorCode.DeadlineExceeded => Busy,
        _ => Storage,
    };
}
