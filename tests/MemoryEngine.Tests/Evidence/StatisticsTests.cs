using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Evidence.Statistics;
using MemoryEngine.Testing;
using static MemoryEngine.Tests.Evidence.ReferenceTable;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Distributions, intervals and tests against what scipy, statsmodels and mpmath computed, and against published examples.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void The_logarithm_of_the_gamma_function()
    {
        foreach (var row in Of("log_gamma"))
            Assert.True(Math.Abs(SpecialFunctions.LogGamma(row[0]) - row[1]) <= 1e-13 * Math.Max(1, Math.Abs(row[1])), $"{row[0]}");
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.LogGamma(0));
    }

    [Fact]
    public void The_incomplete_beta_function()
    {
        foreach (var row in Of("beta_cdf"))
        {
            ShouldBe(row[3], SpecialFunctions.IncompleteBeta(row[0], row[1], row[2]), 1e-10, row);
            ShouldBe(row[3], SpecialFunctions.IncompleteBetaComplement(1 - row[0], row[2], row[1]), 1e-9, row);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => SpecialFunctions.IncompleteBeta(0.5, 0, 1));
    }

    [Fact]
    public void Beta_quantiles()
    {
        foreach (var row in Of("beta_quantile")) ShouldBe(row[3], BetaDistribution.Quantile(row[0], row[1], row[2]), 1e-10, row);
    }

    [Fact]
    public void A_beta_quantile_is_the_inverse_of_the_distribution()
    {
        var shape = Gen.Choose(1, 4_000_000).Select(n => n / 1_000.0);
        var inputs = from p in Gen.Choose(1, 999_999) from a in shape from b in shape select (P: p / 1e6, A: a, B: b);
        var seed = TestSeed.Value;
        var config = Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay((ulong)seed, (ulong)(2 * seed) + 1, 50);
        Check.One(config, Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var x = BetaDistribution.Quantile(input.P, input.A, input.B);
            Assert.InRange(x, 0, 1);
            // Where a quantile is next to an end of the range, the next number is further away in probability.
            var slack = SpecialFunctions.BetaKernel(x, 1 - x, input.A, input.B) / Math.Max(1e-300, x * (1 - x)) * 1e-15;
            Assert.Equal(input.P, SpecialFunctions.IncompleteBeta(x, input.A, input.B), 1e-10 + slack);
        }));
    }

    [Fact]
    public void The_normal_distribution()
    {
        foreach (var row in Of("normal_cdf")) ShouldBe(row[1], NormalDistribution.AtMost(row[0]), 1e-12, row);
        foreach (var row in Of("normal_quantile")) ShouldBe(row[1], NormalDistribution.Quantile(row[0]), 1e-12, row);
    }

    [Fact]
    public void Binomial_probabilities()
    {
        foreach (var row in Of("binomial"))
        {
            var (k, n, p) = ((long)row[0], (long)row[1], row[2]);
            ShouldBe(row[3], BinomialDistribution.Probability(k, n, p), 1e-10, row);
            ShouldBe(row[4], BinomialDistribution.AtMost(k, n, p), 1e-10, row);
            ShouldBe(row[5], BinomialDistribution.AtLeast(k, n, p), 1e-10, row);
        }
    }

    [Fact]
    public void Intervals_of_a_proportion()
    {
        foreach (var row in Of("wilson")) ShouldAgree(row, Proportion.Wilson(row[0], (long)row[1], row[2]), row[3], row[4]);
        foreach (var row in Of("clopper_pearson"))
            ShouldAgree(row, Proportion.ClopperPearson((long)row[0], (long)row[1], row[2]), row[3], row[4]);
        Assert.Equal(new Interval(0, 1), Proportion.Wilson(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(double.NaN, 3));
    }

    [Fact]
    public void Clopper_and_Pearson_cover_whatever_the_truth_is()
    {
        foreach (var n in new[] { 5, 29, 60 })
            for (var p = 0.005; p < 1; p += 0.0199)
            {
                var missed = 0.0;
                for (var k = 0; k <= n; k++)
                    if (Proportion.UpperBound(k, n) < p) missed += BinomialDistribution.Probability(k, n, p);
                Assert.InRange(missed, 0, 0.05 + 1e-9);
            }
    }

    [Fact]
    public void Intervals_of_a_difference()
    {
        foreach (var row in Of("unpaired"))
            ShouldAgree(row, Difference.Unpaired(row[0], (long)row[1], row[2], (long)row[3]), row[4], row[5]);
        foreach (var row in Of("paired"))
            ShouldAgree(row, Difference.Paired((long)row[0], (long)row[1], (long)row[2], (long)row[3], row[4]), row[5], row[6]);
    }

    /// <summary>Newcombe (1998), table II, method 10: to the four digits that are printed there.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0)]
    public void Newcombe_s_published_examples(int k1, int n1, int k2, int n2, double low, double high)
    {
        var interval = Difference.Unpaired(k1, n1, k2, n2);
        Assert.Equal(low, interval.Low, 1e-4);
        Assert.Equal(high, interval.High, 1e-4);
    }

    [Fact]
    public void McNemar_s_test()
    {
        foreach (var row in Of("mcnemar"))
        {
            ShouldBe(row[2], McNemar.Exact((long)row[0], (long)row[1]), 1e-12, row);
            ShouldBe(row[3], McNemar.MidP((long)row[0], (long)row[1]), 1e-12, row);
        }
    }

    private static void ShouldAgree(double[] row, Interval interval, double low, double high)
    {
        // The other tool leaves some 1e-17 where the bound is exactly 0.
        Assert.True(Math.Abs(interval.Low - low) <= 1e-10, $"{interval.Low:R}, not {low:R}, of {string.Join(", ", row)}");
        Assert.True(Math.Abs(interval.High - high) <= 1e-10, $"{interval.High:R}, not {high:R}, of {string.Join(", ", row)}");
    }
}
