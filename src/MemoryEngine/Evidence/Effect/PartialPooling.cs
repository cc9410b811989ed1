using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Effect;

/// <summary>What is known of one memory by itself, and where it belongs.</summary>
/// <param name="Estimate">Its own estimate, a difference of mean outcomes.</param>
/// <param name="StandardError">That estimate's standard error, above 0; infinite where there is no outcome yet.</param>
/// <param name="Level">Its level.</param>
/// <param name="Domain">The target domain the estimate is about, or the memory's own: whatever is grouped by.</param>
internal readonly record struct RawEffect(double Estimate, double StandardError, MemoryLevel Level, string Domain);

/// <summary>What is believed of one memory after those like it have been looked at too.</summary>
/// <param name="Mean">The effect to expect.</param>
/// <param name="Deviation">Its standard deviation.</param>
internal readonly record struct PooledEffect(double Mean, double Deviation)
{
    /// <summary>The probability that the effect is below a value, 0 for "it does harm".</summary>
    public double ProbabilityBelow(double value = 0) => NormalDistribution.AtMost((value - Mean) / Deviation);

    /// <summary>A bound that the effect is above with that probability; ranks use it, so that what is unknown ranks low.</summary>
    public double LowerBound(double confidence = 0.95) => Mean - (NormalDistribution.Quantile(confidence) * Deviation);
}

/// <summary>
/// Estimates of many memories that borrow strength from each other: a memory from its level in its domain, that from its level, that
/// from all. What has few outcomes is drawn to those like it. For ranks, suspicion and how often to withhold; it removes nothing.
/// </summary>
/// <remarks>
/// Sources: Morris (1983), Parametric empirical Bayes inference, for drawing to the mean and the wider interval of what is drawn; Paule
/// and Mandel (1982), Consensus values and weighting factors, for the variance between, as DerSimonian and Kacker (2007) have it.
/// </remarks>
internal static class PartialPooling
{
    /// <summary>Before any outcome an effect is taken to be about nothing, give or take ten points.</summary>
    private const double PriorVariance = 0.1 * 0.1;

    /// <summary>Groups that differ by less than a point are taken to differ by a point: few groups show no difference by luck.</summary>
    private const double LeastVariance = 0.01 * 0.01;

    /// <summary>One answer for each input, in the same order.</summary>
    public static PooledEffect[] Fit(IReadOnlyList<RawEffect> effects)
    {
        if (effects.Count == 0) return [];
        var leaves = new Tier(effects.Count);
        var (groups, levels) = (new Dictionary<(MemoryLevel, string), int>(), new Dictionary<MemoryLevel, int>());
        var levelOfGroup = new List<int>();
        for (var i = 0; i < effects.Count; i++)
        {
            var effect = effects[i];
            leaves.Set(i, effect.Estimate, effect.StandardError * effect.StandardError);
            if (!groups.TryGetValue((effect.Level, effect.Domain), out var group))
            {
                groups.Add((effect.Level, effect.Domain), group = groups.Count);
                if (!levels.TryGetValue(effect.Level, out var level)) levels.Add(effect.Level, level = levels.Count);
                levelOfGroup.Add(level);
            }
            leaves.Parents[i] = group;
        }
        var byGroup = leaves.Merge(groups.Count);
        levelOfGroup.CopyTo(byGroup.Parents);
        var byLevel = byGroup.Merge(levels.Count);
        var all = byLevel.Merge(1);
        all.DrawTo([new PooledEffect(0, 0)], PriorVariance);
        byLevel.DrawTo(all.Pooled, byLevel.Between);
        byGroup.DrawTo(byLevel.Pooled, byGroup.Between);
        leaves.DrawTo(byGroup.Pooled, leaves.Between);
        return leaves.Pooled;
    }

    /// <summary>The variance between the means behind estimates, where each has its own error and a parent with others.</summary>
    /// <returns>The value for which the weighted squares around the parents' means are as many as their degrees of freedom; at least 0.</returns>
    internal static double PauleMandel(ReadOnlySpan<double> values, ReadOnlySpan<double> variances, ReadOnlySpan<int> parents, int count)
    {
        Span<double> weights = count <= 256 ? stackalloc double[count] : new double[count];
        Span<double> sums = count <= 256 ? stackalloc double[count] : new double[count];
        var freedom = Freedom(variances, parents, weights);
        if (freedom <= 0 || Squares(values, variances, parents, 0, weights, sums) <= freedom) return 0;
        var (low, high) = (0.0, 1.0);
        while (Squares(values, variances, parents, high, weights, sums) > freedom) high *= 2;
        for (var i = 0; i < 100 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Squares(values, variances, parents, middle, weights, sums) > freedom) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    private static int Freedom(ReadOnlySpan<double> variances, ReadOnlySpan<int> parents, Span<double> seen)
    {
        seen.Clear();
        var freedom = 0;
        for (var i = 0; i < variances.Length; i++)
        {
            if (double.IsInfinity(variances[i])) continue;
            // The first of each parent gives its mean and no freedom.
            if (seen[parents[i]] > 0) freedom++;
            seen[parents[i]] = 1;
        }
        return freedom;
    }

    private static double Squares(
        ReadOnlySpan<double> values, ReadOnlySpan<double> variances, ReadOnlySpan<int> parents, double between,
        Span<double> weights, Span<double> sums)
    {
        weights.Clear();
        sums.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(variances[i])) continue;
            var weight = 1 / (variances[i] + between);
            weights[parents[i]] += weight;
            sums[parents[i]] += weight * values[i];
        }
        var total = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsInfinity(variances[i])) continue;
            var difference = values[i] - (sums[parents[i]] / weights[parents[i]]);
            total += difference * difference / (variances[i] + between);
        }
        return total;
    }

    /// <summary>Estimates of one kind, each with a parent of the next kind.</summary>
    private sealed class Tier(int count)
    {
        private readonly double[] _values = new double[count];
        private readonly double[] _variances = new double[count];

        public int[] Parents { get; } = new int[count];

        public PooledEffect[] Pooled { get; } = new PooledEffect[count];

        /// <summary>The variance between children of one parent.</summary>
        public double Between { get; private set; }

        public void Set(int at, double value, double variance)
        {
            var isKnown = double.IsFinite(value) && variance > 0 && double.IsFinite(variance);
            (_values[at], _variances[at]) = isKnown ? (value, variance) : (0, double.PositiveInfinity);
        }

        /// <summary>The parents' estimates: their children's means, each weighted by how well it is known.</summary>
        public Tier Merge(int parents)
        {
            Between = Math.Max(LeastVariance, PauleMandel(_values, _variances, Parents, parents));
            var (weights, sums) = (new double[parents], new double[parents]);
            for (var i = 0; i < count; i++)
            {
                var weight = 1 / (_variances[i] + Between);
                weights[Parents[i]] += weight;
                sums[Parents[i]] += weight * _values[i];
            }
            var merged = new Tier(parents);
            for (var p = 0; p < parents; p++) merged.Set(p, sums[p] / weights[p], 1 / weights[p]);
            return merged;
        }

        /// <summary>Draws each estimate to its parent's, the more the less it is known.</summary>
        public void DrawTo(PooledEffect[] parents, double between)
        {
            for (var i = 0; i < count; i++)
            {
                var parent = parents[Parents[i]];
                var drawn = double.IsInfinity(_variances[i]) ? 1 : _variances[i] / (_variances[i] + between);
                var mean = ((1 - drawn) * _values[i]) + (drawn * parent.Mean);
                var variance = (drawn * between) + (drawn * drawn * parent.Deviation * parent.Deviation);
                Pooled[i] = new PooledEffect(mean, Math.Sqrt(variance));
            }
        }
    }
}
