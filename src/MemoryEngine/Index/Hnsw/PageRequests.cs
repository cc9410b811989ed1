using System.Diagnostics;

namespace MemoryEngine.Index;

/// <summary>
/// Decides whether the float vectors of a search's candidates are asked for from the device, all at once, before they are
/// compared. In memory that would cost a system call each for nothing; on the device their reads would otherwise wait for one another.
/// So a search asks when one of the last few had to wait.
/// </summary>
/// <remarks>Searches of several threads tell one another by a plain field: who misses the news is as slow as before, once.</remarks>
internal sealed class PageRequests(VectorRows rows)
{
    /// <summary>
    /// Candidates asked for ahead of the one that is compared. Where eight in a row that change nothing end the comparing, no more
    /// are compared than these, mostly.
    /// </summary>
    public const int Ahead = 16;

    // A dozen vectors in memory take 3 to 30 µs, and 100 to 200 among the first hundred searches of a process, which touches their
    // pages for the first time. Reads that nobody asked for take a millisecond together; what was asked for comes sooner.
    private static readonly long Waited = Stopwatch.Frequency / 2_000;
    private static readonly long WaitedAsking = Stopwatch.Frequency / 10_000;

    // Some searches find everything in memory while others do not, and one that goes wrong waits for megabytes of read-ahead.
    private const int AskingAfterwards = 64;

    private int _left;

    /// <summary>Whether to ask, as far as is known.</summary>
    public bool IsOnDevice => rows.CanAsk && Volatile.Read(ref _left) > 0;

    /// <summary>Takes in how long the comparing took.</summary>
    /// <param name="ticks">In ticks of <see cref="Stopwatch"/>, from when the first were asked for.</param>
    /// <param name="isAsking">Whether they were asked for.</param>
    public void Took(long ticks, bool isAsking)
    {
        var left = Volatile.Read(ref _left);
        var next = ticks > (isAsking ? WaitedAsking : Waited) ? AskingAfterwards : Math.Max(0, left - 1);
        if (next != left) Volatile.Write(ref _left, next);
    }
}
