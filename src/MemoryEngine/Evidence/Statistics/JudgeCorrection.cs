namespace MemoryEngine.Evidence.Statistics;

/// <summary>
/// How often a judge was right where a verifier knew better: the confusion that corrects its labels.
/// </summary>
/// <param name="PassedAsPass">Runs that passed and that the judge passed.</param>
/// <param name="Passed">Runs that passed.</param>
/// <param name="FailedAsFail">Runs that failed and that the judge failed.</param>
/// <param name="Failed">Runs that failed.</param>
internal readonly record struct JudgeConfusion(long PassedAsPass, long Passed, long FailedAsFail, long Failed)
{
    /// <summary>The share of passed runs that it passes.</summary>
    public double Sensitivity => Passed == 0 ? double.NaN : (double)PassedAsPass / Passed;

    /// <summary>The share of failed runs that it fails.</summary>
    public double Specificity => Failed == 0 ? double.NaN : (double)FailedAsFail / Failed;
}

/// <summary>A rate that was seen through a judge, corrected for the judge's errors.</summary>
/// <param name="Rate">The corrected rate, within 0 and 1.</param>
/// <param name="Interval">Its interval, the uncertainty of the judge's own figures included.</param>
internal readonly record struct CorrectedRate(double Rate, Interval Interval);

/// <summary>Corrects the rate of passes that a judge gives for the judge's measured confusion.</summary>
internal static class JudgeCorrection
{
    /// <summary>Null where the judge is not known to be better than a coin: then its labels say nothing.</summary>
    /// <param name="judgedPasses">Runs that the judge passed.</param>
    /// <param name="runs">Runs that it judged.</param>
    /// <param name="judge">Its confusion, measured on other runs.</param>
    /// <param name="confidence">The level, two-sided.</param>
    /// <remarks>
    /// Sources: Rogan and Gladen (1978), Estimating prevalence from the results of a screening test, for the rate; Lang and
    /// Reiczigel (2014), Confidence limits for prevalence of disease adjusted for estimated sensitivity and specificity, for the
    /// interval. Errors of the judge must not depend on the arm.
    /// </remarks>
    public static CorrectedRate? Correct(long judgedPasses, long runs, JudgeConfusion judge, double confidence = 0.95)
    {
        if (runs == 0 || judge.Passed == 0 || judge.Failed == 0 || !IsBetterThanChance(judge, confidence)) return null;
        var z = NormalDistribution.TwoSided(confidence);
        var n = runs + (z * z);
        var p = (judgedPasses + (z * z / 2)) / n;
        var (passed, failed) = (judge.Passed + 2.0, judge.Failed + 2.0);
        var (sensitivity, specificity) = ((judge.PassedAsPass + 1) / passed, (judge.FailedAsFail + 1) / failed);
        var youden = sensitivity + specificity - 1;
        if (youden <= 0) return null;
        var centre = (p + specificity - 1) / youden;
        var (ofPassed, ofFailed) = (sensitivity * (1 - sensitivity) / passed, specificity * (1 - specificity) / failed);
        var shift = 2 * z * z * ((centre * ofPassed) - ((1 - centre) * ofFailed));
        var variance = (p * (1 - p) / n) + (centre * centre * ofPassed) + ((1 - centre) * (1 - centre) * ofFailed);
        var half = z * Math.Sqrt(variance) / youden;
        var raw = (((double)judgedPasses / runs) + judge.Specificity - 1) / (judge.Sensitivity + judge.Specificity - 1);
        return new CorrectedRate(
            Math.Clamp(raw, 0, 1), new Interval(Math.Clamp(centre + shift - half, 0, 1), Math.Clamp(centre + shift + half, 0, 1)));
    }

    /// <summary>Whether sensitivity exceeds the rate of false passes beyond doubt.</summary>
    private static bool IsBetterThanChance(JudgeConfusion judge, double confidence) =>
        Difference.Unpaired(judge.PassedAsPass, judge.Passed, judge.Failed - judge.FailedAsFail, judge.Failed, confidence).Low > 0;
}
