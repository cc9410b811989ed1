namespace MemoryEngine.Evidence.Statistics;

/// <summary>An estimate with its interval and the weight with which it enters a sum.</summary>
internal readonly record struct WeightedEstimate(double Weight, double Value, Interval Interval);

/// <summary>Intervals of what is computed from several independent estimates.</summary>
internal static class Combination
{
    /// <summary>The interval of a weighted sum of independent estimates, from the interval of each at the same level.</summary>
    /// <remarks>
    /// Source: Zou and Donner (2008), Construction of confidence limits about effect measures: the square-and-add rule, of which
    /// Newcombe's interval for a difference of rates is the case of two.
    /// </remarks>
    public static Interval Sum(IEnumerable<WeightedEstimate> estimates)
    {
        var (sum, below, above) = (0.0, 0.0, 0.0);
        foreach (var (weight, value, interval) in estimates)
        {
            sum += weight * value;
            var (low, high) = (weight * (value - interval.Low), weight * (interval.High - value));
            // A negative weight turns the interval round.
            below += weight >= 0 ? low * low : high * high;
            above += weight >= 0 ? high * high : low * low;
        }
        return new Interval(sum - Math.Sqrt(below), sum + Math.Sqrt(above));
    }

    /// <summary>The interval of a difference of two means, first minus second, by the normal approximation with unequal variances.</summary>
    /// <param name="mean1">The first mean.</param>
    /// <param name="variance1">The variance of one value of the first sample.</param>
    /// <param name="count1">Its size.</param>
    /// <param name="mean2">The second mean.</param>
    /// <param name="variance2">The variance of one value of the second sample.</param>
    /// <param name="count2">Its size.</param>
    /// <remarks>Source: Welch (1938); the normal quantile in place of Student's, so it is for samples of thirty and more.</remarks>
    public static Interval Difference(double mean1, double variance1, long count1, double mean2, double variance2, long count2)
    {
        var half = NormalDistribution.TwoSided(0.95) * Math.Sqrt((variance1 / count1) + (variance2 / count2));
        return new Interval(mean1 - mean2 - half, mean1 - mean2 + half);
    }

    /// <summary>The interval of a ratio of two positive means, first to second: normal for its logarithm.</summary>
    /// <inheritdoc cref="Difference" path="/param"/>
    /// <remarks>Source: Hedges, Gurevitch and Curtis (1999), The meta-analysis of response ratios in experimental ecology.</remarks>
    public static Interval Ratio(double mean1, double variance1, long count1, double mean2, double variance2, long count2)
    {
        var error = Math.Sqrt((variance1 / (count1 * mean1 * mean1)) + (variance2 / (count2 * mean2 * mean2)));
        var (log, half) = (Math.Log(mean1 / mean2), NormalDistribution.TwoSided(0.95) * error);
        return new Interval(Math.Exp(log - half), Math.Exp(log + half));
    }
}
