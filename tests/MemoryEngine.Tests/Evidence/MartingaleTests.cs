using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Evidence.Design;
using MemoryEngine.Evidence.Effect;
using MemoryEngine.Testing;
using static MemoryEngine.Tests.Evidence.ReferenceTable;

namespace MemoryEngine.Tests.Evidence;

/// <summary>The fortunes that bet on harm and on help: fair without an effect, quick with one, the same to the last digit.</summary>
public sealed class MartingaleTests
{
    /// <summary>The same outcomes through an implementation in another language: doubles leave no room for another digit.</summary>
    [Fact]
    public void Another_implementation_has_every_digit_the_same()
    {
        foreach (var group in Of("effect").GroupBy(row => (ulong)row[0]))
        {
            var effect = MemoryEffect.Begin();
            var rows = group.ToDictionary(row => (int)row[1]);
            for (var n = 0; n < rows.Keys.Max(); n++)
            {
                Play(ref effect, group.Key, n);
                if (!rows.TryGetValue(n + 1, out var row)) continue;
                Assert.Equal(row[2], effect.HarmE);
                Assert.Equal(row[3], effect.HelpE);
                Assert.Equal(row[4], effect.Estimate);
                Assert.Equal(n + 1, effect.Appearances);
            }
        }
    }

    /// <summary>Whatever has happened, and whatever the outcome is: over the draw of inclusion alone the mean stays what it is.</summary>
    [Fact]
    public void Without_an_effect_the_next_step_is_fair()
    {
        var unit = Gen.Choose(0, 1_000).Select(n => n / 1_000.0);
        var probability = Gen.Choose(1, 999).Select(n => n / 1_000.0);
        var step = from y in unit from w in unit from p in probability from a in Gen.Choose(0, 1) select (Outcome: y, Wider: w, Pi: p, In: a == 1);
        var seed = TestSeed.Value;
        var config = Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay((ulong)seed, (ulong)(2 * seed) + 1, 50);
        Check.One(config, Prop.ForAll(Gen.NonEmptyListOf(step).ToArbitrary(), steps =>
        {
            var effect = MemoryEffect.Begin();
            foreach (var s in steps)
            {
                var (with, without) = (effect, effect);
                with.Add(s.Outcome, s.Wider, included: true, s.Pi);
                without.Add(s.Outcome, s.Wider, included: false, s.Pi);
                Assert.Equal(1, ((s.Pi * with.HarmE) + ((1 - s.Pi) * without.HarmE)) / effect.HarmE, 1e-9);
                Assert.Equal(1, ((s.Pi * with.HelpE) + ((1 - s.Pi) * without.HelpE)) / effect.HelpE, 1e-9);
                effect = s.In ? with : without;
                Assert.True(effect.HarmE > 0 && effect.HelpE > 0);
            }
        }));
    }

    /// <summary>What is shown lies within ±1 and loses no effect that is possible, however few the appearances and uneven the π.</summary>
    [Fact]
    public void What_is_shown_of_an_effect_is_one_that_there_can_be()
    {
        var (random, beyond) = (new Random(TestSeed.Value), 0);
        for (var i = 0; i < 2_000; i++)
        {
            var effect = MemoryEffect.Begin();
            Assert.True(double.IsNaN(effect.Shown));
            var probability = new[] { 0.01, 0.1, 0.5, 0.9, 0.99 }[random.Next(5)];
            for (var n = random.Next(1, 30); n > 0; n--) effect.Add(random.Next(2), 0.5, random.NextDouble() < probability, probability);
            if (Math.Abs(effect.Estimate) > 1) beyond++;
            var shown = effect.EstimateInterval();
            Assert.Equal(Math.Abs(effect.Estimate) <= 1 ? effect.Estimate : Math.Sign(effect.Estimate), effect.Shown);
            Assert.True(shown.Low >= -1 && shown.Low <= effect.Shown && effect.Shown <= shown.High && shown.High <= 1);
            var half = 1.959963984540054 * effect.StandardError;
            foreach (var truth in new[] { -1, -0.4, 0, 0.2, 1 })
            {
                if (Math.Abs(truth - effect.Estimate) < half - 1e-9) Assert.True(shown.Contains(truth));
            }
        }
        Assert.True(beyond > 100);
    }

    /// <summary>
    /// Ville's inequality, tried where it is hardest: the probability of inclusion follows the evidence, and success comes in
    /// streaks. 1,500 harmless memories; 75 may be suspected at some time, and chance adds up to 25 (three deviations of 8.4).
    /// </summary>
    [Fact]
    public void A_harmless_memory_is_rarely_ever_suspected()
    {
        const int Memories = 1_500, Steps = 500;
        var (harm, help) = (0, 0);
        for (var m = 0; m < Memories; m++)
        {
            var effect = MemoryEffect.Begin();
            var (worst, best) = (1.0, 1.0);
            for (var n = 0; n < Steps; n++)
            {
                var pi = effect.IsWatched ? 0.5 : effect.HelpE > 2 ? 0.75 : 0.9;
                var passes = Uniform(m, n, 1) < (n / 100 % 2 == 0 ? 0.8 : 0.3);
                effect.Add(passes ? 1 : 0, 0.5, Uniform(m, n, 2) < pi, pi);
                (worst, best) = (Math.Max(worst, effect.HarmE), Math.Max(best, effect.HelpE));
            }
            if (worst >= MemoryEffect.SuspectAt) harm++;
            if (best >= MemoryEffect.SuspectAt) help++;
        }
        Assert.InRange(harm, 1, 100);
        Assert.InRange(help, 1, 100);
    }

    [Theory]
    [InlineData(0.5, 700)]
    [InlineData(0.9, 1_950)]
    public void Harm_of_twenty_points_is_found(double pi, int steps)
    {
        var (found, covered, helped) = (0, 0, 0);
        for (var m = 0; m < 200; m++)
        {
            var effect = MemoryEffect.Begin();
            var best = 1.0;
            for (var n = 0; n < steps; n++)
            {
                var included = Uniform(m, n, 4) < pi;
                effect.Add(Uniform(m, n, 3) < (included ? 0.3 : 0.5) ? 1 : 0, 0.45, included, pi);
                best = Math.Max(best, effect.HarmE);
            }
            if (best >= 200) found++;
            if (effect.HelpE > 1) helped++;
            if (effect.EstimateInterval().Contains(-0.2)) covered++;
        }
        Assert.True(found >= 184, $"{found} of 200");
        Assert.True(covered >= 180, $"{covered} of 200");
        Assert.Equal(0, helped);
    }

    /// <summary>A memory that was good and goes stale: what was lost in betting on harm is made up for from the reserve.</summary>
    [Fact]
    public void Harm_that_begins_late_is_found()
    {
        var found = 0;
        for (var m = 0; m < 100; m++)
        {
            var effect = MemoryEffect.Begin();
            for (var n = 0; n < 2_000; n++) Step(ref effect, m, n, 0.6);
            Assert.True(effect.HarmE < 1);
            for (var n = 2_000; n < 3_000; n++)
            {
                Step(ref effect, m, n, 0.3);
                if (effect.HarmE < MemoryEffect.SuspectAt) continue;
                found++;
                break;
            }
        }
        Assert.True(found >= 90, $"{found} of 100");

        static void Step(ref MemoryEffect effect, int m, int n, double with)
        {
            var included = Uniform(m, n, 6) < 0.5;
            effect.Add(Uniform(m, n, 5) < (included ? with : 0.5) ? 1 : 0, 0.5, included, 0.5);
        }
    }

    [Fact]
    public void A_million_outcomes_overflow_nothing()
    {
        var effect = MemoryEffect.Begin();
        for (var n = 0; n < 1_000_000; n++) effect.Add(n % 2, 0.5, n % 2 == 1, 0.5);
        Assert.True(effect.HelpE is > 1e280 and < 1e300);
        Assert.True(effect.HarmE is > 0 and < 1e-3);
        Assert.Equal(1.0, effect.Estimate, 0.01);
        for (var n = 0; n < 1_000; n++) effect.Add(n % 2, 0.5, n % 2 == 0, 0.5);
        Assert.True(effect.HarmE > MemoryEffect.SuspectAt);
    }

    [Fact]
    public void What_is_written_is_read_to_the_last_digit()
    {
        var (whole, kept) = (MemoryEffect.Begin(), MemoryEffect.Begin());
        var buffer = new double[MemoryEffect.Length];
        for (var n = 0; n < 1_000; n++)
        {
            Play(ref whole, 2, n);
            Play(ref kept, 2, n);
            kept.Write(buffer);
            kept = MemoryEffect.Read(buffer);
        }
        var digits = new double[MemoryEffect.Length];
        whole.Write(digits);
        Assert.Equal(digits, buffer);
        Assert.Equal((whole.HarmE, whole.ControlRate), (kept.HarmE, kept.ControlRate));
    }

    [Fact]
    public void It_is_said_how_many_appearances_are_missing()
    {
        var effect = MemoryEffect.Begin();
        Assert.Equal(600, SampleSize.StillNeeded(effect, 0.5, 0.2));
        Assert.Equal(1_667, SampleSize.StillNeeded(effect, 0.9, 0.2));
        Assert.Equal(2_400, SampleSize.StillNeeded(effect, 0.5, 0.1));
        for (var n = 0; n < 100; n++) effect.Add(1, 0.5, n % 2 == 0, 0.5);
        Assert.Equal(500, SampleSize.StillNeeded(effect, 0.5, 0.2));
        Assert.Equal(0, SampleSize.StillNeeded(effect, 0.5, 0.5));
    }

    [Fact]
    public void A_base_rate_moves_from_the_wider_to_its_own()
    {
        var rate = default(BaseRate);
        Assert.Equal(0.5, rate.Expect());
        Assert.Equal(0.8, rate.Expect(0.8));
        for (var i = 0; i < 20; i++) rate.Add(0);
        Assert.Equal(0.4, rate.Expect(0.8), 1e-12);
    }

    private static void Play(ref MemoryEffect effect, ulong series, int n)
    {
        var pi = (n % 3) switch { 0 => 0.5, 1 => 0.9, _ => 0.25 };
        var included = CounterRandom.Uniform(series, (ulong)n, 1) < pi;
        var delta = series switch { 0 => -0.2, 1 => 0.0, _ => 0.15 };
        var outcome = CounterRandom.Uniform(series, (ulong)n, 2) < 0.5 + (included ? delta : 0) ? 1.0 : 0.0;
        if (n % 5 == 4) outcome = (outcome + CounterRandom.Uniform(series, (ulong)n, 3)) / 2;
        effect.Add(outcome, 0.5, included, pi);
    }

    private static double Uniform(int memory, int step, int stream) =>
        CounterRandom.Uniform((ulong)TestSeed.Value + (ulong)memory, (ulong)step, (ulong)stream);
}
