using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Server.Calls;

/// <summary>What a client is told of an exception.</summary>
internal static class CallErrors
{
    /// <summary>The error of the protocol for what a call threw; null for a defect, of which the client learns no more than that it is one.</summary>
    public static RpcError? Of(Exception exception, Call call, bool isClosing) => exception switch
    {
        ProtocolException e => RpcError.Of(e),
        OperationCanceledException when isClosing => RpcError.Of(ProtocolErrorCode.ShuttingDown, "The server is closing. A write may have happened."),
        OperationCanceledException when call.WasCancelled => RpcError.Of(ProtocolErrorCode.Cancelled, "The request was cancelled."),
        OperationCanceledException when call.Cancellation.IsCancellationRequested => RpcError.Of(
            ProtocolErrorCode.DeadlineExceeded, $"The deadline of {call.Request.DeadlineMs} ms passed before the answer was there."),
        MemoryEngineException e => RpcError.Of(CodeOf(e.Code), e.Message),
        ArgumentException e => RpcError.Of(ProtocolErrorCode.InvalidArgument, WithoutParameter(e)),
        ObjectDisposedException => RpcError.Of(ProtocolErrorCode.ShuttingDown, "The pool is being closed."),
        _ => null,
    };

    private static ProtocolErrorCode CodeOf(ErrorCode code) => code switch
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
        ErrorCode.PoolBusy => ProtocolErrorCode.Busy,
        _ => ProtocolErrorCode.Storage,
    };

    // .NET adds the name of the parameter to the message, which is of no use over there.
    private static string WithoutParameter(ArgumentException e)
    {
        var added = e.ParamName is null ? -1 : e.Message.LastIndexOf($" (Parameter '{e.ParamName}')", StringComparison.Ordinal);
        return added < 0 ? e.Message : e.Message[..added];
    }
}
