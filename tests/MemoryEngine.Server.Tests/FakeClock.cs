namespace MemoryEngine.Server.Tests;

/// <summary>A clock that stands still until it is told to go on, with timers that go off when it passes them.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private long _ticks = new DateTime(2026, 1, 1).Ticks;
    private int _readings;

    /// <summary>How often somebody has asked for the time: a test that waits for one more knows that a period has begun.</summary>
    public int Readings => Volatile.Read(ref _readings);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp()
    {
        var now = Volatile.Read(ref _ticks);
        Interlocked.Increment(ref _readings);
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var now = Interlocked.Add(ref _ticks, by.Ticks);
        List<FakeTimer> timers;
        lock (_gate) timers = [.. _timers];
        foreach (var timer in timers) timer.FireIfDue(now);
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private long _due = long.MaxValue;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Volatile.Write(ref _due, dueTime < TimeSpan.Zero ? long.MaxValue : clock.GetTimestamp() + dueTime.Ticks);
            return true;
        }

        public void FireIfDue(long now)
        {
            if (Volatile.Read(ref _due) > now) return;
            Volatile.Write(ref _due, _period > TimeSpan.Zero ? now + _period.Ticks : long.MaxValue);
            callback(state);
        }

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
