using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Embeds the texts of a pool anew while it is used. Each batch of vectors is durable before the next texts are sent, so a run that was
/// stopped, killed or given up by its embedder goes on where it ended. The space before serves until the new one has a vector of every
/// memory that somebody can see; then one durable event puts it in its place. With the embedder that serves already, what is missing
/// is filled in. See decision 0013.
/// </summary>
internal sealed class Reembed(Pool pool, TextEmbedder embedder)
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _turn = new();
    private Task? _running;

    public async Task<ReembedResult> RunAsync(ReembedOptions options, CancellationToken cancellation)
    {
        Check(options);
        var client = ClientOf(options);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        var ended = new TaskCompletionSource();
        Begin(ended.Task);
        try
        {
            return await new ReembedRun(pool, embedder, client, options, either.Token).RunAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(MemoryStore));
        }
        finally
        {
            lock (_turn) _running = null;
            ended.SetResult();
        }
    }

    /// <summary>Ends a run that is under way and waits for its end.</summary>
    public void Close()
    {
        Task? running;
        lock (_turn) running = _running;
        _closing.Cancel();
        running?.Wait();
    }

    private void Begin(Task ended)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(MemoryStore));
            if (_running is not null)
                throw new MemoryEngineException(ErrorCode.Conflict, "The pool is being re-embedded already. Wait for that run, or cancel it.");
            _running = ended;
        }
    }

    private static void Check(ReembedOptions options)
    {
        if (options.BatchTexts is < 1 or > ReembedOptions.MostTexts)
            throw new ArgumentException($"BatchTexts is {options.BatchTexts}; 1 to {ReembedOptions.MostTexts} are possible.", nameof(options));
        if (options.TextsPerSecond is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new ArgumentException($"TextsPerSecond is {rate}; it is more than 0.", nameof(options));
    }

    private EmbedderClient ClientOf(ReembedOptions options)
    {
        if (options.Embedder is { } generator)
        {
            var identity = EmbedderClient.IdentityOf(generator, options.EmbedderId, options.EmbedderRevision);
            return embedder.Find(identity) ?? new EmbedderClient(generator, identity, pool.Options.Clock);
        }
        return embedder.Serving ?? throw new ArgumentException(
            "Neither the options nor the store name an embedder. The built-in one needs no re-embedding: it makes its vectors of the texts.",
            nameof(options));
    }
}

/// <summary>One run.</summary>
internal sealed class ReembedRun(
    Pool pool, TextEmbedder embedder, EmbedderClient client, ReembedOptions options, CancellationToken cancellation)
{
    /// <summary>So many bytes of vectors wait in memory for a file at most.</summary>
    private const long MostWaitingBytes = 64L << 20;

    private const string Probe = "A memory.";

    private readonly HashSet<int> _skipped = [];
    private SpaceEntry? _space;
    private string? _skippedBecause;
    private long _embedded;
    private long _already;
    private long _wanted;
    private long _sentAt;

    private bool IsServing => _space is not null && pool.Table.Spaces.Text?.Id == _space.Id;

    public async Task<ReembedResult> RunAsync()
    {
        pool.EnsureWritable();
        _space = FindSpace();
        (_already, _wanted) = Count();
        var switched = false;
        try
        {
            if (_space is not null && !IsServing) embedder.Prepare(client, _space);
            // Whoever writes meanwhile may leave something for another look.
            do await FillAsync().ConfigureAwait(false); while (!IsServing && !(switched = await SwitchAsync().ConfigureAwait(false)));
            if (switched) await FillAsync().ConfigureAwait(false);
        }
        finally
        {
            embedder.EndPreparing();
        }
        return new ReembedResult
        {
            Embedder = client.Identity,
            Embedded = _embedded,
            Already = _already,
            Skipped = _skipped.Count,
            SkippedBecause = _skippedBecause,
            Switched = switched,
            DroppedSpaces = options.DropOld ? await DropOldAsync().ConfigureAwait(false) : 0,
        };
    }

    // The texts' own, or one of a run before: begun, or left for another since.
    private SpaceEntry? FindSpace()
    {
        var spaces = pool.Table.Spaces;
        if (spaces.Text is { } text && client.Makes(text.Space)) return text;
        return spaces.Waiting().LastOrDefault(s => client.Makes(s.Space));
    }

    private (long Already, long Wanted) Count()
    {
        var (view, already, wanted) = (pool.Table.Current, 0L, 0L);
        var seen = new SeenRows(pool);
        for (var row = 0; row < view.RowCount; row++)
        {
            if (!seen.Has(row)) continue;
            wanted++;
            if (_space is not null && pool.Table.HasVector(row, _space.Id)) already++;
        }
        return (already, wanted);
    }

    // Goes through all rows once, and again while it finds some that came meanwhile.
    private async Task FillAsync()
    {
        while (true)
        {
            var (next, found) = (0, false);
            while (NextBatch(ref next) is { Count: > 0 } rows)
            {
                found = true;
                await EmbedAsync(rows).ConfigureAwait(false);
                if (pool.Table.Parts.Current.Added.Bytes >= MostWaitingBytes) Absorb();
                options.Progress?.Report(new ReembedProgress(_already + _embedded, Math.Max(_wanted, _already + _embedded + _skipped.Count)));
            }
            if (!found) return;
        }
    }

    private List<int> NextBatch(ref int next)
    {
        cancellation.ThrowIfCancellationRequested();
        pool.ThrowIfDisposed();
        var (view, rows, seen) = (pool.Table.Current, new List<int>(), new SeenRows(pool));
        for (; next < view.RowCount && rows.Count < options.BatchTexts; next++)
        {
            if (!_skipped.Contains(next) && seen.Has(next) && (_space is null || !pool.Table.HasVector(next, _space.Id))) rows.Add(next);
        }
        return rows;
    }

    private async Task EmbedAsync(List<int> rows)
    {
        var (of, texts) = (new List<int>(), new List<string>());
        foreach (var row in rows)
        {
            // One that was purged since it was looked at is seen no more.
            if (await ReadTextAsync(row).ConfigureAwait(false) is not { } text) continue;
            of.Add(row);
            texts.Add(text);
        }
        if (texts.Count == 0) return;
        await ThrottleAsync(texts.Count).ConfigureAwait(false);
        var made = await AskAsync(texts).ConfigureAwait(false);
        var vectors = new List<(int Row, ReadOnlyMemory<float> Vector)>();
        for (var i = 0; i < made.Length; i++)
        {
            if (made[i].Vector is { } vector)
            {
                vectors.Add((of[i], vector));
                continue;
            }
            _skipped.Add(of[i]);
            _skippedBecause ??= made[i].Note;
        }
        if (vectors.Count == 0) return;
        _embedded += await pool.CommitAsync(new PendingVectors(pool, _space!.Id, vectors), cancellation).ConfigureAwait(false);
    }

    private async Task<MadeVector[]> AskAsync(List<string> texts)
    {
        try
        {
            return await client.AskNowAsync(texts, _space?.Space, DeclareAsync, cancellation).ConfigureAwait(false);
        }
        catch (EmbedderFailure e)
        {
            var serving = IsServing || pool.Table.Spaces.Text is null ? "" : " Until then the pool goes on with the vectors that it has.";
            throw new MemoryEngineException(
                ErrorCode.Embedder,
                $"{e.Message} {_already + _embedded} of {_wanted} memories have their vectors, which are kept: once the embedder answers, " +
                $"'reembed' goes on with the rest.{serving}",
                e);
        }
    }

    // Known for certain once the embedder has answered: then there is a space to fill.
    private async Task DeclareAsync(VectorSpace space)
    {
        _space = await pool.CommitAsync(new PendingTextSpace(pool, space), cancellation).ConfigureAwait(false);
        embedder.Prepare(client, _space);
    }

    private async Task<string?> ReadTextAsync(int row)
    {
        using var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
        if (body.Status != RecordStatus.Found || !RecordReader.TryOpen(body.Span, out var record, out _)) return null;
        string? title = null, key = null, text = null;
        foreach (var field in record)
        {
            if (field.Field == RecordField.Title) title = System.Text.Encoding.UTF8.GetString(field.Value);
            else if (field.Field == RecordField.Key) key = System.Text.Encoding.UTF8.GetString(field.Value);
            else if (field.Field == RecordField.Text) text = System.Text.Encoding.UTF8.GetString(field.Value);
        }
        return TextEmbedder.TextOf(title, key, text!);
    }

    private async Task ThrottleAsync(int texts)
    {
        if (options.TextsPerSecond is not { } rate) return;
        var clock = pool.Options.Clock;
        var left = _sentAt == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(texts / rate) - clock.GetElapsedTime(_sentAt);
        if (left > TimeSpan.Zero) await Task.Delay(left, clock, cancellation).ConfigureAwait(false);
        _sentAt = clock.GetTimestamp();
    }

    private void Absorb()
    {
        while (true)
        {
            try
            {
                if (!pool.Segments.AbsorbOnce(cancellation)) return;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // A checkpoint went first, and has brought some of them into files.
            }
        }
    }

    // False when some memory has come without a vector since.
    private async Task<bool> SwitchAsync()
    {
        // No memory has told the embedder's dimension, so a text of ours does.
        if (_space is null && (await AskAsync([Probe]).ConfigureAwait(false))[0].Note is { } note)
            throw new MemoryEngineException(ErrorCode.Embedder, $"{note} Nothing else was there to embed, so its dimension is not known.");
        // So that searches are as quick in the new space as in the old one.
        Absorb();
        var gone = await pool.CommitAsync(new PendingTextSwitch(pool, _space!.Id, _skipped), cancellation).ConfigureAwait(false);
        if (gone is null) return false;
        foreach (var space in gone) pool.Segments.Drop(space);
        return true;
    }

    private async Task<int> DropOldAsync()
    {
        var old = pool.Table.Spaces.Waiting().Select(s => s.Id).ToList();
        foreach (var space in old)
        {
            if (await pool.CommitAsync(new PendingSpaceDrop(pool, space), cancellation).ConfigureAwait(false)) pool.Segments.Drop(space);
        }
        return old.Count;
    }
}
