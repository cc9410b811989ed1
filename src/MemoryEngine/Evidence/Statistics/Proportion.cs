namespace MemoryEngine.Evidence.Statistics;

/// <summary>What k successes in n trials say about the probability behind them.</summary>
internal static class Proportion
{
    /// <summary>Wilson's score interval: for what is shown; its coverage is near the level on average.</summary>
    /// <param name="successes">0 to <paramref name="trials"/>; a sum of graded outcomes serves too.</param>
    /// <param name="trials">Trials; 0 gives the whole range.</param>
    /// <param name="confidence">The level, 0.95 say, two-sided.</param>
    /// <remarks>Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.</remarks>
    public static Interval Wilson(double successes, long trials, double confidence = 0.95)
    {
        Check(successes, trials);
        if (trials == 0) return new Interval(0, 1);
        var (n, p, z) = ((double)trials, successes / trials, NormalDistribution.TwoSided(confidence));
        var centre = p + (z * z / (2 * n));
        var half = z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        var scale = 1 + (z * z / n);
        return new Interval(
            successes == 0 ? 0 : Math.Max(0, (centre - half) / scale),
            successes == trials ? 1 : Math.Min(1, (centre + half) / scale));
    }

    /// <summary>The Clopper-Pearson interval: for what decides; its coverage is never below the level.</summary>
    /// <remarks>Source: Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial.</remarks>
    public static Interval ClopperPearson(long successes, long trials, double confidence = 0.95)
    {
        var oneSided = 1 - ((1 - confidence) / 2);
        return new Interval(LowerBound(successes, trials, oneSided), UpperBound(successes, trials, oneSided));
    }

    /// <summary>The one-sided Clopper-Pearson lower bound: the truth is below it with a probability of at most 1 - confidence.</summary>
    /// <remarks>Source: Clopper and Pearson (1934), with one tail alone.</remarks>
    public static double LowerBound(long successes, long trials, double confidence = 0.95)
    {
        Check(successes, trials);
        return successes == 0 ? 0 : BetaDistribution.Quantile(1 - confidence, successes, trials - successes + 1);
    }

    /// <summary>The one-sided Clopper-Pearson upper bound: the truth is above it with a probability of at most 1 - confidence.</summary>
    /// <remarks>Source: Clopper and Pearson (1934), with one tail alone.</remarks>
    public static double UpperBound(long successes, long trials, double confidence = 0.95)
    {
        Check(successes, trials);
        return successes == trials ? 1 : BetaDistribution.Quantile(confidence, successes + 1, trials - successes);
    }

    private static void Check(double successes, long trials)
    {
        if (trials < 0 || !(successes >= 0 && successes <= trials))
            throw new ArgumentOutOfRangeException(nameof(successes), $"{successes} successes in {trials} trials.");
    }
}
