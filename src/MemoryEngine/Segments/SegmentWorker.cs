namespace MemoryEngine.Segments;

/// <summary>
/// Keeps the parts of a pool in order while it is open: one thread makes segments of what is frozen, soon, another merges
/// them and makes their graphs, at its leisure. What fails is tried again after a while, and said.
/// </summary>
internal sealed class SegmentWorker : IDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private readonly SegmentStore _store;
    private readonly bool _isReadOnly;
    private readonly Func<CorruptionException, bool> _mend;
    private readonly Thread[] _threads;
    private readonly ManualResetEventSlim _seal = new(false, spinCount: 0);
    private readonly ManualResetEventSlim _merge = new(false, spinCount: 0);
    private volatile bool _closing;
    private string? _problem;
    private int _busy = 2;

    /// <param name="store">What works.</param>
    /// <param name="isReadOnly">Whether nothing may be written: then graphs that are there are loaded, and that is all.</param>
    /// <param name="mend">Puts damage right that is met on the way; false when it cannot.</param>
    public SegmentWorker(SegmentStore store, bool isReadOnly, Func<CorruptionException, bool> mend)
    {
        (_store, _isReadOnly, _mend) = (store, isReadOnly, mend);
        _threads =
        [
            new Thread(() => Run(_seal, Seal)) { IsBackground = true, Name = "memengine-sealer" },
            new Thread(() => Run(_merge, Merge)) { IsBackground = true, Name = "memengine-merger" },
        ];
        _merge.Set();
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>What failed the last time; null when nothing did.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Whether nothing is left to do, and nothing is being done.</summary>
    public bool IsIdle => Volatile.Read(ref _busy) == 0 && !_seal.IsSet && !_merge.IsSet;

    /// <summary>A memtable was frozen.</summary>
    public void Wake() => _seal.Set();

    public void Dispose()
    {
        _closing = true;
        _store.Cancel();
        _seal.Set();
        _merge.Set();
        foreach (var thread in _threads) thread.Join();
    }

    private bool Seal()
    {
        if (_isReadOnly) return false;
        var did = _store.SealFrozen() || _store.WriteMended();
        if (did) _merge.Set();
        return did;
    }

    // What lies in files already comes first: it is quick, and a pool that has just been opened answers faster for it.
    private bool Merge() => _isReadOnly ? _store.LoadOnce() : _store.MergeOnce() || _store.IndexOnce();

    private void Run(ManualResetEventSlim wake, Func<bool> work)
    {
        while (!_closing)
        {
            wake.Reset();
            try
            {
                while (!_closing && work())
                {
                    // Until nothing is left to do.
                }
                Volatile.Write(ref _problem, null);
                Interlocked.Decrement(ref _busy);
                if (!_closing) wake.Wait();
                Interlocked.Increment(ref _busy);
            }
            catch (OperationCanceledException)
            {
                // Something more urgent came: it is looked at anew.
                wake.Set();
            }
            catch (CorruptionException e) when (_mend(e))
            {
                // It is made again from the journal, and work goes on with that.
                wake.Set();
            }
            catch (MemoryEngineException e)
            {
                Volatile.Write(ref _problem, e.Message);
                wake.Wait(AfterFailure);
            }
        }
    }
}
