namespace MemoryEngine.Tests;

/// <summary>A clock that stands still until it is told to go on. Safe for many threads.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _ticks = new DateTime(2026, 1, 1).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
