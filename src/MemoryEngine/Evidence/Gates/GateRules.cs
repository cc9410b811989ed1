using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Gates;

/// <summary>
/// Three-valued gates. A gate passes when the one-sided 95 % bound is on the good side of its limit, fails when the opposite bound
/// is on the bad side, and else says how much more data it takes. A rate uses Clopper and Pearson's exact bounds, so that a gate is
/// wrong in at most one case of twenty whatever the truth; a paired difference uses Newcombe's.
/// </summary>
internal static class GateRules
{
    /// <summary>The level of a one-sided bound.</summary>
    public const double Confidence = 0.95;

    /// <summary>Both one-sided bounds together are an interval of this level.</summary>
    private const double TwoSided = 1 - (2 * (1 - Confidence));

    /// <summary>Beyond this nobody waits for more data.</summary>
    private const long Most = 100_000_000;

    /// <summary>A rate that must be under a limit; more data is counted as if nothing bad were in it.</summary>
    public static Gate RateBelow(string name, long bad, long trials, double limit, double? article = null)
    {
        if (trials == 0) return Unmeasured(name, limit, article, SmallestBelow(bad, trials, limit));
        var (low, high) = (Proportion.LowerBound(bad, trials, Confidence), Proportion.UpperBound(bad, trials, Confidence));
        var verdict = high < limit ? GateVerdict.Pass : low > limit ? GateVerdict.Fail : GateVerdict.Insufficient;
        var needed = verdict == GateVerdict.Insufficient ? SmallestBelow(bad, trials, limit) : null;
        return new Gate(name, (double)bad / trials, low, high, limit, article, verdict, needed);
    }

    /// <summary>A rate that must be over a limit; more data is counted as if all of it were good.</summary>
    public static Gate RateAbove(string name, long good, long trials, double limit, double? article = null)
    {
        var below = RateBelow(name, trials - good, trials, 1 - limit);
        return below with
        {
            Value = 1 - below.Value,
            Low = 1 - below.High,
            High = 1 - below.Low,
            Limit = limit,
            Article = article,
        };
    }

    /// <summary>The gain of memory, in points of a hundred, must be over a limit; more data is counted like what is there.</summary>
    public static Gate GainAbove(string name, PairCounts pairs, double limit, double? article = null)
    {
        if (pairs.Pairs == 0) return Unmeasured(name, limit, article, null);
        var interval = pairs.GainInterval(TwoSided);
        var (low, high) = (100 * interval.Low, 100 * interval.High);
        var verdict = low > limit ? GateVerdict.Pass : high < limit ? GateVerdict.Fail : GateVerdict.Insufficient;
        long? needed = null;
        if (verdict == GateVerdict.Insufficient && 100 * pairs.Gain > limit)
            needed = Smallest(more => 100 * Scale(pairs, more).GainInterval(TwoSided).Low > limit);
        return new Gate(name, 100 * pairs.Gain, low, high, limit, article, verdict, needed);
    }

    /// <summary>The loss beyond the flips of two controls must be under a limit; more data is counted like what is there.</summary>
    public static Gate ExcessBelow(string name, FlipCounts flips, double limit, double? article = null)
    {
        if (flips.Excess is not { } excess) return Unmeasured(name, limit, article, null);
        var (low, high) = flips.ExcessInterval(TwoSided);
        var verdict = high < limit ? GateVerdict.Pass : low > limit ? GateVerdict.Fail : GateVerdict.Insufficient;
        long? needed = null;
        if (verdict == GateVerdict.Insufficient && excess < limit)
            needed = Smallest(more => Scale(flips, more).ExcessInterval(TwoSided).High < limit);
        return new Gate(name, excess, low, high, limit, article, verdict, needed);
    }

    /// <summary>
    /// A rate that a model judged must be under a limit. It gates by the corrected rate alone; without a measured confusion, or
    /// with a judge that is not known to be better than a coin, the answer is insufficient.
    /// </summary>
    public static Gate JudgedRateBelow(string name, long bad, long trials, JudgeConfusion? judge, double limit, double? article = null)
    {
        // The judge's word for a bad run is "fail", so sensitivity and specificity change places.
        var turned = judge is { } j ? new JudgeConfusion(j.FailedAsFail, j.Failed, j.PassedAsPass, j.Passed) : default;
        if (judge is null || JudgeCorrection.Correct(bad, trials, turned, TwoSided) is not { } corrected)
            return Unmeasured(name, limit, article, null);
        var (low, high) = corrected.Interval;
        var verdict = high < limit ? GateVerdict.Pass : low > limit ? GateVerdict.Fail : GateVerdict.Insufficient;
        return new Gate(name, corrected.Rate, low, high, limit, article, verdict, null);
    }

    /// <summary>Something that is counted and must be over a limit: no doubt, so pass or fail.</summary>
    public static Gate CountAbove(string name, double value, double limit, double? article = null) =>
        new(name, value, value, value, limit, article, value > limit ? GateVerdict.Pass : GateVerdict.Fail, null);

    /// <summary>Something that is counted and must be under a limit.</summary>
    public static Gate CountBelow(string name, double value, double limit, double? article = null) =>
        new(name, value, value, value, limit, article, value < limit ? GateVerdict.Pass : GateVerdict.Fail, null);

    private static Gate Unmeasured(string name, double limit, double? article, long? needed) =>
        new(name, null, null, null, limit, article, GateVerdict.Insufficient, needed);

    private static long? SmallestBelow(long bad, long trials, double limit) =>
        limit is > 0 and < 1 ? Smallest(more => Proportion.UpperBound(bad, trials + more, Confidence) < limit) : null;

    /// <summary>The smallest number from 1 on for which something holds that holds for all larger ones.</summary>
    private static long? Smallest(Func<long, bool> holds)
    {
        var high = 1L;
        while (!holds(high))
        {
            if (high > Most) return null;
            high *= 2;
        }
        for (var low = high / 2; low + 1 < high;)
        {
            var middle = low + ((high - low) / 2);
            if (holds(middle)) high = middle;
            else low = middle;
        }
        return high;
    }

    private static PairCounts Scale(PairCounts pairs, long more)
    {
        var factor = (pairs.Pairs + more) / (double)pairs.Pairs;
        return new PairCounts(Round(pairs.Both * factor), Round(pairs.Gains * factor), Round(pairs.Losses * factor), Round(pairs.Neither * factor));
    }

    private static FlipCounts Scale(FlipCounts flips, long more)
    {
        var factor = (flips.Tasks + more) / (double)flips.Tasks;
        return new FlipCounts(
            Round(flips.LossAndFlip * factor), Round(flips.LossOnly * factor), Round(flips.FlipOnly * factor), Round(flips.Neither * factor));
    }

    private static long Round(double count) => (long)Math.Round(count);
}
