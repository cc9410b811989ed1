namespace MemoryEngine.Transfers;

/// <summary>What the table is asked about a memory and a task.</summary>
/// <param name="Level">The memory's level.</param>
/// <param name="Relation">How far its domain is from the task's.</param>
/// <param name="Match">How its preconditions stand to the task's context.</param>
/// <param name="IsSpecificityLow">Whether its text is hardly bound to its origin.</param>
/// <param name="IsPinned">Whether the caller asked for it by id.</param>
internal readonly record struct ModeQuestion(
    MemoryLevel Level, DomainRelation Relation, PreconditionMatch Match, bool IsSpecificityLow, bool IsPinned);

/// <summary>What the table says.</summary>
internal enum ModeAnswer : byte
{
    /// <summary>It may come.</summary>
    Yes,

    /// <summary>It may come because it was asked for by id.</summary>
    Pinned,

    /// <summary>The mode has nothing from so far.</summary>
    NothingFromThere,

    /// <summary>Its level is too low to come from there.</summary>
    LevelTooLow,

    /// <summary>Its level may come from there only where its specificity is low, and it is not.</summary>
    TooSpecific,

    /// <summary>Its preconditions contradict the task's context: it never comes.</summary>
    Contradicts,
}

/// <summary>
/// Which memory may reach which task. A pure function, and the only place that knows. After Memory Transfer Learning
/// (arXiv 2604.14004): what is abstract crosses domains, what is concrete does harm there.
/// </summary>
internal static class ModeTable
{
    /// <summary>Decides about a memory.</summary>
    /// <param name="mode">The mode; not Auto, which is another's choice of one of the others.</param>
    /// <param name="question">The memory and the task.</param>
    public static ModeAnswer Decide(TransferMode mode, in ModeQuestion question)
    {
        if (question.Match == PreconditionMatch.Contradict) return ModeAnswer.Contradicts;
        var least = Least(mode, question.Relation, question.Match, isSpecificityLow: true);
        if (question.Level >= least && question.Level >= Least(mode, question.Relation, question.Match, question.IsSpecificityLow))
            return ModeAnswer.Yes;
        if (question.IsPinned) return ModeAnswer.Pinned;
        return least == Nothing ? ModeAnswer.NothingFromThere
            : question.Level >= least ? ModeAnswer.TooSpecific
            : ModeAnswer.LevelTooLow;
    }

    /// <summary>
    /// The lowest level of a memory that could come from so far at all, whatever its preconditions and its text: a search need not
    /// look at lower ones. Above every level where nothing could.
    /// </summary>
    public static MemoryLevel LeastThatCouldCome(TransferMode mode, DomainRelation relation) =>
        Least(mode, relation, PreconditionMatch.Match, isSpecificityLow: true);

    /// <summary>In words, for whoever asks why.</summary>
    public static string Explain(TransferMode mode, in ModeQuestion question)
    {
        var from = question.Relation switch
        {
            DomainRelation.Own => "own domain",
            DomainRelation.Near => "near domain",
            _ => question.Match == PreconditionMatch.Match ? "foreign domain, preconditions match" : "foreign domain, preconditions unknown",
        };
        var level = $"level {(int)question.Level}";
        return Decide(mode, question) switch
        {
            ModeAnswer.Yes => $"{mode}: {level} may come ({from})",
            ModeAnswer.Pinned => $"asked for by id; {mode} alone would not let {level} come ({from})",
            ModeAnswer.NothingFromThere => $"{mode}: nothing comes from there ({from})",
            ModeAnswer.LevelTooLow => $"{mode}: {level} is too low to come from there ({from})",
            ModeAnswer.TooSpecific => $"{mode}: {level} may come from there only where its specificity is low ({from})",
            _ => "what it requires contradicts the task's context: it never comes",
        };
    }

    private const MemoryLevel Nothing = (MemoryLevel)byte.MaxValue;

    // The table: the lowest level that may come.
    private static MemoryLevel Least(TransferMode mode, DomainRelation relation, PreconditionMatch match, bool isSpecificityLow) =>
        (mode, relation) switch
        {
            (TransferMode.SingleDomain, DomainRelation.Own) => MemoryLevel.Trace,
            (TransferMode.SingleDomain, _) => Nothing,
            (TransferMode.CrossDomain, DomainRelation.Own or DomainRelation.Near) => MemoryLevel.Procedure,
            (TransferMode.CrossDomain, _) when match == PreconditionMatch.Match =>
                isSpecificityLow ? MemoryLevel.Procedure : MemoryLevel.Insight,
            (TransferMode.CrossDomain, _) => isSpecificityLow ? MemoryLevel.Insight : MemoryLevel.Strategy,
            (TransferMode.Hybrid, DomainRelation.Own) => MemoryLevel.Trace,
            (TransferMode.Hybrid, DomainRelation.Near) => MemoryLevel.Procedure,
            (TransferMode.Hybrid, _) => match == PreconditionMatch.Match ? MemoryLevel.Procedure : MemoryLevel.Insight,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "The table knows modes; Auto is to choose one of them first."),
        };
}
