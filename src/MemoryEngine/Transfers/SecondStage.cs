namespace MemoryEngine.Transfers;

/// <summary>A verified candidate, for the stages that order what similarity found.</summary>
/// <param name="Memory">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Effect">The lower bound of its estimated effect in points; null where there are no data.</param>
/// <param name="Appearances">How often it has been handed over.</param>
/// <param name="Score">Its fused score, as credit for its contributor moves it.</param>
internal readonly record struct StagedCandidate(Guid Memory, int Version, double? Effect, long Appearances, double Score);

/// <summary>
/// What comes after similarity, where it is asked for: the best by similarity are put into the order of the lower bound of their
/// estimated effect, and a place may go to something that was hardly ever tried. Both are off by default, and a recall without them is
/// deterministic.
/// </summary>
internal static class SecondStage
{
    /// <summary>How many of the best by similarity take part.</summary>
    public const int Depth = 20;

    /// <summary>A memory that was handed over less often is new.</summary>
    public const int NewUnder = 5;

    /// <summary>
    /// Puts the best by similarity into the order of their effect. Without data a memory's effect is taken for none: it stands behind
    /// what is known to help and before what may do harm. Of equals the better score comes first, and of those with the same score, the first.
    /// </summary>
    /// <param name="candidates">Best by similarity first.</param>
    /// <param name="order">Room for as many indices, in the new order.</param>
    public static void ByEffect(ReadOnlySpan<StagedCandidate> candidates, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        var depth = Math.Min(Depth, candidates.Length);
        // By insertion: stable, and there are twenty at most.
        for (var i = 1; i < depth; i++)
        {
            for (var j = i; j > 0 && IsBetter(candidates[order[j]], candidates[order[j - 1]]); j--)
                (order[j], order[j - 1]) = (order[j - 1], order[j]);
        }
    }

    /// <summary>
    /// The exploration floor: with a probability, the last of the k places goes to the best-ranked new memory behind them, unless a
    /// new one is among the k already.
    /// </summary>
    /// <param name="candidates">In the order of their ranks.</param>
    /// <param name="k">Places.</param>
    /// <param name="share">The probability, 0 to 1.</param>
    /// <param name="draw">A number from 0 to 1, drawn from the recall's seed.</param>
    /// <returns>The index of the one that takes the last place; -1 for none.</returns>
    public static int Explored(ReadOnlySpan<StagedCandidate> candidates, int k, double share, double draw)
    {
        if (draw >= share || candidates.Length <= k) return -1;
        for (var i = 0; i < candidates.Length; i++)
            if (candidates[i].Appearances < NewUnder) return i < k ? -1 : i;
        return -1;
    }

    private static bool IsBetter(in StagedCandidate one, in StagedCandidate other)
    {
        var (effect, otherEffect) = (one.Effect ?? 0, other.Effect ?? 0);
        return effect > otherEffect || (effect == otherEffect && one.Score > other.Score);
    }
}
