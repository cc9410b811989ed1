using MemoryEngine.Evidence.Effect;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Choosing among many e-values.</summary>
public sealed class DiscoveryTests
{
    /// <summary>By the definition: the largest k for which the k-th largest is at least m / (α k).</summary>
    [Fact]
    public void E_BH_chooses_what_its_definition_says()
    {
        var random = new Random(TestSeed.Value);
        for (var round = 0; round < 500; round++)
        {
            var values = new double[random.Next(1, 400)];
            for (var i = 0; i < values.Length; i++) values[i] = Math.Exp((random.NextDouble() * 12) - 3);
            var sorted = values.OrderDescending().ToArray();
            var k = Enumerable.Range(1, sorted.Length).LastOrDefault(n => sorted[n - 1] >= sorted.Length / (0.05 * n));
            var threshold = EBenjaminiHochberg.Threshold(values, 0.05);
            Assert.Equal(k, values.Count(v => v >= threshold));
        }
    }

    [Fact]
    public void One_alone_needs_m_over_alpha_and_many_need_less()
    {
        var values = new double[200];
        values[7] = 3_999;
        Assert.Equal(double.PositiveInfinity, EBenjaminiHochberg.Threshold(values, 0.05));
        values[7] = 4_000;
        Assert.Equal(4_000, EBenjaminiHochberg.Threshold(values, 0.05));
        for (var i = 0; i < 20; i++) values[i] = 200;
        Assert.Equal(200, EBenjaminiHochberg.Threshold(values, 0.05));
        Assert.Equal(double.PositiveInfinity, EBenjaminiHochberg.Threshold([], 0.05));
    }

    [Fact]
    public void E_LOND_asks_less_of_the_next_after_a_discovery()
    {
        var lond = new ELond(0.05);
        var (first, second) = (lond.Arrive(), lond.Arrive());
        Assert.Equal((40.0, 120.0), (lond.Threshold(first), lond.Threshold(second)));
        Assert.False(lond.TryChoose(second, 119.9));
        Assert.True(lond.TryChoose(first, 40));
        Assert.Equal(60.0, lond.Threshold(second));
        Assert.True(lond.TryChoose(second, 60));
        Assert.Equal((2, 2), (lond.Arrived, lond.Discoveries));
        Assert.Throws<ArgumentOutOfRangeException>(() => lond.TryChoose(3, 1e9));
    }

    /// <summary>e-values that are exactly fair, chosen one by one as they arrive: at most one choice of twenty is wrong on average.</summary>
    [Fact]
    public void E_LOND_keeps_its_level()
    {
        var random = new Random(TestSeed.Value);
        var sum = 0.0;
        const int Rounds = 4_000;
        for (var round = 0; round < Rounds; round++)
        {
            var lond = new ELond(0.05);
            var wrong = 0;
            for (var i = 0; i < 60; i++)
            {
                var isHarmful = random.Next(3) == 0;
                var size = Math.Pow(10, 1 + (3 * random.NextDouble()));
                // All or nothing: the fair bet that tries a rule hardest.
                var value = isHarmful ? size : random.NextDouble() < 1 / size ? size : 0;
                if (lond.TryChoose(lond.Arrive(), value) && !isHarmful) wrong++;
            }
            sum += wrong / (double)Math.Max(1, lond.Discoveries);
        }
        Assert.InRange(sum / Rounds, 0.0001, 0.05);
    }
}
