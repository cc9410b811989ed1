using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Processor time of the calling thread: on a host that others use, the wall clock counts their turns too. Linux only;
/// elsewhere it is the wall clock.
/// </summary>
internal static partial class ThreadTime
{
    private const int OfThread = 3;

    public static TimeSpan Now => OperatingSystem.IsLinux() && GetTime(OfThread, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
        : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
