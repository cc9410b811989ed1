using System.Diagnostics;
using MemoryEngine.Server.Calls;
using MemoryEngine.Storage;

namespace MemoryEngine.Server.Sessions;

/// <summary>
/// The requests of one client that its reader does not answer itself, in order, and the few threads that do: made when they are needed,
/// and of low priority, so that who asks much at once goes behind those who wait for each answer. A request that waits for something else
/// (a device, an embedder) has left its lane.
/// </summary>
internal sealed class Lanes(int most, Action<Call, bool> run)
{
    private const int StackBytes = 1 << 20;
    private const int MostRestMs = 100;

    private readonly Lock _gate = new();
    private readonly Queue<Call> _waiting = new();
    private readonly SemaphoreSlim _filled = new(0);
    private int _threads;
    private int _open;
    private volatile bool _isClosed;
    private volatile bool _isLast;

    /// <summary>Whether a request waits or runs.</summary>
    public bool IsBusy => Volatile.Read(ref _open) > 0;

    /// <summary>Adds a request behind the others.</summary>
    public void Add(Call call)
    {
        int open;
        lock (_gate)
        {
            _waiting.Enqueue(call);
            open = ++_open;
        }
        // Only the reader adds, so nobody else makes threads.
        if (_threads < Math.Min(open, most))
        {
            _threads++;
            new Thread(RunWaiting, StackBytes) { IsBackground = true, Name = "memengine-lane" }.Start();
        }
        _filled.Release();
    }

    /// <summary>Lets everybody else go first from now on, and rests between two requests.</summary>
    public void GoLast() => _isLast = true;

    /// <summary>Lets the threads end when nothing waits any more.</summary>
    public void Close()
    {
        _isClosed = true;
        _filled.Release(most);
    }

    // As long as it has worked, so that a client that was refused has half of a processor at most, and the others theirs where priorities
    // mean nothing.
    private static void Rest(TimeSpan worked) => Thread.Sleep(Math.Clamp((int)worked.TotalMilliseconds, 1, MostRestMs));

    private void RunWaiting()
    {
        LowPriority.Take();
        var isLast = false;
        while (true)
        {
            _filled.Wait();
            if (_isLast && !isLast)
            {
                isLast = true;
                LowPriority.TakeLast();
            }
            Call? call;
            bool areMore;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out call))
                {
                    if (_isClosed) return;
                    continue;
                }
                areMore = _waiting.Count > 0;
            }
            var start = Stopwatch.GetTimestamp();
            run(call, areMore);
            Interlocked.Decrement(ref _open);
            if (isLast && !_isClosed) Rest(Stopwatch.GetElapsedTime(start));
        }
    }
}
