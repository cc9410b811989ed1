namespace MemoryEngine.Cli.Benchmarks.Pipe;

/// <summary>What the pipe takes, in microseconds.</summary>
/// <param name="Memories">In the pool.</param>
/// <param name="RoundTrip">A ping of one kilobyte.</param>
/// <param name="Bare">The same bytes over a bare blocking socket, taking turns with it.</param>
/// <param name="ProcessorUs">Processor time of a round trip, client and server together.</param>
/// <param name="Recall">A recall, vector given, k = 3.</param>
/// <param name="Cost">What those recalls cost beside time.</param>
/// <param name="Alone">Recalls a second of one client.</param>
/// <param name="Together">Recalls a second of <see cref="PipeBenchmark.Clients"/>.</param>
/// <param name="RecallTogether">A recall of one of them.</param>
/// <param name="Round">One remembers; another sees it, recalls, verifies, and reports.</param>
/// <param name="Beside">A recall of one client beside each of the <see cref="Neighbours"/>, in turns.</param>
internal sealed record PipeFigures(
    int Memories, Percentiles RoundTrip, Percentiles Bare, double ProcessorUs, Percentiles Recall, RecallCost Cost, double Alone, double Together,
    Percentiles RecallTogether, Percentiles Round, IReadOnlyDictionary<Neighbours, Percentiles> Beside);

/// <summary>What a recall through the pipe costs beside time, client and server together, a collection of garbage included.</summary>
/// <param name="ProcessorUs">Processor time, in microseconds.</param>
/// <param name="Bytes">What is allocated.</param>
/// <param name="Collections">Collections of garbage in all of them, of any generation.</param>
/// <param name="PauseMs">Milliseconds for which those stopped everybody, in all.</param>
internal readonly record struct RecallCost(double ProcessorUs, double Bytes, int Collections, double PauseMs)
{
    /// <summary>The counters as they are.</summary>
    public static RecallCost Begin() => new(
        Environment.CpuUsage.TotalTime.TotalMicroseconds, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0),
        GC.GetTotalPauseDuration().TotalMilliseconds);

    /// <summary>What so many recalls have added to them.</summary>
    public RecallCost End(int recalls)
    {
        var now = Begin();
        return new RecallCost(
            (now.ProcessorUs - ProcessorUs) / recalls, (now.Bytes - Bytes) / recalls, now.Collections - Collections, now.PauseMs - PauseMs);
    }
}

/// <summary>Percentiles of times, in microseconds.</summary>
internal readonly record struct Percentiles(double P50, double P99, double P999)
{
    public static Percentiles Of(IEnumerable<long> ticks)
    {
        long[] sorted = [.. ticks.Order()];
        return new Percentiles(At(0.5), At(0.99), At(0.999));

        double At(double share) => sorted.Length == 0
            ? 0
            : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))] * 1e6 / System.Diagnostics.Stopwatch.Frequency;
    }
}
