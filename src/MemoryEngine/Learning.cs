using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Learns vectors from the pool's own texts in the background, on one thread of low priority, whenever the pool has
/// doubled since it last did. Until the new vectors are all there the old ones, or those of the hashing embedder, serve.
/// They are kept in memory alone.
/// </summary>
internal sealed class Learning(Pool pool)
{
    private const int Seed = 1;

    /// <summary>An import is let finish first: learning begins when no row has come for a while, or when it has waited long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250), LongestWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _turn = new();
    private Thread? _thread;
    private long _learnedAt;
    private bool _isClosed;
    private volatile bool _isAwaited;

    /// <summary>Begins to learn when it is due. Cheap: called after every batch.</summary>
    public void Consider()
    {
        var live = pool.Memtable.Current.Live.Count;
        if (!LearnedVectors.IsDue(Volatile.Read(ref _learnedAt), live)) return;
        if (pool.Options.Embedder is not null || pool.Options.LexicalOnly || pool.Memtable.Spaces.DerivedSpace < 0) return;
        lock (_turn)
        {
            if (_thread is not null || _isClosed) return;
            _thread = new Thread(() => Run(live)) { IsBackground = true, Priority = ThreadPriority.BelowNormal, Name = "memengine learning" };
            _thread.Start();
        }
    }

    /// <summary>Waits until nothing is being learned that is due.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        _isAwaited = true;
        Consider();
        while (true)
        {
            lock (_turn) if (_thread is null) return;
            await Task.Delay(5, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends what is under way and waits for the end.</summary>
    public void Close()
    {
        Thread? running;
        lock (_turn) (_isClosed, running) = (true, _thread);
        _closing.Cancel();
        running?.Join();
        _closing.Dispose();
    }

    private void Run(long live)
    {
        try
        {
            WaitForQuiet();
            live = pool.Memtable.Current.Live.Count;
            LearnAsync(_closing.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or MemoryEngineException or ObjectDisposedException)
        {
            // The pool closes, or cannot read: whoever reads next is told, and the next doubling tries again.
        }
        finally
        {
            Volatile.Write(ref _learnedAt, live);
            lock (_turn) _thread = null;
        }
    }

    private void WaitForQuiet()
    {
        for (var (waited, rows) = (TimeSpan.Zero, -1); !_isAwaited && waited < LongestWait && rows != pool.Memtable.Current.RowCount; waited += Quiet)
        {
            rows = pool.Memtable.Current.RowCount;
            if (_closing.Token.WaitHandle.WaitOne(Quiet)) return;
        }
    }

    private async ValueTask LearnAsync(CancellationToken cancellation)
    {
        var view = pool.Memtable.Current;
        var sample = new TermSample();
        var step = 1 + (view.Live.Count / TermSample.MostDocuments);
        var seen = 0L;
        for (var row = 0; row < view.RowCount && !sample.IsFull; row++)
        {
            if (!pool.Memtable.IsLive(row, view.View) || seen++ % step != 0) continue;
            using var draft = await ReadAsync(row, cancellation).ConfigureAwait(false);
            if (draft is not null) sample.Add(draft.Terms);
        }
        if (LearnedVectors.Train(sample, Seed, cancellation) is not { } model) return;
        var learned = new LearnedColumn(model);
        await FillAsync(learned, view.RowCount, cancellation).ConfigureAwait(false);
        if (pool.Options.ReadOnly) pool.Memtable.Learned = learned;
        else await pool.StepAsync(() => Publish(learned), cancellation).ConfigureAwait(false);
    }

    // Where nobody else writes: the rows that came meanwhile, and from now on each as it comes.
    private bool Publish(LearnedColumn learned)
    {
        FillAsync(learned, pool.Memtable.RowCount, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        for (var row = 0; row < pool.Memtable.RowCount; row++) if (pool.Memtable.IsErased(row)) learned.Column.Erase(row);
        pool.Memtable.Learned = learned;
        return true;
    }

    private async ValueTask FillAsync(LearnedColumn learned, int rows, CancellationToken cancellation)
    {
        for (var row = learned.Column.Count; row < rows; row++)
        {
            using var draft = await ReadAsync(row, cancellation).ConfigureAwait(false);
            if (draft is null) learned.AddNothing(row);
            else learned.Add(row, draft.Terms);
        }
    }

    private async ValueTask<RowDraft?> ReadAsync(int row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (pool.Memtable.IsErased(row)) return null;
        using var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
        if (body.Status != RecordStatus.Found || !RecordReader.TryOpen(body.Span, out var record, out _)) return null;
        return RowDraft.Of(record, derivedSpace: -1);
    }
}
