using System.Buffers;
using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Records;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Recall: by words and by vector over one published view, fused by score, bodies read last. Takes no locks. With the
/// built-in embedder, or a vector given, and bodies in memory it completes without waiting.
/// </summary>
internal sealed class Recall(Pool pool, TextEmbedder embedder)
{
    /// <summary>How deep each part is ranked before fusion; deeper changes the first ten no more.</summary>
    private const int MinDepth = 128;

    public ValueTask<RecallResult> RunAsync(RecallQuery query, CancellationToken cancellation) =>
        RunAsync(query, null, pool.NowMicroseconds, cancellation);

    /// <summary>Recalls from a fixed view, or from the current one where none is given.</summary>
    public ValueTask<RecallResult> RunAsync(
        RecallQuery query, MemtableView? seen, long nowMicroseconds, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        Check(query);
        var start = Stopwatch.GetTimestamp();
        var needsEmbedder = query is { Vector: null, Text: not null, Space: VectorSpace.TextSpace }
            && pool.Options is { Embedder: not null, LexicalOnly: false };
        var ask = new Ask(query, query.Vector, seen, nowMicroseconds, start, cancellation);
        return needsEmbedder ? EmbedAndRunAsync(ask) : Run(ask);
    }

    private async ValueTask<RecallResult> EmbedAndRunAsync(Ask ask)
    {
        var vector = await embedder.EmbedQueryAsync(ask.Query.Text!, ask.Cancellation).ConfigureAwait(false);
        return await Run(ask with { Vector = vector }).ConfigureAwait(false);
    }

    private ValueTask<RecallResult> Run(Ask ask)
    {
        var found = ArrayPool<FusedHit>.Shared.Rent(ask.Query.K);
        var view = ask.Seen ?? pool.Memtable.Current;
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
        return new(Result(memories, view, considered, searchTime, ask.Start));
    }

    // From the first body that is not in memory on.
    private async ValueTask<RecallResult> FinishAsync(
        Ask ask, int from, ValueTask<RecordBody> reading, FusedHit[] found, RecalledMemory[] memories, MemtableView view,
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
        return Result(memories, view, considered, searchTime, ask.Start);
    }

    // What was found has been purged since. The next search does not see it, so this ends with the last purge.
    private ValueTask<RecallResult> SearchAgain(Ask ask, FusedHit[] found)
    {
        ArrayPool<FusedHit>.Shared.Return(found);
        return Run(ask);
    }

    private bool TryTake(in FusedHit hit, View view, RecordBody body, out RecalledMemory recalled)
    {
        recalled = default;
        if (body.Status != RecordStatus.Found) return false;
        recalled = new RecalledMemory(VersionReader.Read(pool.Memtable, hit.Row, view, body.Span, withVectors: false), hit.Scores);
        body.Dispose();
        return true;
    }

    private static RecallResult Result(
        RecalledMemory[] memories, MemtableView view, int considered, TimeSpan searchTime, long start) => new()
        {
            Memories = memories,
            Considered = considered,
            Sequence = view.View.Last,
            SearchTime = searchTime,
            TotalTime = Stopwatch.GetElapsedTime(start),
        };

    private int Search(in Ask ask, MemtableView view, Span<FusedHit> target, out int considered)
    {
        var query = ask.Query;
        var memtable = pool.Memtable;
        var marked = ArrayPool<RowMark>.Shared.Rent(view.RowCount);
        var marks = marked.AsSpan(0, view.RowCount);
        considered = new RowFilter(memtable, query, ask.NowMicroseconds).Mark(view.View, marks);
        var depth = Math.Max(MinDepth, 2 * query.K);
        var buffer = ArrayPool<Hit>.Shared.Rent(2 * depth);
        var byVector = new TopHits(buffer.AsSpan(0, depth));
        var byWords = new TopHits(buffer.AsSpan(depth, depth));

        if (query.Text is not null)
        {
            using var words = LexicalQuery.Of(query.Text, memtable.Lexical);
            memtable.Lexical.Search(words, marks, view.Live.Count, view.Live.Length, ref byWords);
        }
        var count = query.Parts != RecallParts.Words && TryGetVector(ask, out var column, out var asked)
            ? SearchVectors(query, column, asked, view.Live.Count, marks, byWords.Best, ref byVector, target)
            : ScoreFusion.Fuse([], byWords.Best, target);
        ArrayPool<Hit>.Shared.Return(buffer);
        ArrayPool<RowMark>.Shared.Return(marked);
        return count;
    }

    // The column that is searched by vector, if any, and the vector as it is compared; pooled.
    private bool TryGetVector(in Ask ask, out VectorColumn column, out float[] asked)
    {
        var query = ask.Query;
        var space = pool.Memtable.Spaces.Find(query.Space);
        column = space?.Column!;
        asked = [];
        if (ask.Vector is { } given)
        {
            DraftRules.CheckVector(space, query.Space, given.Span, stored: false);
            asked = ArrayPool<float>.Shared.Rent(column.Dimension);
            column.Prepare(given.Span, asked.AsSpan(0, column.Dimension));
            return true;
        }
        if (query.Text is null || space is not { IsDerived: true } || !embedder.IsBuiltIn) return false;
        asked = ArrayPool<float>.Shared.Rent(column.Dimension);
        using var terms = TermCounts.Of(query.Text);
        if (pool.Memtable.Learned is { } learned && learned.Model.Embed(terms.Terms, terms.Counts, asked))
        {
            column = learned.Column;
            return true;
        }
        // Nothing is learned yet, or nothing of these words.
        HashingEmbedder.Embed(query.Text, asked.AsSpan(0, column.Dimension));
        return true;
    }

    private static int SearchVectors(
        RecallQuery asking, VectorColumn column, float[] asked, long live, ReadOnlySpan<RowMark> marks, ReadOnlySpan<Hit> byWords,
        ref TopHits byVector, Span<FusedHit> target)
    {
        var moved = ArrayPool<float>.Shared.Rent(column.Dimension);
        var query = moved.AsSpan(0, column.Dimension);
        var own = asked.AsSpan(0, column.Dimension);
        own.CopyTo(query);
        if (column.Metric == Metric.Cosine) VectorFeedback.Move(byWords, live, column, query);
        column.Search(query, marks, ref byVector);
        var count = ScoreFusion.Fuse(byVector.Best, asking.Parts == RecallParts.Vector ? [] : byWords, target);
        // What is told is how like the question itself a memory is.
        foreach (ref var hit in target[..count])
            if (hit.Scores.Vector is not null) hit = hit with { Scores = hit.Scores with { Vector = column.Similarity(hit.Row, own) } };
        ArrayPool<float>.Shared.Return(moved);
        ArrayPool<float>.Shared.Return(asked);
        return count;
    }

    private static void Check(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Text is null && query.Vector is null)
            throw new ArgumentException("A recall needs a text, a vector, or both.", nameof(query));
        if (query.K is < 1 or > Limits.MaxRecall)
            throw new ArgumentException($"k is {query.K}; 1 to {Limits.MaxRecall} memories can be recalled at once.", nameof(query));
        if (query.MinLevel > query.MaxLevel)
            throw new ArgumentException($"The levels go from {query.MinLevel} down to {query.MaxLevel}; nothing can match.", nameof(query));
        DraftRules.CheckText("query", query.Text, Limits.MaxQueryBytes);
        if (query.Domain is not null) DraftRules.CheckDomain(query.Domain);
        if (query.WithinDomain is not null) DraftRules.CheckDomain(query.WithinDomain);
        if (query.ExcludeDomain is not null) DraftRules.CheckDomain(query.ExcludeDomain);
    }

    /// <summary>A recall on its way: what is asked, of which moment (null: of the present), and since when.</summary>
    private readonly record struct Ask(
        RecallQuery Query, ReadOnlyMemory<float>? Vector, MemtableView? Seen, long NowMicroseconds, long Start,
        CancellationToken Cancellation);
}
