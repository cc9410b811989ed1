using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Server.Calls;

/// <summary>How much of a thread a method takes before it waits for something or answers.</summary>
internal enum CallWeight
{
    /// <summary>Up to a millisecond: the thread that has read the request may answer it.</summary>
    Light,

    /// <summary>More: other requests of the same client should not wait for it.</summary>
    Heavy,
}

/// <summary>What a method does.</summary>
/// <param name="method">The method.</param>
/// <param name="weight">What it takes.</param>
internal abstract class Handler(RpcMethod method, CallWeight weight)
{
    public string Name => method.Name;

    public CallWeight Weight => weight;

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="ProtocolException">They are not those of the method.</exception>
    public abstract WireRequest Read(in ReadOnlySequence<byte> parameters, ProtocolLimits limits);

    /// <summary>Does it, and gives the result.</summary>
    public abstract ValueTask<IWireMap> RunAsync(WireRequest request, CallContext context, CancellationToken cancellation);
}

/// <summary>A handler of a method with its types.</summary>
internal sealed class Handler<TRequest, TReply>(
    RpcMethod<TRequest, TReply> method, CallWeight weight, Func<TRequest, CallContext, CancellationToken, ValueTask<TReply>> run)
    : Handler(method, weight)
    where TRequest : WireRequest, IWireMap<TRequest>
    where TReply : class, IWireMap<TReply>
{
    public override WireRequest Read(in ReadOnlySequence<byte> parameters, ProtocolLimits limits) => method.ReadRequest(parameters, limits);

    public override ValueTask<IWireMap> RunAsync(WireRequest request, CallContext context, CancellationToken cancellation)
    {
        var pending = run((TRequest)request, context, cancellation);
        return pending.IsCompletedSuccessfully ? new(pending.Result) : AwaitAsync(pending);
    }

    private static async ValueTask<IWireMap> AwaitAsync(ValueTask<TReply> pending) => await pending.ConfigureAwait(false);
}

/// <summary>What a method may know of the session that calls it.</summary>
/// <param name="Session">The session.</param>
/// <param name="IsOneOfMany">Whether more requests of the same client wait: writes are then to share a batch.</param>
internal readonly record struct CallContext(Sessions.Session Session, bool IsOneOfMany);
