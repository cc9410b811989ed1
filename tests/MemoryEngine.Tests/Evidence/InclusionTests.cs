using MemoryEngine.Evidence.Design;
using static MemoryEngine.Tests.Evidence.ReferenceTable;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Which candidates chance hands over: with the logged probability, each by itself, recomputable by anyone.</summary>
public sealed class InclusionTests
{
    /// <summary>The first outputs of SplitMix64 from the state 1234567, as published implementations print them.</summary>
    [Fact]
    public void The_generator_is_SplitMix64()
    {
        ulong[] published =
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        var state = 1234567UL;
        foreach (var value in published)
        {
            Assert.Equal(value, CounterRandom.Next(state));
            state += 0x9E37_79B9_7F4A_7C15;
        }
    }

    [Fact]
    public void Anyone_can_work_it_out_again()
    {
        foreach (var row in Of("uniform"))
        {
            var (seed, high, low) = ((ulong)row[0], (ulong)row[1], (ulong)row[2]);
            Assert.Equal(row[3], CounterRandom.Uniform(seed, high, low));
            Assert.Equal(row[3], CounterRandom.Uniform(seed, Guid.Parse($"{high:x16}{low:x16}")));
        }
    }

    [Theory]
    [InlineData(InclusionDesign.Off, 3, 3)]
    [InlineData(InclusionDesign.Withhold, 3, 3)]
    [InlineData(InclusionDesign.Factorial, 3, 6)]
    public void A_design_considers_k_or_twice_as_many(InclusionDesign design, int k, int considered)
    {
        var options = new InclusionOptions(design, k);
        var drawn = new Inclusion[10];
        Assert.Equal(considered, RandomisedInclusion.Draw(options, Candidates(10), 1, drawn));
        Assert.Equal(2, RandomisedInclusion.Draw(options, Candidates(2), 1, drawn));
        Assert.Equal(0, RandomisedInclusion.Draw(options, [], 1, drawn));
    }

    [Fact]
    public void Off_and_pinned_leave_nothing_to_chance()
    {
        var drawn = new Inclusion[6];
        RandomisedInclusion.Draw(new InclusionOptions(InclusionDesign.Off), Candidates(3), 5, drawn);
        Assert.All(drawn[..3], d => Assert.Equal(new Inclusion(1, true), d));
        for (var seed = 0UL; seed < 100; seed++)
        {
            var candidates = Candidates(6);
            candidates[2] = candidates[2] with { IsPinned = true };
            RandomisedInclusion.Draw(new InclusionOptions(InclusionDesign.Factorial), candidates, seed, drawn);
            Assert.Equal(new Inclusion(1, true), drawn[2]);
            Assert.Equal(0.5, drawn[3].Probability);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => RandomisedInclusion.Probability(new InclusionOptions((InclusionDesign)9), default));
    }

    [Fact]
    public void A_suspect_is_withheld_two_times_in_three()
    {
        var suspect = Candidates(1)[0] with { IsSuspect = true };
        foreach (var (design, withholdWatched, withheld) in new[]
        {
            (InclusionDesign.Factorial, 0.5, 2.0 / 3), (InclusionDesign.Withhold, 0.5, 2.0 / 3),
            (InclusionDesign.Withhold, 0.8, 0.8), (InclusionDesign.Off, 0.5, 0),
        })
        {
            var options = new InclusionOptions(design, WithholdWatched: withholdWatched);
            Assert.Equal(1 - withheld, RandomisedInclusion.Probability(options, suspect), 15);
            Assert.Equal(1 - withheld, RandomisedInclusion.Probability(options, suspect with { IsWatched = true }), 15);
            Assert.Equal(1, RandomisedInclusion.Probability(options, suspect with { IsPinned = true }));
        }
    }

    /// <summary>A withheld one is not replaced, and what becomes of one says nothing of another.</summary>
    [Fact]
    public void Each_candidate_is_drawn_by_itself_with_the_logged_probability()
    {
        const int Transfers = 40_000;
        var candidates = Candidates(3);
        candidates[1] = candidates[1] with { IsWatched = true };
        var drawn = new Inclusion[3];
        var (included, both) = (new double[3], new double[3]);
        for (var t = 0; t < Transfers; t++)
        {
            RandomisedInclusion.Draw(new InclusionOptions(InclusionDesign.Withhold), candidates, CounterRandom.Next((ulong)t), drawn);
            for (var i = 0; i < 3; i++)
            {
                if (drawn[i].Included) included[i]++;
                if (drawn[i].Included && drawn[(i + 1) % 3].Included) both[i]++;
            }
        }
        Assert.Equal([0.9, 0.5, 0.9], drawn.Select(d => d.Probability));
        for (var i = 0; i < 3; i++)
        {
            var (pi, next) = (drawn[i].Probability, drawn[(i + 1) % 3].Probability);
            Assert.Equal(pi, included[i] / Transfers, 4 * Math.Sqrt(pi * (1 - pi) / Transfers));
            Assert.Equal(pi * next, both[i] / Transfers, 4 * Math.Sqrt(pi * next * (1 - (pi * next)) / Transfers));
        }
    }

    [Fact]
    public void Successive_seeds_and_ids_share_nothing()
    {
        const int Count = 20_000;
        var (bySeed, byId) = (0.0, 0.0);
        for (var i = 0UL; i < Count; i++)
        {
            bySeed += (CounterRandom.Uniform(i, 1, 1) - 0.5) * (CounterRandom.Uniform(i + 1, 1, 1) - 0.5);
            byId += (CounterRandom.Uniform(1, 1, i) - 0.5) * (CounterRandom.Uniform(1, 1, i + 1) - 0.5);
        }
        // Each product has mean 0 and variance 1/144.
        Assert.InRange(bySeed / Math.Sqrt(Count / 144.0), -4, 4);
        Assert.InRange(byId / Math.Sqrt(Count / 144.0), -4, 4);
    }

    [Fact]
    public void Whole_recalls_are_held_out_by_their_share()
    {
        const int Count = 20_000;
        var held = 0;
        for (var seed = 0UL; seed < Count; seed++)
            if (RandomisedInclusion.IsHeldOut(CounterRandom.Next(seed), 0.2)) held++;
        Assert.Equal(0.2, held / (double)Count, 4 * Math.Sqrt(0.16 / Count));
        Assert.False(RandomisedInclusion.IsHeldOut(1, 0));
        Assert.True(RandomisedInclusion.IsHeldOut(1, 1));
    }

    private static InclusionCandidate[] Candidates(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new InclusionCandidate(new Guid(i, 0, 0, new byte[8])))];
}
