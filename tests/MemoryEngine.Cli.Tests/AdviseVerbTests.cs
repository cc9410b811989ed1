using System.Globalization;
using System.Text.Json;

namespace MemoryEngine.Cli.Tests;

/// <summary>The advice for pools of each size tier, where nothing was measured yet.</summary>
public sealed class AdviseVerbTests : IDisposable
{
    private static readonly string[] Domains = ["web/react", "backend/go", "data/python"];

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData(50, "single", false)]
    [InlineData(200, "cross", false)]
    [InlineData(600, "hybrid", true)]
    [InlineData(2_000, "hybrid", true)]
    public async Task The_mode_follows_the_size_and_says_that_nothing_is_proven(int tasks, string mode, bool isCrossModel)
    {
        await FillAsync(tasks);
        var advice = await _cli.JsonAsync(0, "advise");
        Assert.Equal((mode, true), (advice.GetProperty("mode").GetString(), advice.GetProperty("provisional").GetBoolean()));
        Assert.Equal(isCrossModel, advice.GetProperty("cross_model").GetBoolean());
        // Nothing proven is no low risk.
        Assert.Equal("medium", advice.GetProperty("risk").GetString());
        var gates = advice.GetProperty("gates").EnumerateArray().ToDictionary(g => g.GetProperty("name").GetString()!);
        Assert.All(
            ["name", "value", "low", "high", "limit", "article", "verdict", "needed"],
            (string field) => Assert.All(gates.Values, g => Assert.True(g.TryGetProperty(field, out _), field)));
        Assert.Contains(gates.Values, g => g.GetProperty("verdict").GetString() == "insufficient");
        var measuredTasks = gates.Values.Where(g => g.GetProperty("limit").GetDouble() == 500).ToList();
        Assert.All(measuredTasks, g => Assert.Equal(tasks, g.GetProperty("value").GetDouble()));
        var reasons = advice.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!).ToList();
        Assert.Contains(reasons, r => r.Contains("has no data", StringComparison.Ordinal) || r.Contains("more", StringComparison.Ordinal));
        // Without vectors there is nothing to be said of them.
        Assert.Empty(advice.GetProperty("domain_variance").EnumerateArray());
        // Between the article's tiers and its table.
        Assert.Equal(tasks == 200, reasons.Exists(r => r.StartsWith("The article contradicts itself about 200 tasks", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task People_read_the_mode_its_reasons_and_every_gate()
    {
        await FillAsync(20);
        var answer = await _cli.RunAsync("advise", "--scenario", "single-task");
        Assert.Equal(0, answer.ExitCode);
        Assert.StartsWith("Mode single, provisional; risk medium.\n", answer.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("The scenario single-task is about one domain.", answer.Out, StringComparison.Ordinal);
        Assert.Contains("the article's", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variance_of_vectors_by_domain_stands_beside_it()
    {
        await FillAsync(60, "builtin");
        var variance = (await _cli.JsonAsync(0, "advise")).GetProperty("domain_variance").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3, 4], variance.Select(v => v.GetProperty("level").GetInt32()));
        Assert.Equal((60, 3), (variance[2].GetProperty("memories").GetInt32(), variance[2].GetProperty("domains").GetInt32()));
        // Domains are dealt out in turns here: they mix.
        Assert.InRange(variance[2].GetProperty("explained").GetDouble(), -0.1, 0.1);
        Assert.InRange(variance[2].GetProperty("raw").GetDouble(), 0, 0.2);
        Assert.Equal(JsonValueKind.Null, variance[0].GetProperty("explained").ValueKind);
        var answer = await _cli.RunAsync("advise");
        Assert.Matches("3 insight +60 +3 +-?0\\.0[0-9] +0\\.[01][0-9]", answer.Out);
        Assert.Matches("1 trace +0 +0 +not enough data", answer.Out);
    }

    // A memory of its own for each task, in three domains.
    private async Task FillAsync(int tasks, string embedder = "none")
    {
        var lines = Enumerable.Range(0, tasks).Select(i => JsonSerializer.Serialize(new
        {
            text = string.Create(CultureInfo.InvariantCulture, $"Lesson {i} of what was learned."),
            domain = Domains[i % 3],
            task = string.Create(CultureInfo.InvariantCulture, $"task-{i}"),
            format = "insight",
            level = 3,
        }));
        var file = _cli.Write("lessons.jsonl", [.. lines]);
        Assert.Equal(0, (await _cli.RunAsync("import", file, "--durability", "process", "--embedder", embedder)).ExitCode);
    }
}
