using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Learns vectors from the pool's own texts in the background, on one thread, whenever the pool has doubled since it last did
/// and nobody is filling it just now. Until the new vectors are all there the old ones, or those of the hashing embedder, serve.
/// </summary>
internal sealed class Learning(Pool pool)
{
    private const int Seed = 1;

    /// <summary>While memories keep coming there is no point in learning from the first of them, unless many times as many have come.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private const int ManyTimes = 8;

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _turn = new();
    private Thread? _thread;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;
    private bool _isAsked;
    private long _failedAt;

    private bool IsDue
    {
        get
        {
            var live = pool.Table.Current.Live.Count;
            var before = Math.Max(pool.Table.Spaces.Serving?.LearnedAt ?? 0, Volatile.Read(ref _failedAt));
            return LearnedVectors.IsDue(before, live) && pool.Table.Spaces.DerivedSpace >= 0
                && pool.Options is { Embedder: null, LexicalOnly: false, ReadOnly: false };
        }
    }

    /// <summary>Begins to learn when it is due. Cheap: called after every batch.</summary>
    public void Consider()
    {
        if (!IsDue || Volatile.Read(ref _thread) is not null) return;
        lock (_turn)
        {
            if (_thread is not null || _isClosed) return;
            _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _thread = new Thread(Run) { IsBackground = true, Name = "memengine-learning" };
            _thread.Start();
        }
    }

    /// <summary>Returns when nothing that is due is being learned; it does not wait for a quiet moment.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _isAsked, true);
        while (true)
        {
            Consider();
            Task ended;
            lock (_turn)
            {
                if (_thread is null) return;
                ended = _ended.Task;
            }
            await ended.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends what is under way and waits for the end.</summary>
    public void Close()
    {
        Thread? running;
        lock (_turn) (_isClosed, running) = (true, _thread);
        _closing.Cancel();
        running?.Join();
    }

    private void Run()
    {
        var live = pool.Table.Current.Live.Count;
        try
        {
            if (WaitForQuiet()) Learn();
        }
        catch (OperationCanceledException)
        {
            // The pool closes, or something more urgent came: it is tried again then.
        }
        catch (Exception e) when (e is MemoryEngineException or ObjectDisposedException)
        {
            // The pool closes, or cannot read or write: whoever does so next is told, and the next doubling tries again.
            Volatile.Write(ref _failedAt, live);
        }
        finally
        {
            TaskCompletionSource ended;
            lock (_turn) (_thread, ended) = (null, _ended);
            ended.SetResult();
        }
    }

    // False when the pool closes.
    private bool WaitForQuiet()
    {
        var learnedAt = Math.Max(LearnedVectors.FewestDocuments, pool.Table.Spaces.Serving?.LearnedAt ?? 0);
        while (true)
        {
            var before = pool.Table.Current.RowCount;
            if (Volatile.Read(ref _isAsked)) return true;
            if (_closing.Token.WaitHandle.WaitOne(Quiet)) return false;
            if (pool.Table.Current.RowCount == before || pool.Table.Current.Live.Count > ManyTimes * learnedAt) return true;
        }
    }

    private void Learn()
    {
        var view = pool.Table.Current;
        var sample = new TermSample();
        var step = 1 + (view.Live.Count / TermSample.MostDocuments);
        var seen = 0L;
        for (var row = 0; row < view.RowCount && !sample.IsFull; row++)
        {
            if (!pool.Table.IsLive(row, view.View) || seen++ % step != 0) continue;
            using var draft = Read(row);
            if (draft is not null) sample.Add(draft.Terms);
        }
        if (LearnedVectors.Train(sample, Seed, _closing.Token) is not { } model)
        {
            Volatile.Write(ref _failedAt, view.Live.Count);
            return;
        }
        var (spaces, segments) = (pool.Table.Spaces, pool.Segments);
        var learned = segments.Keep(model, view.Live.Count);
        try
        {
            // From here on new rows come with its vectors; what is in memory now is made segments of, which get theirs below.
            _ = pool.StepAsync(() => pool.Begin(learned), _closing.Token).AsTask().GetAwaiter().GetResult();
            while (segments.SealFrozen() || segments.GrowOnce(learned, (row, vector) => Embed(model, row, vector), _closing.Token))
            {
                // Until every segment has its vectors.
            }
            _ = pool.StepAsync(() => Serve(learned), _closing.Token).AsTask().GetAwaiter().GetResult();
        }
        catch
        {
            spaces.Growing = null;
            segments.Drop(learned.Entry.Id);
            throw;
        }
        pool.WakeWorker();
    }

    // Where nobody else writes: nothing is sealed or remembered between the look and the turn.
    private bool Serve(LearnedSpace learned)
    {
        var (spaces, segments) = (pool.Table.Spaces, pool.Segments);
        if (spaces.DerivedSpace < 0) throw new OperationCanceledException("The texts have an embedder by now.");
        while (segments.SealFrozen() || segments.GrowOnce(learned, (row, vector) => Embed(learned.Model, row, vector), CancellationToken.None))
        {
            // What a merge has put together meanwhile.
        }
        var before = spaces.Serving?.Entry.Id ?? spaces.DerivedSpace;
        (spaces.Serving, spaces.Growing) = (learned, null);
        segments.Drop(before);
        return true;
    }

    private void Embed(LearnedVectors model, int row, float[] vector)
    {
        using var draft = Read(row);
        if (draft is null || !model.Embed(draft.Terms.Terms, draft.Terms.Counts, vector)) vector.AsSpan().Clear();
    }

    private RowDraft? Read(int row)
    {
        _closing.Token.ThrowIfCancellationRequested();
        if (pool.Table.IsErased(row)) return null;
        using var body = pool.ReadBodyAsync(row, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (body.Status != RecordStatus.Found || !RecordReader.TryOpen(body.Span, out var record, out _)) return null;
        return RowDraft.Of(record, derivedSpace: -1);
    }
}
