namespace MemoryEngine.Segments;

/// <summary>
/// Keeps the parts of a pool in order while it is open: one thread makes segments of what is frozen, soon, another merges
/// them and makes their graphs, at its leisure. What fails is tried again after a while, and said.
/// </summary>
internal sealed class SegmentWorker : IDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeforeQuiet = TimeSpan.FromMilliseconds(200);
    private readonly SegmentStore _store;
    private readonly bool _isReadOnly;
    private readonly Func<CorruptionException, bool> _mend;
    private readonly Func<bool> _freezeWhenQuiet;
    private volatile bool _awaitsQuiet;
    private readonly Thread[] _threads;
    private readonly ManualResetEventSlim _seal = new(false, spinCount: 0);
    private readonly ManualResetEventSlim _merge = new(false, spinCount: 0);
    private volatile bool _closing;
    private string? _problem;
    private readonly Lock _idling = new();
    private TaskCompletionSource? _idle;
    private int _busy = 2;

    /// <param name="store">What works.</param>
    /// <param name="isReadOnly">Whether nothing may be written: then graphs that are there are loaded, and that is all.</param>
    /// <param name="mend">Puts damage right that is met on the way; false when it cannot.</param>
    /// <param name="freezeWhenQuiet">Freezes what waits for a quiet moment; false when this is none.</param>
    public SegmentWorker(SegmentStore store, bool isReadOnly, Func<CorruptionException, bool> mend, Func<bool> freezeWhenQuiet)
    {
        (_store, _isReadOnly, _mend, _freezeWhenQuiet) = (store, isReadOnly, mend, freezeWhenQuiet);
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

    /// <summary>Completes when nothing is left to do, or what is left fails.</summary>
    public Task WhenIdle()
    {
        lock (_idling)
        {
            if (_closing || (_busy == 0 && !_seal.IsSet && !_merge.IsSet)) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>What is in memory is to be frozen when no more comes for a moment.</summary>
    public void AwaitQuiet()
    {
        if (_awaitsQuiet) return;
        _awaitsQuiet = true;
        _seal.Set();
    }

    /// <summary>Something may be left to do: a memtable was frozen, or what kept segments from being merged is over.</summary>
    public void Wake()
    {
        _seal.Set();
        _merge.Set();
    }

    public void Dispose()
    {
        _closing = true;
        _store.Cancel();
        _seal.Set();
        _merge.Set();
        foreach (var thread in _threads) thread.Join();
        lock (_idling)
        {
            _idle?.SetResult();
            _idle = null;
        }
    }

    private bool Seal()
    {
        if (_isReadOnly) return false;
        if (_awaitsQuiet && _freezeWhenQuiet()) _awaitsQuiet = false;
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
                Rest(wake, wake == _seal && _awaitsQuiet ? BeforeQuiet : Timeout.InfiniteTimeSpan);
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
                Rest(wake, AfterFailure);
            }
        }
    }

    private void Rest(ManualResetEventSlim wake, TimeSpan atMost)
    {
        lock (_idling)
        {
            _busy--;
            TellIfIdle();
        }
        if (!_closing) wake.Wait(atMost);
        lock (_idling) _busy++;
    }

    private void TellIfIdle()
    {
        if (_busy > 0 || _seal.IsSet || _merge.IsSet) return;
        _idle?.SetResult();
        _idle = null;
    }
}
