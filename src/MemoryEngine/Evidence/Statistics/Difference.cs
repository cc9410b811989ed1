namespace MemoryEngine.Evidence.Statistics;

/// <summary>Intervals for the difference of two proportions, by Newcombe's hybrid score methods.</summary>
internal static class Difference
{
    /// <summary>First minus second, of two independent samples.</summary>
    /// <remarks>Source: Newcombe (1998), Interval estimation for the difference between independent proportions, method 10.</remarks>
    public static Interval Unpaired(double successes1, long trials1, double successes2, long trials2, double confidence = 0.95)
    {
        if (trials1 == 0 || trials2 == 0) return new Interval(-1, 1);
        return Combine(successes1, trials1, successes2, trials2, correlation: 0, confidence);
    }

    /// <summary>First minus second, of two answers about the same cases.</summary>
    /// <param name="both">Cases where both are true.</param>
    /// <param name="firstOnly">Cases where the first alone is.</param>
    /// <param name="secondOnly">Cases where the second alone is.</param>
    /// <param name="neither">Cases where neither is.</param>
    /// <param name="confidence">The level, two-sided.</param>
    /// <remarks>
    /// Source: Newcombe (1998), Improved confidence intervals for the difference between binomial proportions based on paired
    /// data, method 10: the correlation is lowered by a continuity correction, and not below zero by it.
    /// </remarks>
    public static Interval Paired(long both, long firstOnly, long secondOnly, long neither, double confidence = 0.95)
    {
        var n = both + firstOnly + secondOnly + neither;
        if (n == 0) return new Interval(-1, 1);
        var (first, second) = (both + firstOnly, both + secondOnly);
        var correlation = Correlation(both, firstOnly, secondOnly, neither);
        return Combine(first, n, second, n, correlation, confidence);
    }

    private static double Correlation(double both, double firstOnly, double secondOnly, double neither)
    {
        var margins = (both + firstOnly) * (secondOnly + neither) * (both + secondOnly) * (firstOnly + neither);
        if (margins == 0) return 0;
        var product = (both * neither) - (firstOnly * secondOnly);
        if (product > 0) product = Math.Max(0, product - ((both + firstOnly + secondOnly + neither) / 2));
        return product / Math.Sqrt(margins);
    }

    private static Interval Combine(double s1, long n1, double s2, long n2, double correlation, double confidence)
    {
        var (p1, p2) = (s1 / n1, s2 / n2);
        var (first, second) = (Proportion.Wilson(s1, n1, confidence), Proportion.Wilson(s2, n2, confidence));
        var low = Root(p1 - first.Low, second.High - p2);
        var high = Root(first.High - p1, p2 - second.Low);
        return new Interval(p1 - p2 - low, p1 - p2 + high);

        double Root(double a, double b) => Math.Sqrt(Math.Max(0, (a * a) - (2 * correlation * a * b) + (b * b)));
    }
}
