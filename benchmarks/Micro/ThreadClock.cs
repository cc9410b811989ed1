using System.Runtime.InteropServices;
using Perfolizer.Horology;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>
/// Processor time of the calling thread: on a host that others use, the wall clock counts their turns too. Linux only;
/// elsewhere it is the wall clock.
/// </summary>
internal sealed partial class ThreadClock : IClock
{
    private const int ThreadTime = 3;

    public string Title => nameof(ThreadClock);

    public bool IsAvailable => true;

    public Frequency Frequency => new(1_000_000_000);

    public long GetTimestamp() => OperatingSystem.IsLinux() && GetTime(ThreadTime, out var time) == 0
        ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
        : (long)System.Diagnostics.Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
