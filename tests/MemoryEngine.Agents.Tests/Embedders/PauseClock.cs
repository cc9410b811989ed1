using System.Collections.Concurrent;

namespace MemoryEngine.Agents.Tests.Embedders;

/// <summary>
/// A clock on which pauses pass at once and are written down. Timers of <paramref name="timeout"/> and beyond are timeouts,
/// which come when a test says so.
/// </summary>
internal sealed class PauseClock(TimeSpan timeout) : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _pauses = new();
    private readonly ConcurrentQueue<(TimeSpan Due, Action Call)> _timeouts = new();
    private long _ticks = new DateTime(2026, 1, 1).Ticks;

    public IReadOnlyList<TimeSpan> Pauses => [.. _pauses];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Lets the time of all timeouts come that were set until now.</summary>
    public void Expire()
    {
        // What their coming sets off may set the next ones already, which are not meant.
        for (var left = _timeouts.Count; left > 0 && _timeouts.TryDequeue(out var timeout); left--)
        {
            Interlocked.Add(ref _ticks, timeout.Due.Ticks);
            timeout.Call();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < timeout && dueTime != Timeout.InfiniteTimeSpan)
        {
            _pauses.Enqueue(dueTime);
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        else
        {
            _timeouts.Enqueue((dueTime, () => callback(state)));
        }
        return new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
