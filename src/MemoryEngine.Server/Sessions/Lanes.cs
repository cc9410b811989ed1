using MemoryEngine.Server.Calls;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// The requests of one client that wait for a thread of the pool, in order, and how many run at once. One that waits for something
/// else (a device, an embedder) has left its lane.
/// </summary>
internal sealed class Lanes(int most, Action<Call, bool> run)
{
    private readonly Lock _gate = new();
    private readonly Queue<Call> _waiting = new();
    private int _running;

    /// <summary>Whether a request waits or runs.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _running > 0;
        }
    }

    /// <summary>Adds a request behind the others.</summary>
    public void Add(Call call)
    {
        lock (_gate)
        {
            _waiting.Enqueue(call);
            if (_running == most) return;
            _running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static lanes => lanes.RunWaiting(), this, preferLocal: false);
    }

    private void RunWaiting()
    {
        var count = 0;
        while (true)
        {
            Call? call;
            bool areMore;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out call))
                {
                    _running--;
                    return;
                }
                areMore = _waiting.Count > 0;
            }
            run(call, count++ > 0 || areMore);
        }
    }
}
