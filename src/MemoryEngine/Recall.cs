using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Recall: by words and by vector over one published view, bodies read last. Takes no locks. With the
/// built-in embedder, or a vector given, and bodies in memory it completes without waiting.
/// </summary>
internal sealed class Recall(Pool pool, TextEmbedder embedder)
{
    private readonly Searching _searching = new(pool, embedder);

    public ValueTask<RecallResult> RunAsync(RecallQuery query, CancellationToken cancellation) =>
        RunAsync(query, null, pool.NowMicroseconds, cancellation);

    /// <summary>Recalls from a fixed view, or from the current one where none is given.</summary>
    public ValueTask<RecallResult> RunAsync(
        RecallQuery query, PoolView? seen, long nowMicroseconds, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        Check(query);
        var start = Stopwatch.GetTimestamp();
        var needsEmbedder = query is { Vector: null, Vectors.Count: 0, Text: not null, Space: VectorSpace.TextSpace }
            && pool.Options is { Embedder: not null, LexicalOnly: false };
        var ask = new Ask(query, query.Vector, seen, nowMicroseconds, start, query.Explain ? [] : null, cancellation);
        return needsEmbedder ? EmbedAndRunAsync(ask) : Run(ask);
    }

    private async ValueTask<RecallResult> EmbedAndRunAsync(Ask ask)
    {
        var made = await embedder.EmbedQueryAsync(ask.Query.Text!, ask.Cancellation).ConfigureAwait(false);
        var result = await Run(ask with { Vector = made.Vector }).ConfigureAwait(false);
        if (made.Note is { } note) result.Notes = [$"{note} Found by words alone."];
        return result;
    }

    private ValueTask<RecallResult> Run(Ask ask)
    {
        var found = ArrayPool<FusedHit>.Shared.Rent(ask.Query.K);
        var view = ask.Seen ?? pool.Table.Current;
        var count = Search(ask, view, found.AsSpan(0, ask.Query.K), out var considered);
        var searchTime = Stopwatch.GetElapsedTime(ask.Start);
        var memories = new RecalledMemory[count];
        for (var i = 0; i < count; i++)
        {
            var reading = pool.ReadBodyAsync(found[i].Row, ask.Cancellation);
            if (!reading.IsCompletedSuccessfully) return FinishAsync(ask, i, reading, found, memories, view, considered, searchTime);
            if (!TryTake(found[i], view.View, reading.Result, out memories[i])) return SearchAgain(ask, found);
        }
        ArrayPool<FusedHit>.Shared.Return(found);
        return new(Result(memories, view, considered, searchTime, ask));
    }

    // From the first body that is not in memory on.
    private async ValueTask<RecallResult> FinishAsync(
        Ask ask, int from, ValueTask<RecordBody> reading, FusedHit[] found, RecalledMemory[] memories, PoolView view,
        int considered, TimeSpan searchTime)
    {
        for (var i = from; i < memories.Length; i++)
        {
            var body = i == from
                ? await reading.ConfigureAwait(false)
                : await pool.ReadBodyAsync(found[i].Row, ask.Cancellation).ConfigureAwait(false);
            if (!TryTake(found[i], view.View, body, out memories[i])) return await SearchAgain(ask, found).ConfigureAwait(false);
        }
        ArrayPool<FusedHit>.Shared.Return(found);
        return Result(memories, view, considered, searchTime, ask);
    }

    // What was found has been purged since. The next search does not see it, so this ends with the last purge.
    private ValueTask<RecallResult> SearchAgain(Ask ask, FusedHit[] found)
    {
        ArrayPool<FusedHit>.Shared.Return(found);
        return Run(ask.Seen is { } seen ? ask with { Seen = pool.Table.Seen(seen.View, seen.Live) } : ask);
    }

    private bool TryTake(in FusedHit hit, View view, RecordBody body, out RecalledMemory recalled)
    {
        recalled = default;
        if (body.Status != RecordStatus.Found) return false;
        recalled = new RecalledMemory(VersionReader.Read(pool.Table, hit.Row, view, body.Span, withVectors: false), hit.Scores);
        body.Dispose();
        return true;
    }

    private static RecallResult Result(
        RecalledMemory[] memories, PoolView view, int considered, TimeSpan searchTime, in Ask ask) => new()
        {
            Memories = memories,
            Considered = considered,
            Sequence = view.View.Last,
            SearchTime = searchTime,
            TotalTime = Stopwatch.GetElapsedTime(ask.Start),
            Plan = ask.Plan ?? [],
        };

    private int Search(in Ask ask, PoolView view, Span<FusedHit> target, out int considered)
    {
        var readers = pool.Table.Parts.Readers;
        while (true)
        {
            var epoch = readers.Enter();
            // Taken after the view: so they cover all of its rows.
            var parts = pool.Table.Parts.Current;
            CorruptionException damage;
            try
            {
                // A pool that was closed meanwhile has no parts.
                pool.ThrowIfDisposed();
                return _searching.Run(ask.Query, ask.Vector, view, parts, ask.NowMicroseconds, ask.Plan, target, out considered);
            }
            catch (CorruptionException e)
            {
                damage = e;
            }
            finally
            {
                readers.Exit(epoch);
            }
            if (!pool.Mending.TryMend(damage, parts)) throw damage;
        }
    }

    private static void Check(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Text is null && query.Vector is null && query.Vectors.Count == 0)
            throw new ArgumentException("A recall needs a text, a vector, or both.", nameof(query));
        CheckVectors(query);
        if (query.K is < 1 or > Limits.MaxRecall)
            throw new ArgumentException($"k is {query.K}; 1 to {Limits.MaxRecall} memories can be recalled at once.", nameof(query));
        if (query.MinLevel > query.MaxLevel)
            throw new ArgumentException($"The levels go from {query.MinLevel} down to {query.MaxLevel}; nothing can match.", nameof(query));
        DraftRules.CheckText("query", query.Text, Limits.MaxQueryBytes);
        if (query.Domain is not null) DraftRules.CheckDomain(query.Domain);
        if (query.WithinDomain is not null) DraftRules.CheckDomain(query.WithinDomain);
        if (query.ExcludeDomain is not null) DraftRules.CheckDomain(query.ExcludeDomain);
    }

    private static void CheckVectors(RecallQuery query)
    {
        if (query.Vectors.Count == 0) return;
        if (query.Vector is not null) throw new ArgumentException("Give one Vector or several Vectors, not both.", nameof(query));
        if (query.Vectors.Select(v => v.Space).Distinct(StringComparer.Ordinal).Count() < query.Vectors.Count)
            throw new ArgumentException("Two of the query's vectors are of one space: give each space once.", nameof(query));
        foreach (var weight in query.Vectors.Select(v => v.Weight).Append(query.TextWeight))
        {
            if (!(weight >= 0) || !float.IsFinite(weight))
                throw new ArgumentException($"A weight is {weight}; weights are 0 or more.", nameof(query));
        }
    }

    /// <summary>A recall on its way: what is asked, of which moment (null: of the present), and since when.</summary>
    private readonly record struct Ask(
        RecallQuery Query, ReadOnlyMemory<float>? Vector, PoolView? Seen, long NowMicroseconds, long Start, List<SearchStep>? Plan,
        CancellationToken Cancellation);
}
