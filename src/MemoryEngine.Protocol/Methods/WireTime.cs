namespace MemoryEngine.Protocol.Methods;

/// <summary>Times in messages: whole microseconds, since 1970 UTC where they are a moment.</summary>
internal static class WireTime
{
    /// <summary>A moment's microseconds; what is finer is cut off.</summary>
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The moment of so many microseconds.</summary>
    public static DateTimeOffset At(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>A duration's microseconds; what is finer is cut off.</summary>
    public static long Of(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The duration of so many microseconds.</summary>
    public static TimeSpan Span(long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond);
}
