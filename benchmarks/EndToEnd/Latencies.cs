using System.Diagnostics;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>Collects durations and tells percentiles of them.</summary>
internal sealed class Latencies(int capacity)
{
    private readonly long[] _ticks = new long[capacity];
    private int _count;

    public void Add(long startedAt) => _ticks[_count++] = Stopwatch.GetTimestamp() - startedAt;

    public void AddDuration(TimeSpan duration) => _ticks[_count++] = (long)(duration.TotalSeconds * Stopwatch.Frequency);

    public string Summary()
    {
        Array.Sort(_ticks, 0, _count);
        return $"p50 {At(0.5):f1} µs, p99 {At(0.99):f1} µs, max {At(1):f0} µs ({_count:n0} timed one by one)";
    }

    private double At(double share) =>
        _count == 0 ? 0 : _ticks[Math.Min(_count - 1, (int)(share * _count))] * 1e6 / Stopwatch.Frequency;
}
