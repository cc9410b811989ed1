using System.Globalization;
using System.Text.RegularExpressions;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol;

/// <summary>
/// The engine's exceptions and the errors of messages: a server tells what it met, and a client throws what the pool itself would
/// have thrown.
/// </summary>
public static partial class PoolErrors
{
    /// <summary>The error that tells a client what a call to the pool met.</summary>
    public static RpcError Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            ProtocolException e => RpcError.Of(e),
            MemoryEngineException e => RpcError.Of(CodeOf(e.Code), e.Message),
            ObjectDisposedException => RpcError.Of(ProtocolErrorCode.ShuttingDown, "The pool is closing."),
            ArgumentException e => RpcError.Of(ProtocolErrorCode.InvalidArgument, e.Message),
            OperationCanceledException e => RpcError.Of(ProtocolErrorCode.Cancelled, e.Message),
            TimeoutException e => RpcError.Of(ProtocolErrorCode.DeadlineExceeded, e.Message),
            IOException e => RpcError.Of(ProtocolErrorCode.Storage, e.Message),
            _ => RpcError.Of(ProtocolErrorCode.Internal, $"This is a defect: {exception.GetType().Name}: {exception.Message}"),
        };
    }

    /// <summary>
    /// The exception that an error stands for: <see cref="ArgumentException"/>, <see cref="OperationCanceledException"/>,
    /// <see cref="CorruptionException"/>, or <see cref="MemoryEngineException"/> with its code.
    /// </summary>
    public static Exception ToException(RpcError error)
    {
        var info = ProtocolErrors.Find(error.Code);
        var message = info is { } known && error.Text.StartsWith($"{known.Name}: ", StringComparison.Ordinal)
            ? error.Text[(known.Name.Length + 2)..]
            : error.Text;
        return info?.Code switch
        {
            ProtocolErrorCode.InvalidArgument => new ArgumentException(message),
            ProtocolErrorCode.Cancelled => new OperationCanceledException(message),
            ProtocolErrorCode.Corruption when Damage(message) is { } damage => damage,
            { } code when EngineCodeOf(code) is { } engine => new MemoryEngineException(engine, message),
            ProtocolErrorCode.Busy or ProtocolErrorCode.ShuttingDown => new MemoryEngineException(ErrorCode.Unavailable, error.Text),
            _ => new MemoryEngineException(ErrorCode.Protocol, error.Text),
        };
    }

    internal static ProtocolErrorCode CodeOf(ErrorCode code) => code switch
    {
        ErrorCode.NotFound => ProtocolErrorCode.NotFound,
        ErrorCode.Conflict => ProtocolErrorCode.Conflict,
        ErrorCode.Purged => ProtocolErrorCode.Purged,
        ErrorCode.EmbedderMismatch => ProtocolErrorCode.EmbedderMismatch,
        ErrorCode.Embedder => ProtocolErrorCode.EmbedderFailed,
        ErrorCode.DiskFull => ProtocolErrorCode.DiskFull,
        ErrorCode.PoolFull => ProtocolErrorCode.PoolFull,
        ErrorCode.ReadOnly => ProtocolErrorCode.ReadOnly,
        ErrorCode.Poisoned => ProtocolErrorCode.Poisoned,
        ErrorCode.Corruption => ProtocolErrorCode.Corruption,
        ErrorCode.DeadlineExceeded => ProtocolErrorCode.DeadlineExceeded,
        ErrorCode.PoolBusy or ErrorCode.Unavailable => ProtocolErrorCode.Busy,
        ErrorCode.Protocol => ProtocolErrorCode.Internal,
        // What an opening meets, and a server's pool is open: a backup's directory can be on such a disk.
        _ => ProtocolErrorCode.Storage,
    };

    private static ErrorCode? EngineCodeOf(ProtocolErrorCode code) => code switch
    {
        ProtocolErrorCode.NotFound => ErrorCode.NotFound,
        ProtocolErrorCode.Conflict => ErrorCode.Conflict,
        ProtocolErrorCode.Purged => ErrorCode.Purged,
        ProtocolErrorCode.EmbedderMismatch => ErrorCode.EmbedderMismatch,
        ProtocolErrorCode.EmbedderFailed => ErrorCode.Embedder,
        ProtocolErrorCode.Storage => ErrorCode.Storage,
        ProtocolErrorCode.DiskFull => ErrorCode.DiskFull,
        ProtocolErrorCode.PoolFull => ErrorCode.PoolFull,
        ProtocolErrorCode.ReadOnly => ErrorCode.ReadOnly,
        ProtocolErrorCode.Poisoned => ErrorCode.Poisoned,
        ProtocolErrorCode.Corruption => ErrorCode.Corruption,
        ProtocolErrorCode.DeadlineExceeded => ErrorCode.DeadlineExceeded,
        _ => null,
    };

    // The message of a CorruptionException names all that it has; a property test holds the two forms together.
    private static CorruptionException? Damage(string message)
    {
        var match = DamageMessage().Match(message);
        return match.Success && long.TryParse(match.Groups["offset"].ValueSpan, CultureInfo.InvariantCulture, out var offset)
            ? new CorruptionException(match.Groups["file"].Value, offset, match.Groups["expected"].Value, match.Groups["found"].Value)
            : null;
    }

    [GeneratedRegex(
        @"^Damaged data in (?<file>.+?) at offset (?<offset>-?\d+): expected (?<expected>.+?), found (?<found>.+)\. Nothing was changed\. Restore",
        RegexOptions.Singleline)]
    private static partial Regex DamageMessage();
}
