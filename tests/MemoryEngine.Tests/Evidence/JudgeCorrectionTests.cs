using MemoryEngine.Evidence.Gates;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Labels of a model, corrected for how often it is wrong.</summary>
public sealed class JudgeCorrectionTests
{
    /// <summary>Rogan and Gladen's estimator by hand: (0.5 + 0.9 - 1) / (0.8 + 0.9 - 1).</summary>
    [Fact]
    public void The_rate_is_Rogan_and_Gladen_s()
    {
        var judge = new JudgeConfusion(80, 100, 90, 100);
        var corrected = JudgeCorrection.Correct(150, 300, judge)!.Value;
        Assert.Equal(0.4 / 0.7, corrected.Rate, 1e-12);
        Assert.True(corrected.Interval.Contains(corrected.Rate));
        // A judge that is measured exactly, on a million runs, leaves the uncertainty of the runs alone.
        var sure = JudgeCorrection.Correct(150, 300, new JudgeConfusion(800_000, 1_000_000, 900_000, 1_000_000))!.Value;
        Assert.True(sure.Interval.Width < corrected.Interval.Width);
        Assert.Equal(Proportion.Wilson(150, 300).Width / 0.7, sure.Interval.Width, 0.01);
    }

    [Fact]
    public void A_perfect_judge_changes_nothing()
    {
        var perfect = new JudgeConfusion(1_000_000, 1_000_000, 1_000_000, 1_000_000);
        var corrected = JudgeCorrection.Correct(30, 120, perfect)!.Value;
        var plain = Proportion.Wilson(30, 120);
        Assert.Equal(0.25, corrected.Rate, 1e-12);
        Assert.Equal(plain.Low, corrected.Interval.Low, 0.005);
        Assert.Equal(plain.High, corrected.Interval.High, 0.005);
    }

    [Theory]
    [InlineData(50, 100, 50, 100)]
    [InlineData(55, 100, 50, 100)]
    [InlineData(2, 100, 3, 100)]
    [InlineData(5, 5, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    public void A_judge_that_may_be_a_coin_says_nothing(int passedAsPass, int passed, int failedAsFail, int failed) =>
        Assert.Null(JudgeCorrection.Correct(30, 60, new JudgeConfusion(passedAsPass, passed, failedAsFail, failed)));

    /// <summary>The published claim of the interval, tried: runs and the judge's own figures are both drawn anew each time.</summary>
    [Theory]
    [InlineData(0.1, 0.85, 0.9)]
    [InlineData(0.5, 0.7, 0.8)]
    [InlineData(0.9, 0.95, 0.61)]
    public void The_interval_covers_the_truth(double truth, double sensitivity, double specificity)
    {
        const int Rounds = 2_000, Runs = 200, Known = 80;
        var random = new Random(5);
        var (covered, asked) = (0, 0);
        for (var i = 0; i < Rounds; i++)
        {
            var judge = new JudgeConfusion(Draw(random, Known, sensitivity), Known, Draw(random, Known, specificity), Known);
            var passes = Draw(random, Runs, (truth * sensitivity) + ((1 - truth) * (1 - specificity)));
            if (JudgeCorrection.Correct(passes, Runs, judge) is not { } corrected) continue;
            asked++;
            if (corrected.Interval.Contains(truth)) covered++;
        }
        Assert.True(asked > Rounds * 0.95, $"{asked}");
        Assert.True(covered >= 0.935 * asked, $"{covered} of {asked}");
    }

    /// <summary>The paper's judge: right in 61 to 85 % of cases. Its labels gate only after correction.</summary>
    [Fact]
    public void Labels_of_a_model_gate_by_the_corrected_rate_alone()
    {
        var judge = new JudgeConfusion(170, 200, 180, 200);
        var uncorrected = GateRules.JudgedRateBelow("ntr", 5, 400, judge: null, 0.1);
        Assert.Equal((GateVerdict.Insufficient, null), (uncorrected.Verdict, uncorrected.Value));
        Assert.Equal(GateVerdict.Insufficient, GateRules.JudgedRateBelow("ntr", 5, 400, new JudgeConfusion(50, 100, 50, 100), 0.1).Verdict);
        // A judge that fails 15 % of passed runs makes 15 % of losses out of none; 60 of 400 is what it sees where there is none.
        Assert.Equal(GateVerdict.Fail, GateRules.RateBelow("ntr", 60, 400, 0.1).Verdict);
        Assert.Equal(GateVerdict.Pass, GateRules.JudgedRateBelow("ntr", 60, 400, judge, 0.1).Verdict);
        Assert.Equal(GateVerdict.Fail, GateRules.JudgedRateBelow("ntr", 200, 400, judge, 0.1).Verdict);
    }

    private static int Draw(Random random, int n, double p)
    {
        var count = 0;
        for (var i = 0; i < n; i++)
            if (random.NextDouble() < p) count++;
        return count;
    }
}
