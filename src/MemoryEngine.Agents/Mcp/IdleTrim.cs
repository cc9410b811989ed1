using System.Runtime;

namespace MemoryEngine.Agents.Mcp;

/// <summary>
/// Gives the collector's memory back when a server has not been called for a while. A client starts one server a session and leaves it
/// idle most of the time; the collector by itself keeps what it once grew to.
/// </summary>
internal sealed class IdleTrim : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private readonly Timer _timer;

    public IdleTrim() => _timer = new Timer(_ => Trim(), null, Quiet, Timeout.InfiniteTimeSpan);

    /// <summary>A call was made: the time begins anew.</summary>
    public void Touch() => _timer.Change(Quiet, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
