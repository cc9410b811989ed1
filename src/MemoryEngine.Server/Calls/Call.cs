using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Server.Calls;

/// <summary>One request on its way to its answer.</summary>
internal sealed class Call : IDisposable
{
    private readonly CancellationTokenSource _cancellation;
    private volatile bool _wasCancelled;

    public Call(uint id, Handler handler, WireRequest request, int bytes, TimeProvider clock)
    {
        (Id, Handler, Request, Bytes) = (id, handler, request, bytes);
        _cancellation = request.DeadlineMs is { } deadline
            ? new CancellationTokenSource(TimeSpan.FromMilliseconds(deadline), clock)
            : new CancellationTokenSource();
    }

    public uint Id { get; }

    public Handler Handler { get; }

    public WireRequest Request { get; }

    /// <summary>What it holds of the memory budget.</summary>
    public int Bytes { get; }

    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether the client has cancelled it, by a message or by going away; otherwise its deadline does.</summary>
    public bool WasCancelled => _wasCancelled;

    /// <summary>Ends it early; the answer says so.</summary>
    public void Cancel()
    {
        _wasCancelled = true;
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was answered meanwhile.
        }
    }

    /// <summary>The request is answered: nobody uses it any more.</summary>
    public void Dispose()
    {
        _cancellation.Dispose();
        Request.Release();
    }
}
