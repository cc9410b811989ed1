namespace MemoryEngine;

/// <summary>What to recall. A text, a vector, or both.</summary>
public sealed record RecallQuery
{
    /// <summary>The task or question, searched by words and, through the embedder, by meaning.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// A vector of <see cref="Space"/> in place of the embedder's. Null lets the embedder make one of <see cref="Text"/>.
    /// </summary>
    public ReadOnlyMemory<float>? Vector { get; init; }

    /// <summary>
    /// Vectors of several spaces in place of one: what they and the text find is made one ranking by rank, each with its weight. So
    /// one pool holds what was learned in several modalities, and a query may bring what it has of each.
    /// </summary>
    public IReadOnlyList<QueryVector> Vectors { get; init; } = [];

    /// <summary>What the text weighs beside <see cref="Vectors"/>.</summary>
    public float TextWeight { get; init; } = 1;

    /// <summary>Has <see cref="RecallResult.Plan"/> filled in.</summary>
    public bool Explain { get; init; }

    /// <summary>The space that is searched by vector.</summary>
    public string Space { get; init; } = VectorSpace.TextSpace;

    /// <summary>How many memories to hand over, at most <see cref="Limits.MaxRecall"/>.</summary>
    public int K { get; init; } = 3;

    /// <summary>The domain of the task that asks. It filters nothing; it is shown beside what was found.</summary>
    public string? Domain { get; init; }

    /// <summary>Only memories of this domain or below it: <c>backend</c> covers <c>backend/go</c>.</summary>
    public string? WithinDomain { get; init; }

    /// <summary>No memories of this domain or below it.</summary>
    public string? ExcludeDomain { get; init; }

    /// <summary>Only this format.</summary>
    public MemoryFormat? Format { get; init; }

    /// <summary>The lowest level.</summary>
    public MemoryLevel MinLevel { get; init; } = MemoryLevel.Trace;

    /// <summary>The highest level.</summary>
    public MemoryLevel MaxLevel { get; init; } = MemoryLevel.Strategy;

    /// <summary>Only memories that this model produced.</summary>
    public string? Model { get; init; }

    /// <summary>Only memories with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only memories that require this language or state none.</summary>
    public string? Language { get; init; }

    /// <summary>Which parts rank, for those who measure them apart.</summary>
    internal RecallParts Parts { get; init; } = RecallParts.All;
}

/// <summary>What ranks in a recall.</summary>
internal enum RecallParts
{
    All,

    /// <summary>BM25 alone.</summary>
    Words,

    /// <summary>Vectors alone, moved by the words as in <see cref="All"/>.</summary>
    Vector,
}

/// <summary>A vector that a query brings.</summary>
/// <param name="Space">Its space.</param>
/// <param name="Vector">As long as the space's dimension.</param>
/// <param name="Weight">What its ranking weighs against the others, 0 or more.</param>
public readonly record struct QueryVector(string Space, ReadOnlyMemory<float> Vector, float Weight = 1);

/// <summary>How a part of a pool was searched.</summary>
/// <param name="Part">Which: a segment by its number, memory, or the words of all parts.</param>
/// <param name="Space">The space; empty for the one that the engine learned, null for words.</param>
/// <param name="Rows">What the part holds of it.</param>
/// <param name="Matching">What the filters let through; for words, what was found.</param>
/// <param name="Way">What the planner chose.</param>
/// <param name="CodeDistances">Distances computed between codes.</param>
/// <param name="FloatDistances">Distances computed between vectors.</param>
public readonly record struct SearchStep(
    string Part, string? Space, long Rows, long Matching, string Way, long CodeDistances, long FloatDistances);

/// <summary>Why a memory was found. A part that did not find it has no score and no rank.</summary>
/// <param name="Vector">The raw similarity under the space's metric.</param>
/// <param name="VectorRank">Its rank by vector among what the filters let through, from 1.</param>
/// <param name="Bm25">The raw BM25 score.</param>
/// <param name="Bm25Rank">Its rank by BM25 among what the filters let through, from 1.</param>
/// <param name="Fused">What the order is by: the parts' scores, or with several vectors their ranks, made one. Good for no threshold.</param>
public readonly record struct RecallScores(float? Vector, int? VectorRank, float? Bm25, int? Bm25Rank, float Fused);

/// <summary>A memory that was found.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Scores">Why it was found.</param>
public readonly record struct RecalledMemory(MemoryVersion Memory, RecallScores Scores);

/// <summary>What a recall found, best first.</summary>
public sealed class RecallResult
{
    /// <summary>At most k memories; fewer only when fewer match.</summary>
    public required IReadOnlyList<RecalledMemory> Memories { get; init; }

    /// <summary>How many memories the filters let through.</summary>
    public required int Considered { get; init; }

    /// <summary>The sequence up to which the pool's events were visible.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// What makes this less than it could be, a sentence each: that the embedder is down and only words were searched.
    /// Empty when all was in order.
    /// </summary>
    public IReadOnlyList<string> Notes { get; internal set; } = [];

    /// <summary>How each part of the pool was searched, where the query asked for it.</summary>
    public IReadOnlyList<SearchStep> Plan { get; init; } = [];

    /// <summary>Time of the search: embedding, vectors, words, fusion.</summary>
    public required TimeSpan SearchTime { get; init; }

    /// <summary>Time of everything, reading the memories included.</summary>
    public required TimeSpan TotalTime { get; init; }
}
