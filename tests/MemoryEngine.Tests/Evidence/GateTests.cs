using MemoryEngine.Evidence.Gates;
using static MemoryEngine.Tests.Evidence.ReferenceTable;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Gates flip at the counts that another tool gives, and say how much more data it takes.</summary>
public sealed class GateTests
{
    [Fact]
    public void A_gate_passes_from_exactly_as_many_pairs_as_the_table_says()
    {
        foreach (var row in Of("pairs_to_pass"))
        {
            var (limit, losses, pairs) = (row[0], (long)row[1], (long)row[2]);
            var before = GateRules.RateBelow("ntr", losses, pairs - 1, limit);
            Assert.NotEqual(GateVerdict.Pass, before.Verdict);
            Assert.Equal(GateVerdict.Pass, GateRules.RateBelow("ntr", losses, pairs, limit).Verdict);
            if (before.Verdict == GateVerdict.Insufficient) Assert.Equal(1, before.Needed);
            var early = GateRules.RateBelow("ntr", losses, Math.Max(losses, pairs / 2), limit);
            if (early.Verdict == GateVerdict.Insufficient) Assert.Equal(pairs - Math.Max(losses, pairs / 2), early.Needed);
        }
    }

    [Fact]
    public void A_gate_fails_from_exactly_as_many_losses_as_the_table_says()
    {
        foreach (var row in Of("losses_to_fail"))
        {
            var (limit, pairs, losses) = (row[0], (long)row[1], (long)row[2]);
            Assert.NotEqual(GateVerdict.Fail, GateRules.RateBelow("ntr", losses - 1, pairs, limit).Verdict);
            Assert.Equal(GateVerdict.Fail, GateRules.RateBelow("ntr", losses, pairs, limit).Verdict);
        }
    }

    [Theory]
    [InlineData(0.1, 29)]
    [InlineData(0.05, 59)]
    public void Without_a_loss_it_takes_29_pairs_for_a_tenth_and_59_for_a_twentieth(double limit, int pairs)
    {
        Assert.Equal(pairs, GateRules.RateBelow("ntr", 0, 0, limit).Needed);
        Assert.Equal(GateVerdict.Insufficient, GateRules.RateBelow("ntr", 0, pairs - 1, limit).Verdict);
        var gate = GateRules.RateBelow("ntr", 0, pairs, limit, article: limit);
        Assert.Equal((GateVerdict.Pass, null), (gate.Verdict, gate.Needed));
        Assert.Equal((0.0, 0.0, limit), (gate.Value, gate.Low, gate.Article));
    }

    [Fact]
    public void A_rate_that_must_be_high_is_the_same_turned_round()
    {
        Assert.Equal(GateVerdict.Insufficient, GateRules.RateAbove("utilisation", 28, 28, 0.9).Verdict);
        var gate = GateRules.RateAbove("utilisation", 29, 29, 0.9, 0.7);
        Assert.Equal((GateVerdict.Pass, 0.9, 0.7), (gate.Verdict, gate.Limit, gate.Article));
        Assert.Equal((1.0, 1.0), (gate.Value, gate.High));
        Assert.True(gate.Low is > 0.9 and < 0.91);
        Assert.Equal(GateVerdict.Fail, GateRules.RateAbove("utilisation", 10, 60, 0.7).Verdict);
        Assert.Equal(29, GateRules.RateAbove("utilisation", 0, 0, 0.9).Needed);
    }

    [Fact]
    public void A_gain_says_how_many_pairs_it_takes_at_this_rate()
    {
        var pairs = new PairCounts(Both: 40, Gains: 14, Losses: 4, Neither: 42);
        var gate = GateRules.GainAbove("gain", pairs, 5);
        Assert.Equal(GateVerdict.Insufficient, gate.Verdict);
        Assert.Equal(10, gate.Value!.Value, 1e-9);
        var factor = (int)Math.Ceiling((100 + gate.Needed!.Value) / 100.0);
        var more = new PairCounts(40 * factor, 14 * factor, 4 * factor, 42 * factor);
        Assert.Equal(GateVerdict.Pass, GateRules.GainAbove("gain", more, 5).Verdict);
        Assert.True(factor > 1);
        // At a rate below the limit no number of pairs would do.
        Assert.Null(GateRules.GainAbove("gain", new PairCounts(40, 8, 6, 46), 5).Needed);
        Assert.Equal(GateVerdict.Fail, GateRules.GainAbove("gain", new PairCounts(400, 10, 100, 490), 5).Verdict);
        var nothing = GateRules.GainAbove("gain", default, 5);
        Assert.Equal((GateVerdict.Insufficient, null), (nothing.Verdict, nothing.Value));
    }

    [Fact]
    public void What_chance_flips_is_no_loss_of_memory()
    {
        // A tenth of the tasks is lost with memory, and as many flip between two controls.
        var flips = new FlipCounts(LossAndFlip: 20, LossOnly: 80, FlipOnly: 80, Neither: 820);
        Assert.Equal(0, flips.Excess);
        Assert.Equal(GateVerdict.Fail, GateRules.RateBelow("ntr", 100, 1_000, 0.05).Verdict);
        Assert.Equal(GateVerdict.Pass, GateRules.ExcessBelow("excess", flips, 0.05).Verdict);
        Assert.Equal(GateVerdict.Fail, GateRules.ExcessBelow("excess", new FlipCounts(10, 180, 20, 790), 0.05).Verdict);
        var few = GateRules.ExcessBelow("excess", new FlipCounts(1, 4, 4, 41), 0.05);
        Assert.Equal(GateVerdict.Insufficient, few.Verdict);
        Assert.True(few.Needed > 50);
        Assert.Equal((GateVerdict.Insufficient, null), (GateRules.ExcessBelow("excess", default, 0.05).Verdict, default(FlipCounts).Excess));
    }

    [Fact]
    public void Pairs_are_counted_by_how_both_runs_ended()
    {
        var pairs = default(PairCounts).Add(true, true).Add(true, false).Add(false, true).Add(false, true).Add(false, false);
        Assert.Equal(new PairCounts(1, 2, 1, 1), pairs);
        Assert.Equal((5L, 0.2, 0.2), (pairs.Pairs, pairs.NegativeTransferRate, pairs.Gain));
        var flips = default(FlipCounts).Add(true, false, false).Add(true, true, false).Add(true, false, true)
            .Add(false, true, true).Add(true, true, true);
        Assert.Equal(new FlipCounts(1, 1, 1, 2), flips);
    }

    [Fact]
    public void What_is_counted_leaves_no_doubt()
    {
        Assert.Equal(GateVerdict.Fail, GateRules.CountAbove("tasks", 500, 500).Verdict);
        Assert.Equal(GateVerdict.Pass, GateRules.CountAbove("tasks", 501, 500).Verdict);
        Assert.Equal(GateVerdict.Pass, GateRules.CountBelow("low_share", 0.09, 0.1).Verdict);
    }
}
