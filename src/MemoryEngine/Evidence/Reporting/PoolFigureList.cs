using MemoryEngine.Evidence.Gates;
using MemoryEngine.Evidence.State;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Reporting;

/// <summary>The measures of the pool and its economy, each beside what the article says of it.</summary>
internal static class PoolFigureList
{
    private static readonly MemoryLevel[] Levels = Enum.GetValues<MemoryLevel>();

    /// <summary>The measures of the pool.</summary>
    public static IEnumerable<EvidenceFigure> Measures(PoolMeasures pool, EvidenceState state)
    {
        yield return Figures.Counted("tasks", pool.Tasks, pool.Tasks, "< 100, 100 to 500, > 500; > 1,000");
        yield return Figures.Counted("task_types", pool.TaskTypes, pool.TaskTypes, ">= 3");
        yield return Figures.Counted("high_share", (double)pool.High / pool.Active, pool.Active, "> 50 %");
        yield return Figures.Counted("strict_share", (double)pool.Strict / pool.Active, pool.Active);
        yield return Figures.Counted("low_share", (double)pool.Low / pool.Active, pool.Active, "< 10 %");
        yield return Figures.Of("reach", pool.Reach);
        foreach (var level in Levels) yield return Figures.Of($"reach_level_{(int)level}", pool.ReachOf(level));
        yield return Figures.Of("utilisation", pool.Utilisation, "> 70 %");
        foreach (var level in Levels) yield return Figures.Of($"utilisation_level_{(int)level}", pool.UtilisationOf(level));
        yield return Figures.Of("used_of_injected", pool.UsedOfInjected());
        foreach (var level in Levels) yield return Figures.Of($"used_of_injected_level_{(int)level}", pool.UsedOfInjected(level: level));
        foreach (var level in Levels)
        {
            var article = level >= MemoryLevel.Insight ? "> 80 %" : null;
            yield return Figures.Of($"transfer_success_level_{(int)level}", pool.TransferSuccess(level), article);
            yield return Figures.Of($"transfer_lift_level_{(int)level}_points", pool.LiftOf(level));
        }
        yield return Figures.Of("gain_micro_points", pool.Overall, "+3.7");
        var (macro, domains) = pool.MacroGainInterval;
        yield return domains == 0
            ? Figures.Unknown("gain_macro_points", "+3.7") : Figures.InPoints("gain_macro_points", pool.MacroGain, macro, domains, "+3.7");
        var pairs = state.Runs.Pairs;
        yield return pairs.Pairs == 0
            ? Figures.Unknown("gain_paired_points", "> 4, > 5")
            : Figures.InPoints("gain_paired_points", pairs.Gain, pairs.GainInterval(), pairs.Pairs, "> 4, > 5");
        yield return Loss("negative_transfer", pairs, default);
        yield return Loss("excess_negative_transfer", default, state.Runs.Flips);
        var drawn = state.Sums.Drawn;
        yield return drawn.Included == 0 || drawn.Withheld == 0
            ? Figures.Unknown("missing_by_arm")
            : Figures.Of(
                "missing_by_arm", ((double)drawn.IncludedKnown / drawn.Included) - ((double)drawn.WithheldKnown / drawn.Withheld),
                pool.MissingByArm, Math.Min(drawn.Included, drawn.Withheld));
    }

    /// <summary>What memory costs and saves, as outcomes and the prices say.</summary>
    public static IEnumerable<EvidenceFigure> Economy(PoolMeasures pool, EvidenceQuery query)
    {
        yield return query is { PassValue: { } value, Upkeep: { } upkeep } && double.IsFinite(pool.ReturnOnInvestment(value, upkeep))
            ? Figures.Of(
                "return_on_investment", pool.ReturnOnInvestment(value, upkeep), pool.ReturnInterval(value, upkeep),
                pool.ChangeInterval(RunFigure.Cost).Count, "> 10 to 15 %")
            : Figures.Unknown("return_on_investment", "> 10 to 15 %");
        yield return Figures.Of("failures_avoided", pool.FailuresAvoided);
        yield return Change(pool, RunFigure.FirstEditSeconds, "first_edit_change", "-30 to -40 %");
        yield return Change(pool, RunFigure.Seconds, "seconds_change");
        yield return Change(pool, RunFigure.Steps, "steps_change");
        yield return Change(pool, RunFigure.Tokens, "tokens_change");
        yield return Change(pool, RunFigure.Cost, "cost_change");
    }

    /// <summary>Losses among pairs: beyond what chance flips where that was measured.</summary>
    public static EvidenceFigure Loss(string name, PairCounts pairs, FlipCounts flips)
    {
        const string Article = "< 5 %, < 10 %";
        if (flips.Excess is { } excess) return Figures.Of(name, excess, flips.ExcessInterval(), flips.Tasks, Article);
        return pairs.Pairs == 0
            ? Figures.Unknown(name, Article)
            : Figures.Of(name, pairs.NegativeTransferRate, Proportion.ClopperPearson(pairs.Losses, pairs.Pairs), pairs.Pairs, Article);
    }

    private static EvidenceFigure Change(PoolMeasures pool, RunFigure figure, string name, string? article = null)
    {
        var (interval, count) = pool.ChangeInterval(figure);
        return count == 0 ? Figures.Unknown(name, article) : Figures.Of(name, pool.Change(figure), interval, count, article);
    }
}
