using MemoryEngine.Evidence.Effect;
using MemoryEngine.Testing;
using static MemoryEngine.Tests.Evidence.ReferenceTable;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Estimates that borrow strength from those like them.</summary>
public sealed class PartialPoolingTests
{
    [Fact]
    public void The_variance_between_is_Paule_and_Mandel_s()
    {
        foreach (var row in Of("between"))
        {
            var n = (int)row[0];
            var found = PartialPooling.PauleMandel(row.AsSpan(1, n), row.AsSpan(1 + n, n), new int[n], 1);
            Assert.Equal(row[^1], found, 1e-6);
        }
    }

    /// <summary>Two groups of two that are far apart and agree within: no variance is left between memories.</summary>
    [Fact]
    public void Groups_are_compared_within_themselves()
    {
        double[] values = [0.5, 0.52, -0.5, -0.48], variances = [0.01, 0.01, 0.01, 0.01];
        Assert.Equal(0, PartialPooling.PauleMandel(values, variances, [0, 0, 1, 1], 2));
        Assert.True(PartialPooling.PauleMandel(values, variances, [0, 0, 0, 0], 1) > 0.2);
    }

    [Fact]
    public void What_is_unknown_is_like_its_group_and_what_is_known_is_itself()
    {
        List<RawEffect> effects = [new(double.NaN, double.PositiveInfinity, MemoryLevel.Insight, "a")];
        for (var i = 0; i < 20; i++) effects.Add(new RawEffect(0.1 + (0.001 * i), 0.02, MemoryLevel.Insight, "a"));
        for (var i = 0; i < 20; i++) effects.Add(new RawEffect(-0.1, 0.02, MemoryLevel.Trace, "b"));
        effects.Add(new RawEffect(-0.4, 0.01, MemoryLevel.Insight, "a"));
        effects.Add(new RawEffect(-0.4, 0.3, MemoryLevel.Insight, "a"));
        var pooled = PartialPooling.Fit(effects);
        Assert.InRange(pooled[0].Mean, 0.04, 0.12);
        Assert.True(pooled[0].Deviation > pooled[1].Deviation);
        Assert.InRange(pooled[30].Mean, -0.12, -0.08);
        Assert.InRange(pooled[^2].Mean, -0.4, -0.37);
        Assert.True(pooled[^1].Mean > -0.1);
        Assert.True(pooled[^2].ProbabilityBelow() > 0.999 && pooled[1].ProbabilityBelow() < 0.01);
        Assert.True(pooled[0].LowerBound() < pooled[1].LowerBound());
    }

    [Fact]
    public void Nothing_known_is_nothing_believed()
    {
        Assert.Empty(PartialPooling.Fit([]));
        var pooled = PartialPooling.Fit([new RawEffect(double.NaN, double.NaN, MemoryLevel.Trace, "")]);
        Assert.Equal(0, pooled[0].Mean);
        Assert.Equal(0.5, pooled[0].ProbabilityBelow(), 1e-12);
        Assert.InRange(pooled[0].Deviation, 0.1, 0.2);
    }

    /// <summary>Effects drawn by level and domain: pooled means are nearer to the truth, and their intervals are as wide as they say.</summary>
    [Fact]
    public void Pooled_estimates_are_nearer_to_the_truth_and_honest_about_it()
    {
        var random = new Random(TestSeed.Value);
        var (raw, better, covered, count) = (0.0, 0.0, 0, 0);
        for (var round = 0; round < 30; round++)
        {
            var (effects, truth) = (new List<RawEffect>(), new List<double>());
            foreach (var level in Enum.GetValues<MemoryLevel>())
                for (var domain = 0; domain < 6; domain++)
                {
                    var centre = (0.03 * (int)level) - 0.07 + (0.04 * Normal(random));
                    for (var i = 0; i < 12; i++)
                    {
                        var (mean, error) = (centre + (0.06 * Normal(random)), 0.03 + (0.2 * random.NextDouble()));
                        truth.Add(mean);
                        effects.Add(new RawEffect(mean + (error * Normal(random)), error, level, $"{domain}"));
                    }
                }
            var pooled = PartialPooling.Fit(effects);
            for (var i = 0; i < truth.Count; i++, count++)
            {
                raw += Math.Pow(effects[i].Estimate - truth[i], 2);
                better += Math.Pow(pooled[i].Mean - truth[i], 2);
                if (Math.Abs(pooled[i].Mean - truth[i]) < 1.645 * pooled[i].Deviation) covered++;
            }
        }
        Assert.True(better < 0.35 * raw, $"{better} of {raw}");
        Assert.InRange(covered / (double)count, 0.87, 0.93);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
