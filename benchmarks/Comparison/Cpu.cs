using System.Runtime.InteropServices;

namespace MemoryEngine.Benchmarks.Comparison;

/// <summary>Processor time of the calling thread: on a shared host the wall clock counts the others' turns too.</summary>
internal static partial class Cpu
{
    private const int ThreadTime = 3;

    public static double Seconds()
    {
        if (GetTime(ThreadTime, out var time) != 0) throw new PlatformNotSupportedException("clock_gettime does not give a thread's time.");
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
