using System.Globalization;
using MemoryEngine.Verification.Texts;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Verification;

public sealed class SpecificityTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_is_bound_to_nothing() => Assert.Equal(default, Specificity.Measure("  \n\n"));

    [Fact]
    public void Each_part_counts_what_it_is_named_for()
    {
        Assert.Equal(0.25, Specificity.Measure("open the src/main/app.py file").Paths, 0.06);
        Assert.Equal(0.5, Specificity.Measure("call load_user then saveUser").Identifiers, 0.01);
        Assert.Equal(0.25, Specificity.Measure("wait for 30 seconds").Numbers, 0.01);
        Assert.True(Specificity.Measure("the answer is \"forty-two\"").Literals > 0.3);
        Assert.Equal(0.5, Specificity.Measure("First do this.\n```\nx = 1\n```").Code, 0.01);
    }

    [Theory]
    [InlineData("Retry only what is idempotent, and give up after a bounded time.", MemoryLevel.Insight)]
    [InlineData("Read the failing test before the code: it says what is expected and/or how it is called.", MemoryLevel.Insight)]
    [InlineData("Run `git bisect start`, then `git bisect bad` and `git bisect good v1.2`, and let it walk.", MemoryLevel.Procedure)]
    [InlineData("for i in range(len(numbers)):\n    if numbers[i] == target:\n        return i\nreturn -1", MemoryLevel.Trace)]
    public void A_text_suggests_the_level_that_it_is_fit_for(string text, MemoryLevel level) =>
        Assert.Equal(level, Specificity.SuggestLevel(Specificity.Measure(text)));

    [Fact]
    public void A_value_is_between_nothing_and_all_whatever_the_text()
    {
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => (char)random.Next(1, 0x2100)));
            var score = Specificity.Measure(text);
            Assert.InRange(score.Value, 0, 1);
            foreach (var part in new[] { score.Paths, score.Identifiers, score.Literals, score.Numbers, score.Code }) Assert.InRange(part, 0, 1);
        }
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void Traces_stand_apart_from_insights_and_procedures_between_them()
    {
        var values = SharedMemories.All().GroupBy(m => m.Level)
            .ToDictionary(g => g.Key, g => g.Select(m => Specificity.Measure(m.Text).Value).ToArray());
        var insights = values[MemoryLevel.Insight];
        var area = AreaUnderCurve(values[MemoryLevel.Trace], insights);
        foreach (var (level, all) in values.OrderBy(v => v.Key))
        {
            var (low, high) = (all.Average(v => v < Specificity.LowUnder ? 1.0 : 0), all.Average(v => v >= Specificity.HighFrom ? 1.0 : 0));
            Print($"{level,-10} {all.Length,6:N0} memories, mean {all.Average():f3}, low {low:p1}, high {high:p1}");
        }
        Print($"traces against insights: area under the curve {area:f4}");
        Print($"traces against procedures {AreaUnderCurve(values[MemoryLevel.Trace], values[MemoryLevel.Procedure]):f4}, " +
            $"procedures against insights {AreaUnderCurve(values[MemoryLevel.Procedure], insights):f4}");
        Assert.True(area >= 0.9, $"{area}");
        Assert.InRange(values[MemoryLevel.Procedure].Average(), insights.Average(), values[MemoryLevel.Trace].Average());
    }

    /// <summary>The probability that one of the first is larger than one of the second (Mann and Whitney), ties counted half.</summary>
    private static double AreaUnderCurve(double[] high, double[] low)
    {
        var sorted = low.Order().ToArray();
        return high.Average(h =>
        {
            var (below, upTo) = (sorted.Count(l => l < h), sorted.Count(l => l <= h));
            return (below + upTo) / 2.0 / sorted.Length;
        });
    }

    private void Print(string line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
