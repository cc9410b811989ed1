namespace MemoryEngine.Index;

/// <summary>Threads that share a range of numbers, a run of them at a time. With one thread it is a loop in order.</summary>
internal static class Workers
{
    public static void Run(int threads, int count, int runLength, Action<int> work) => Run(threads, 0, count, runLength, () => work);

    /// <param name="threads">The calling thread is one of them.</param>
    /// <param name="from">The first number.</param>
    /// <param name="to">The number behind the last.</param>
    /// <param name="runLength">Numbers taken at once.</param>
    /// <param name="worker">Makes what a thread works with; called once on each.</param>
    public static void Run(int threads, int from, int to, int runLength, Func<Action<int>> worker)
    {
        if (threads <= 1 || to - from <= runLength)
        {
            var work = worker();
            for (var i = from; i < to; i++) work(i);
            return;
        }
        var next = from;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            var work = worker();
            for (int start; (start = Interlocked.Add(ref next, runLength) - runLength) < to;)
                for (var i = start; i < Math.Min(start + runLength, to); i++) work(i);
        });
    }
}
