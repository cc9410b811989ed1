namespace MemoryEngine.Index;

/// <summary>How a search went about it.</summary>
internal enum SearchWay
{
    /// <summary>Nothing matches, or nothing was asked for.</summary>
    Skipped,

    /// <summary>Every row that matches was compared.</summary>
    Exact,

    /// <summary>A walk from match to match, through neighbours of neighbours.</summary>
    Acorn,

    /// <summary>A walk over all rows that hides from the answer what does not match.</summary>
    Hidden,

    /// <summary>A walk without a filter.</summary>
    Walk,
}

/// <summary>What a search computed, and how.</summary>
/// <param name="CodeDistances">Distances between codes.</param>
/// <param name="FloatDistances">Exact distances.</param>
/// <param name="Way">What was chosen.</param>
/// <param name="Scanned">
/// Whether every row that may be found was compared in the end: as planned, or because few matched near the query.
/// </param>
internal readonly record struct SearchCost(long CodeDistances, long FloatDistances, SearchWay Way, bool Scanned);

/// <summary>
/// Which way a filtered search goes, from how many rows match. The thresholds are measured: benchmarks/Comparison -- filters.
/// </summary>
internal static class FilterPlan
{
    /// <summary>Exact comparisons that take as long as a walk does for each candidate that it keeps.</summary>
    private const double ExactPerCandidate = 8;

    /// <summary>
    /// Between these parts of the rows a walk from match to match finds as much as a wide one over all of them, and is faster.
    /// Where fewer match, they are no longer neighbours of each other's neighbours: at one in twenty it found 0.92 and no more.
    /// </summary>
    private const double AcornFrom = 0.1, AcornBelow = 0.4;

    /// <summary>
    /// Of the matches that evenly spread ones would have near the query, the part that must be there for a walk to be trusted.
    /// </summary>
    public const double LeastOfExpected = 0.5;

    public static SearchWay Choose(int matching, int rows, int ef)
    {
        if (matching == 0) return SearchWay.Skipped;
        // A walk over all rows keeps rows / matching times ef of them.
        if ((double)matching * matching <= ExactPerCandidate * ef * rows) return SearchWay.Exact;
        return matching >= AcornFrom * rows && matching < AcornBelow * rows ? SearchWay.Acorn : SearchWay.Hidden;
    }

    /// <summary>
    /// Candidates that the chosen walk keeps: from match to match as many as without a filter, over all rows so many that, of
    /// evenly spread ones, enough match.
    /// </summary>
    public static int Limit(SearchWay way, int matching, int rows, int ef) =>
        way == SearchWay.Hidden ? (int)Math.Min((long)ef * rows / matching, rows) : Math.Min(ef, matching);
}
