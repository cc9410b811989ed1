namespace MemoryEngine.Index;

/// <summary>
/// Threads that share a range of numbers, a run of them at a time. With one thread it is a loop in order. Between two runs a
/// thread holds nothing: there it may be cancelled, and there it lets itself be slowed down.
/// </summary>
internal sealed class Workers(int threads, Action? pause, CancellationToken cancellation)
{
    public Workers(HnswOptions options)
        : this(options.Threads, options.Pause, options.Cancellation)
    {
    }

    /// <summary>The same with the calling thread alone.</summary>
    public Workers AsOne() => new(1, pause, cancellation);

    public void Run(int count, int runLength, Action<int> work) => Run(0, count, runLength, () => work);

    /// <param name="from">The first number.</param>
    /// <param name="to">The number behind the last.</param>
    /// <param name="runLength">Numbers taken at once.</param>
    /// <param name="worker">Makes what a thread works with; called once on each. The calling thread is one of them.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; some numbers have been worked on.</exception>
    public void Run(int from, int to, int runLength, Func<Action<int>> worker)
    {
        if (threads <= 1 || to - from <= runLength)
        {
            var work = worker();
            for (var start = from; start < to; start += runLength) OneRun(start, Math.Min(start + runLength, to), work);
            return;
        }
        var next = from;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(0, threads, parallel, _ =>
        {
            var work = worker();
            for (int start; (start = Interlocked.Add(ref next, runLength) - runLength) < to;)
                OneRun(start, Math.Min(start + runLength, to), work);
        });
    }

    private void OneRun(int from, int to, Action<int> work)
    {
        cancellation.ThrowIfCancellationRequested();
        pause?.Invoke();
        for (var i = from; i < to; i++) work(i);
    }
}
