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
        for (var i = 0; i < 257; i++) lond.Arrive();
        // 512 / 0.05, and three times as much in the second group.
        Assert.Equal((10_240.0, 10_240.0), (lond.Threshold(1), lond.Threshold(256)));
        Assert.Equal(61_440.0, lond.Threshold(257), 1e-6);
        Assert.False(lond.TryChoose(2, 10_239));
        Assert.True(lond.TryChoose(1, 10_240));
        Assert.Equal(5_120.0, lond.Threshold(2));
        Assert.True(lond.TryChoose(2, 5_120));
        Assert.Equal((257, 2), (lond.Arrived, lond.Discoveries));
        Assert.Throws<ArgumentOutOfRangeException>(() => lond.TryChoose(258, 1e9));
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
                // All or nothing, just enough to be chosen: the fair bet that tries a rule hardest.
                var number = lond.Arrive();
                var enough = lond.Threshold(number);
                var value = isHarmful || random.NextDouble() < 1 / enough ? enough : 0;
                if (lond.TryChoose(number, value) && !isHarmful) wrong++;
            }
            sum += wrong / (double)Math.Max(1, lond.Discoveries);
        }
        Assert.InRange(sum / Rounds, 0.0005, 0.05);
    }
}
