namespace MemoryEngine.Server.Sessions;

/// <summary>A count that can be waited for until it is zero.</summary>
internal sealed class ZeroSignal
{
    private readonly Lock _gate = new();
    private long _count;
    private TaskCompletionSource? _zero;

    /// <summary>The count.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Completes at once, or when the count is zero next.</summary>
    public Task WhenZero
    {
        get
        {
            lock (_gate)
            {
                if (_count == 0) return Task.CompletedTask;
                return (_zero ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Changes the count.</summary>
    public void Add(long change)
    {
        lock (_gate)
        {
            _count += change;
            if (_count != 0) return;
            _zero?.SetResult();
            _zero = null;
        }
    }
}
