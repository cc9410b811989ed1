using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Server.Calls;

/// <summary>What a client is told of an exception.</summary>
internal static class CallErrors
{
    /// <summary>The error of the protocol for what a call threw.</summary>
    public static RpcError Of(Exception exception, Call call, bool isClosing) => exception switch
    {
        OperationCanceledException when isClosing => RpcError.Of(ProtocolErrorCode.ShuttingDown, "The server is closing. A write may have happened."),
        OperationCanceledException when call.WasCancelled => RpcError.Of(ProtocolErrorCode.Cancelled, "The request was cancelled."),
        OperationCanceledException when call.Cancellation.IsCancellationRequested => RpcError.Of(
            ProtocolErrorCode.DeadlineExceeded, $"The deadline of {call.Request.DeadlineMs} ms passed before the answer was there."),
        CallException e => RpcError.Of(e.Code, e.Message),
        ArgumentException e => RpcError.Of(ProtocolErrorCode.InvalidArgument, WithoutParameter(e)),
        _ => PoolErrors.Of(exception),
    };

    // .NET adds the name of the parameter to the message, which is of no use over there.
    private static string WithoutParameter(ArgumentException e) =>
        e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal);
}
