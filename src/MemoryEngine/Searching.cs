using System.Buffers;
using System.Numerics.Tensors;
using MemoryEngine.Index;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// The search of a recall: by words and by vector over all parts of a pool, made one ranking. A text and one vector are fused by
/// score; where a query brings vectors of several spaces, whose scores nothing makes comparable, by rank.
/// </summary>
internal sealed class Searching(Pool pool, TextEmbedder embedder)
{
    /// <summary>How deep each part is ranked before fusion; deeper changes the first ten no more.</summary>
    public const int MinDepth = 128;

    private readonly Func<WordList> _words = () => pool.Words.Current;

    /// <param name="query">What is asked.</param>
    /// <param name="text">Its text, if it has one.</param>
    /// <param name="ranking">What the text's words found in the same rows before, and gets what they find.</param>
    /// <param name="given">The vector that the caller or his embedder made, if any.</param>
    /// <param name="madeFor">The space in which an embedder made it; null for one that the caller gave.</param>
    /// <param name="view">What is seen.</param>
    /// <param name="parts">The parts, taken after the view.</param>
    /// <param name="nowMicroseconds">When expiry is judged.</param>
    /// <param name="plan">Gets how each part was searched, where somebody wants to know.</param>
    /// <param name="leastFrom">The lowest level that could be handed over from a domain; null to search all.</param>
    /// <param name="depth">How deep each part is ranked.</param>
    /// <param name="target">Gets the best.</param>
    public Searched Run(
        RecallQuery query, QuestionText? text, WordRanking ranking, ReadOnlyMemory<float>? given, SpaceEntry? madeFor, PoolView view,
        SearchParts parts, long nowMicroseconds, List<SearchStep>? plan, Func<string, MemoryLevel>? leastFrom, int depth,
        Span<FusedHit> target)
    {
        using var rows = QueryRows.Of(pool.Table, view, query, nowMicroseconds, leastFrom);
        plan?.Clear();
        var pass = new Pass(parts, view.Live, depth, plan);
        var byWords = text is null ? default : FindWords(text, ranking, pass, rows);
        var isCut = byWords.Length == depth;
        var count = query.Vectors.Count > 0 ? FuseSeveral(query, pass, rows, byWords, target, ref isCut)
            : query.Parts != RecallParts.Words ? FuseOne(query, text, given, madeFor, pass, rows, byWords, target, ref isCut)
            : ScoreFusion.Fuse([], byWords, target);
        return new Searched(count, rows.CountMatching(), isCut || count == target.Length);
    }

    private ReadOnlySpan<Hit> FindWords(QuestionText text, WordRanking ranking, in Pass pass, in QueryRows rows)
    {
        if (!ranking.TryTake(pass.Depth, out var best))
        {
            var hits = ranking.Begin(pass.Depth);
            PartSearch.Words(pass.Parts, text.Terms(new PartTerms(pass.Parts), _words), rows, pass.Live, ref hits);
            ranking.Keep(hits);
            ranking.TryTake(pass.Depth, out best);
        }
        pass.Plan?.Add(new SearchStep("words", null, rows.RowCount, best.Length, "postings", 0, 0));
        return best;
    }

    private int FuseOne(
        RecallQuery query, QuestionText? text, ReadOnlyMemory<float>? given, SpaceEntry? madeFor, in Pass pass, in QueryRows rows,
        ReadOnlySpan<Hit> byWords, Span<FusedHit> target, ref bool isCut)
    {
        var pooled = ArrayPool<float>.Shared.Rent(2 * Limits.MaxDimension);
        var buffer = ArrayPool<Hit>.Shared.Rent(pass.Depth);
        var byVector = new TopHits(buffer.AsSpan(0, pass.Depth));
        var count = 0;
        if (TryPrepare(query, text, given, madeFor, pooled) is { } space && !(given is null && byWords.IsEmpty && SaysNothing(space, pooled)))
        {
            var dimension = space.Space.Dimension;
            var own = pooled.AsSpan(0, dimension);
            var moved = pooled.AsSpan(dimension, dimension);
            own.CopyTo(moved);
            var vectors = new PartVectors(pass.Parts, space);
            var isMoved = space.Space.Metric == Metric.Cosine && !byWords.IsEmpty;
            if (isMoved) VectorFeedback.Move(byWords, pass.Live.Count, vectors, moved);
            PartSearch.Vectors(pass.Parts, space, moved, rows, pass.Plan, ref byVector);
            isCut |= byVector.Count == pass.Depth;
            count = ScoreFusion.Fuse(byVector.Best, query.Parts == RecallParts.Vector ? [] : byWords, target);
            if (isMoved) TellOwnSimilarity(vectors, own, target[..count]);
        }
        else if (query.Parts != RecallParts.Vector)
        {
            count = ScoreFusion.Fuse([], byWords, target);
        }
        ArrayPool<Hit>.Shared.Return(buffer);
        ArrayPool<float>.Shared.Return(pooled);
        return count;
    }

    // Where no word was found, parts of words that the hashing embedder has in common are chance, and what was learned may know none of
    // the words: then the nearest are those that lie first, and no answer is the honest one.
    private static bool SaysNothing(SpaceEntry space, float[] prepared) =>
        space.IsDerived || !prepared.AsSpan(0, space.Space.Dimension).ContainsAnyExcept(0f);

    // What is told is how like the question itself a memory is, not what feedback has made of the question.
    private static void TellOwnSimilarity(PartVectors vectors, ReadOnlySpan<float> own, Span<FusedHit> hits)
    {
        foreach (ref var hit in hits)
            if (hit.Scores.Vector is not null) hit = hit with { Scores = hit.Scores with { Vector = vectors.Cosine(hit.Row, own) } };
    }

    // The space that is searched by vector, and in front of the array the query as it is compared; null when there is none.
    private SpaceEntry? TryPrepare(
        RecallQuery query, QuestionText? text, ReadOnlyMemory<float>? given, SpaceEntry? madeFor, float[] prepared)
    {
        var spaces = pool.Table.Spaces;
        var space = madeFor ?? spaces.Find(query.Space);
        if (given is { } vector)
        {
            CheckGiven(space, query.Space, vector.Span);
            VectorColumn.Prepare(vector.Span, space!.Space.Metric, prepared.AsSpan(0, space.Space.Dimension));
            return space;
        }
        if (text is null || space is not { IsDerived: true } || !embedder.IsBuiltIn) return null;
        if (spaces.Serving is not { } learned)
        {
            HashingEmbedder.Embed(text.Text, prepared.AsSpan(0, HashingEmbedder.Dimension));
            return space;
        }
        var terms = text.Counts;
        // Where the model knows none of the words, the direction is that of what they find, or none.
        if (!learned.Model.Embed(terms.Terms, terms.Counts, prepared)) prepared.AsSpan(0, LearnedVectors.Dimension).Clear();
        return learned.Entry;
    }

    private void CheckGiven(SpaceEntry? space, string name, ReadOnlySpan<float> vector)
    {
        DraftRules.CheckVector(space, name, vector, stored: false);
        if (!space!.IsDerived || pool.Table.Spaces.Serving is null) return;
        throw new ArgumentException(
            $"The pool has learned the vectors of space '{name}' from its own texts, so that nobody else can make one: give the text instead.");
    }

    private int FuseSeveral(
        RecallQuery query, in Pass pass, in QueryRows rows, ReadOnlySpan<Hit> byWords, Span<FusedHit> target, ref bool isCut)
    {
        var fusion = new RankFusion();
        if (query.Text is not null) fusion.AddWords(byWords, query.TextWeight);
        var prepared = ArrayPool<float>.Shared.Rent(Limits.MaxDimension);
        var buffer = ArrayPool<Hit>.Shared.Rent(pass.Depth);
        foreach (var asked in query.Vectors)
        {
            var space = pool.Table.Spaces.Find(asked.Space);
            CheckGiven(space, asked.Space, asked.Vector.Span);
            var vector = prepared.AsSpan(0, space!.Space.Dimension);
            VectorColumn.Prepare(asked.Vector.Span, space.Space.Metric, vector);
            var hits = new TopHits(buffer.AsSpan(0, pass.Depth));
            PartSearch.Vectors(pass.Parts, space, vector, rows, pass.Plan, ref hits);
            isCut |= hits.Count == pass.Depth;
            fusion.AddVectors(hits.Best, asked.Weight);
        }
        ArrayPool<Hit>.Shared.Return(buffer);
        ArrayPool<float>.Shared.Return(prepared);
        return fusion.Take(target);
    }

    private readonly record struct Pass(SearchParts Parts, Segments.LiveRows Live, int Depth, List<SearchStep>? Plan);
}

/// <summary>The terms of all parts of a pool.</summary>
internal sealed class PartTerms(SearchParts parts) : ITermSet
{
    public bool Contains(ulong term)
    {
        foreach (var segment in parts.Segments) if (segment.Words.Contains(term)) return true;
        foreach (var mended in parts.Mended) if (mended.Rows.Words.Contains(term)) return true;
        foreach (var memtable in parts.Memtables) if (memtable.Words.Contains(term)) return true;
        return false;
    }
}

/// <summary>The vectors that rows have in a space, in whichever part they lie.</summary>
internal sealed class PartVectors(SearchParts parts, SpaceEntry space) : IRowVectors
{
    public int Dimension => space.Space.Dimension;

    public bool TryCopy(int row, Span<float> target)
    {
        if (!parts.TryFind(space.Id, row, out var vector)) return false;
        vector.CopyTo(target);
        return true;
    }

    /// <summary>The cosine of a row's vector and one of unit length; null when the row has none.</summary>
    public float? Cosine(int row, ReadOnlySpan<float> unit) =>
        parts.TryFind(space.Id, row, out var vector) ? TensorPrimitives.Dot(unit, vector) : null;
}
