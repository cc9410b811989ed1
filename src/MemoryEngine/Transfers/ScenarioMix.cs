namespace MemoryEngine.Transfers;

/// <summary>
/// The mix of levels that a scenario asks for: a share of the k for the levels it is about, made whole numbers by largest remainder;
/// the other places, and those that nothing fills, go to the next most similar.
/// </summary>
/// <remarks>
/// The article's "L1 &gt; 90 %, L2 &gt; 70 %, L3 &gt; 60 %", which cannot be shares of one pool. Largest remainder is Hamilton's
/// method of apportionment: of k = 3, 70 % are 2.1 and the rest 0.9, so two and one.
/// </remarks>
/// <param name="Least">The lowest level it is about.</param>
/// <param name="Most">The highest.</param>
/// <param name="Share">The share of them, 0 to 1.</param>
/// <param name="IsOnly">Whether nothing else may come.</param>
internal readonly record struct ScenarioMix(MemoryLevel Least, MemoryLevel Most, double Share, bool IsOnly)
{
    public static ScenarioMix Of(TransferScenario scenario) => scenario switch
    {
        TransferScenario.Default => new(MemoryLevel.Trace, MemoryLevel.Strategy, 0, IsOnly: false),
        TransferScenario.SingleTask => new(MemoryLevel.Trace, MemoryLevel.Trace, 0.9, IsOnly: false),
        TransferScenario.LongEdit => new(MemoryLevel.Procedure, MemoryLevel.Procedure, 0.7, IsOnly: false),
        TransferScenario.CrossDomain => new(MemoryLevel.Insight, MemoryLevel.Strategy, 0.6, IsOnly: false),
        TransferScenario.NewTask => new(MemoryLevel.Insight, MemoryLevel.Strategy, 1, IsOnly: true),
        _ => throw new ArgumentOutOfRangeException(nameof(scenario), scenario, "No such scenario."),
    };

    /// <summary>Whether it is about a level.</summary>
    public bool IsAbout(MemoryLevel level) => level >= Least && level <= Most;

    /// <summary>Whether a memory of a level may come at all.</summary>
    public bool Allows(MemoryLevel level) => !IsOnly || IsAbout(level);

    /// <summary>How many of k places are for the levels it is about.</summary>
    public int Places(int k)
    {
        // Of two shares, the larger remainder gets the place that is left; at a tie the one that the scenario is about.
        var exact = Math.Round(Share * k, 9);
        var whole = (int)exact;
        return exact - whole >= 0.5 ? whole + 1 : whole;
    }

    /// <summary>Chooses k of ranked candidates.</summary>
    /// <param name="levels">Their levels, best first.</param>
    /// <param name="k">How many to choose at most.</param>
    /// <param name="chosen">Room for a flag a candidate: whether it is chosen. Their order stays what it was.</param>
    /// <returns>How many are chosen.</returns>
    public int Choose(ReadOnlySpan<MemoryLevel> levels, int k, Span<bool> chosen)
    {
        chosen.Clear();
        var (count, places) = (0, Places(k));
        for (var i = 0; i < levels.Length && count < places; i++)
        {
            if (!IsAbout(levels[i])) continue;
            chosen[i] = true;
            count++;
        }
        for (var i = 0; i < levels.Length && count < k; i++)
        {
            if (chosen[i] || !Allows(levels[i])) continue;
            chosen[i] = true;
            count++;
        }
        return count;
    }
}
