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

    /// <summary>The space that is searched by vector.</summary>
    public string Space { get; init; } = VectorSpace.TextSpace;

    /// <summary>How many memories to hand over, at most <see cref="Limits.MaxRecall"/>.</summary>
    public int K { get; init; } = 3;

    /// <summary>
    /// The domain of the task that asks. With <see cref="Mode"/> it decides which levels may come from where; for a task that states
    /// none every memory is of its own domain.
    /// </summary>
    public string? Domain { get; init; }

    /// <summary>
    /// Which memories may reach the task. Auto takes the mode of the pool's size: under 100 source tasks SingleDomain, to 500
    /// CrossDomain, over 500 Hybrid; for a task without a domain SingleDomain, in which all levels may come.
    /// </summary>
    public TransferMode Mode { get; init; }

    /// <summary>What the recall is for: it sets the mix of levels.</summary>
    public TransferScenario Scenario { get; init; }

    /// <summary>
    /// What the task has: <c>language</c>, <c>os</c>, <c>tool</c>, versions by name, and a fingerprint in entries that begin with
    /// <c>seen:</c>. Compared with what memories require; what it does not state is unknown.
    /// </summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = MemoryDraft.EmptyRequires;

    /// <summary>Memories to hand over whatever their rank and level, first of all; at most <see cref="K"/>.</summary>
    public IReadOnlyList<MemoryPin> Pins { get; init; } = [];

    /// <summary>
    /// The least raw similarity by vector, or BM25 score of what was found by words alone; null for any. Never the fused score.
    /// </summary>
    public float? MinScore { get; init; }

    /// <summary>
    /// Puts the 20 most similar into the order of the lower bound of their estimated effect, where there is evidence; of equals the scores
    /// decide, which credit for what a contributor gave before moves by a tenth at most.
    /// </summary>
    public bool ByEffect { get; init; }

    /// <summary>How much unlikeness counts against similarity, 0 (not at all) to 1: maximal marginal relevance.</summary>
    public double Diversity { get; init; }

    /// <summary>The probability, 0 to 1, with which the last place goes to a memory that was hardly ever handed over.</summary>
    public double Exploration { get; init; }

    /// <summary>The task that asks, by whatever name its runs share: runs of one task by one model are compared with each other.</summary>
    public string? Task { get; init; }

    /// <summary>The model that gets the memories.</summary>
    public string? ConsumerModel { get; init; }

    /// <summary>How chance takes part, so that effects can be measured; null takes <see cref="MemoryStoreOptions.Experiment"/>.</summary>
    public RecallExperiment? Experiment { get; init; }

    /// <summary>Whether the recall is recorded as a transfer, of which an outcome can be reported. Off, it leaves no trace.</summary>
    public bool Record { get; init; } = true;

    /// <summary>
    /// Whether to tell what was left out and why, more about every reason, and in <see cref="RecallResult.Plan"/> how it was searched.
    /// </summary>
    public bool Explain { get; init; }

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

    /// <summary>
    /// Only memories that require this language or state none. It also stands for the context's <c>language</c> where that states none.
    /// </summary>
    public string? Language { get; init; }

    /// <summary>The seed of what chance decides; null draws one. For tests.</summary>
    internal uint? Seed { get; init; }

    /// <summary>The number from 0 to 1 that decides about <see cref="Exploration"/>; null draws one.</summary>
    internal double? ExplorationDraw { get; init; }

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

/// <summary>A memory that is asked for by id.</summary>
/// <param name="Id">The memory.</param>
/// <param name="Version">A version of it, which may be an old one; null for the current one.</param>
public readonly record struct MemoryPin(Guid Id, int? Version = null);

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
public readonly record struct RecalledMemory(MemoryVersion Memory, RecallScores Scores)
{
    /// <summary>What verification said about it: always accepted, with what is worth knowing.</summary>
    public MemoryVerdict Verdict { get; init; } = null!;
}

/// <summary>What a recall found, best first.</summary>
public sealed class RecallResult
{
    private IReadOnlyList<string> _notes = [];

    /// <summary>At most k memories; fewer only when fewer match and pass verification.</summary>
    public required IReadOnlyList<RecalledMemory> Memories { get; init; }

    /// <summary>
    /// The transfer: what <see cref="MemoryStore.ReportAsync"/> is told the outcome of. Null where none was recorded: in a pool that was
    /// opened read-only or takes no more writes, of a snapshot, or where the query or the options say so.
    /// </summary>
    public Guid? Transfer { get; init; }

    /// <summary>Whether there is a transfer.</summary>
    public bool Recorded => Transfer is not null;

    /// <summary>Whether chance held the whole recall out: then no memories are handed over, and its outcome is a control.</summary>
    public bool IsHeldOut { get; init; }

    /// <summary>How many memories chance withheld. Which ones <see cref="LeftOut"/> tells where the query asked to explain.</summary>
    public int WithheldCount { get; init; }

    /// <summary>The mode it ran in: never <see cref="TransferMode.Auto"/>, but what that chose.</summary>
    public required TransferMode Mode { get; init; }

    /// <summary>
    /// What was found and not handed over, with reasons, best first: the most similar ones, not all. Empty unless the query asked to
    /// explain.
    /// </summary>
    public IReadOnlyList<LeftOutMemory> LeftOut { get; init; } = [];

    /// <summary>How many memories the filters and the mode let through.</summary>
    public required int Considered { get; init; }

    /// <summary>The sequence up to which the pool's events were visible.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// What makes this less than it could be, a sentence each: that the embedder is down and only words were searched, that a memory is
    /// damaged, that the mode left nothing.
    /// Empty when all was in order.
    /// </summary>
    public IReadOnlyList<string> Notes
    {
        get => _notes;
        init => _notes = value;
    }

    /// <summary>How each part of the pool was searched, where the query asked for it.</summary>
    public IReadOnlyList<SearchStep> Plan { get; init; } = [];

    /// <summary>Time of the search: embedding, vectors, words, fusion.</summary>
    public required TimeSpan SearchTime { get; init; }

    /// <summary>Time of the verification, without the reading of memories that it had not seen before.</summary>
    public required TimeSpan VerifyTime { get; init; }

    /// <summary>Time of everything, reading the memories included.</summary>
    public required TimeSpan TotalTime { get; init; }

    /// <summary>Tells what was found out after the rest was.</summary>
    internal void SetNotes(IReadOnlyList<string> notes) => _notes = notes;
}
