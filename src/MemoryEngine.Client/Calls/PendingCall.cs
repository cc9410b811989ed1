using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Client.Calls;

/// <summary>A request that waits for its response.</summary>
internal abstract class PendingCall
{
    /// <summary>The number that its response will have.</summary>
    public uint Id { get; set; }

    /// <summary>Whether it waits no longer.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Its response is there.</summary>
    public abstract void Complete(in RpcMessage response, ProtocolLimits limits);

    /// <summary>There will be none.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal sealed class PendingCall<TRequest, TReply>(RpcMethod<TRequest, TReply> method) : PendingCall
    where TRequest : class, IWireMap<TRequest>
    where TReply : class, IWireMap<TReply>
{
    // What follows a call runs elsewhere: the thread that reads has others to answer.
    private readonly TaskCompletionSource<TReply> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Reply => _source.Task;

    public override bool IsDone => _source.Task.IsCompleted;

    public override void Complete(in RpcMessage response, ProtocolLimits limits)
    {
        if (response.Error is { } error)
        {
            Fail(error.Code == (int)ProtocolErrorCode.ShuttingDown ? new ServerGoneException(error.Text) : PoolErrors.ToException(error));
            return;
        }
        try
        {
            _source.TrySetResult(method.ReadResult(response.Result, limits));
        }
        catch (ProtocolException e)
        {
            Fail(new MemoryEngineException(ErrorCode.Protocol, $"The answer to {method.Name} is none: {e.Message}", e));
        }
    }

    public override void Fail(Exception exception) => _source.TrySetException(exception);
}

/// <summary>The connection broke, or the server is closing. What a call makes of it depends on whether it can be repeated.</summary>
/// <param name="message">What happened.</param>
/// <param name="wasSent">Whether a whole request may have reached the server.</param>
/// <param name="inner">What it came from.</param>
internal sealed class ServerGoneException(string message, bool wasSent = true, Exception? inner = null) : Exception(message, inner)
{
    public bool WasSent => wasSent;
}
