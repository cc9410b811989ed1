using System.Diagnostics;
using MemoryEngine.Index;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Recall: <see cref="Searching"/> over one published view; <see cref="RecallRun"/> then verifies, chooses and reads.
/// Takes no locks. With the built-in embedder, or a vector given, and bodies in memory it completes without waiting.
/// </summary>
internal sealed class Recall(Pool pool, TextEmbedder embedder, Verifying verifying)
{
    private const int MaxSearches = 8;

    private readonly Searching _searching = new(pool, embedder);

    /// <summary>How deep recalls searched lately.</summary>
    internal UsualDepth UsualDepth { get; } = new();

    /// <summary>Records what is handed over.</summary>
    public TransferRecorder Recorder { get; } = new(pool);

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
            && embedder.CallsForQueries;
        var ask = new Ask(query, query.Vector, null, seen, nowMicroseconds, start, query.Explain ? [] : null, cancellation);
        return needsEmbedder ? EmbedAndRunAsync(ask) : Run(ask);
    }

    private async ValueTask<RecallResult> EmbedAndRunAsync(Ask ask)
    {
        var made = await embedder.EmbedQueryAsync(ask.Query.Text!, ask.Cancellation).ConfigureAwait(false);
        var result = await Run(ask with { Vector = made.Vector.Vector, MadeFor = made.Space }).ConfigureAwait(false);
        if (made.Vector.Note is { } note)
            result.SetNotes([$"{note} Found by words alone.", .. result.Memories.Count == 0 ? result.Notes : []]);
        return result;
    }

    // What was found may have been superseded or forgotten since: then the next search finds what has taken its place. Each time
    // something must have happened, so this ends; a memory that never rests is left out at last.
    private async ValueTask<RecallResult> Run(Ask ask)
    {
        for (var searches = 1; ; searches++)
        {
            using var run = new RecallRun(this, pool, verifying, ask);
            if (await run.TryAsync(isLast: searches == MaxSearches).ConfigureAwait(false) is { } result) return result;
        }
    }

    /// <summary>Searches as deep as asked, among what could be handed over or among all.</summary>
    /// <param name="ask">The recall.</param>
    /// <param name="view">What it sees.</param>
    /// <param name="ranking">What the words found before, of the same recall among the same rows.</param>
    /// <param name="leastFrom">The lowest level that could be handed over from a domain; null to search all.</param>
    /// <param name="depth">How deep each part is ranked.</param>
    /// <param name="target">Gets the best.</param>
    /// <returns>How many were found, how many could have been, and whether a deeper search could find more.</returns>
    internal Searched Search(
        in Ask ask, PoolView view, WordRanking ranking, Func<string, MemoryLevel>? leastFrom, int depth, Span<FusedHit> target)
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
                return _searching.Run(
                    ask.Query, ask.Text, ranking, ask.Vector, ask.MadeFor, view, parts, ask.NowMicroseconds, ask.Plan, leastFrom, depth, target);
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
        if (query.Pins.Count > query.K)
            throw new ArgumentException($"{query.Pins.Count} memories are pinned, and k is {query.K}.", nameof(query));
        if (query.Diversity is not (>= 0 and <= 1) || query.Exploration is not (>= 0 and <= 1))
            throw new ArgumentException("Diversity and exploration are from 0 to 1.", nameof(query));
        TransferRecorder.Check(query.Experiment);
        DraftRules.CheckText("task", query.Task, Limits.MaxNameBytes);
        DraftRules.CheckText("consumer model", query.ConsumerModel, Limits.MaxNameBytes);
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
}

/// <summary>A recall on its way: what is asked, of which moment (null: of the present), and since when.</summary>
/// <param name="Query">What is asked.</param>
/// <param name="Vector">The vector that the caller or his embedder made, if any.</param>
/// <param name="MadeFor">The space in which an embedder made it; null for one that the caller gave.</param>
/// <param name="Seen">What is seen; null for the present.</param>
/// <param name="NowMicroseconds">When expiry is judged.</param>
/// <param name="Start">When it began.</param>
/// <param name="Plan">Gets how each part was searched, where somebody wants to know.</param>
/// <param name="Cancellation">Cancels.</param>
internal readonly record struct Ask(
    RecallQuery Query, ReadOnlyMemory<float>? Vector, SpaceEntry? MadeFor, PoolView? Seen, long NowMicroseconds, long Start,
    List<SearchStep>? Plan, CancellationToken Cancellation)
{
    /// <summary>The query's text as it is searched for, if it has one.</summary>
    public QuestionText? Text { get; init; }
}

/// <summary>What a search found.</summary>
/// <param name="Found">How many rows.</param>
/// <param name="Matching">How many rows could have been found.</param>
/// <param name="IsCut">Whether there may be more than was asked for.</param>
internal readonly record struct Searched(int Found, int Matching, bool IsCut);
