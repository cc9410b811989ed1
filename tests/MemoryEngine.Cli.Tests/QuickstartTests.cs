using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Quickstart;

namespace MemoryEngine.Cli.Tests;

public sealed class QuickstartTests : IDisposable
{
    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void The_samples_are_of_all_levels_and_several_domains()
    {
        using var reader = new JsonLinesReader(Samples.Memories());
        var memories = new List<MemoryDraft>();
        while (reader.TryRead(out var line)) memories.Add(line.Draft ?? throw new Xunit.Sdk.XunitException($"{line.Number}: {line.Error}"));
        Assert.True(memories.Count >= 72);
        Assert.Equal(Enum.GetValues<MemoryLevel>(), memories.Select(m => m.Level).Distinct().Order());
        Assert.True(memories.Select(m => m.Domain).Distinct().Count() >= 4);
        Assert.Equal(memories.Count, memories.Select(m => m.Id).Distinct().Count());
        Assert.All(memories, m => Assert.NotNull(m.Id));
        Assert.All(Samples.Tasks().SelectMany(t => t.Expect), e => Assert.Contains(memories, m => m.Id == e.Id));
        Assert.All(Samples.Tasks(), t => Assert.DoesNotContain(memories, m => m.Domain == t.Domain));
    }

    [Fact]
    public async Task Every_task_gets_the_memories_that_help()
    {
        var tour = new QuickstartTour(_cli.Pool, isTemporary: true);
        await tour.RunAsync(CancellationToken.None);
        Assert.Equal(4, tour.Answers.Count);
        Assert.All(
            tour.Answers, a => Assert.True(a.ExpectedFound == a.Task.Expect.Count, $"{a.Task.Domain}: {a.ExpectedFound} of {a.Task.Expect.Count}"));
    }

    [Fact]
    public async Task What_was_recalled_is_verified_and_its_outcome_known()
    {
        var tour = new QuickstartTour(_cli.Pool, isTemporary: true);
        await tour.RunAsync(CancellationToken.None);
        var accepted = tour.Verified.Where(v => v.Verdict.Verdict == Verdict.Accepted).Select(v => v.Memory).ToList();
        Assert.Equal(79, tour.Verified.Count);
        Assert.Subset(accepted.Select(m => m.Id).ToHashSet(), tour.Answers[0].Found.ToHashSet());
        Assert.DoesNotContain(accepted, m => m.Level == MemoryLevel.Trace);
        var story = tour.Story!;
        Assert.Equal(tour.Answers[0].Result.Transfer, story.Transfer.Id);
        Assert.Equal(tour.Answers[0].Found, story.Transfer.Candidates.Where(c => c.Fate == CandidateFate.Injected).Select(c => c.Memory));
        Assert.Equal(1, story.Outcome!.Score);
        Assert.Equal(tour.Answers[0].Found.Take(1), story.Outcome.Used);
    }

    [Fact]
    public async Task No_outcome_is_made_up_in_a_pool_that_stays()
    {
        var told = await _cli.RunAsync("quickstart");
        Assert.Equal(0, told.ExitCode);
        var transfer = told.Out.Split('\n').Single(l => l.Contains("recorded as transfer", StringComparison.Ordinal)).Trim('.').Split(' ')[^1];
        Assert.Contains($"memengine report {transfer} pass --pool {_cli.Pool}", told.Out, StringComparison.Ordinal);
        var why = await _cli.JsonAsync(0, "why", transfer);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, why.GetProperty("outcome").ValueKind);
    }

    [Fact]
    public async Task The_tour_in_json_names_every_step_and_keeps_a_given_directory()
    {
        var answer = await _cli.RunAsync(["quickstart", "--json"]);
        Assert.Equal(0, answer.ExitCode);
        var steps = answer.Json.GetProperty("steps").EnumerateArray().ToArray();
        string[] names =
        [
            "open", "import", "recall", "recall", "recall", "recall", "verify", "why", "snapshot", "revise", "forget", "restore", "rollback",
        ];
        Assert.Equal(names, steps.Select(s => s.GetProperty("name").GetString()!));
        Assert.All(steps, s => Assert.True(s.GetProperty("micros").GetInt64() > 0));
        Assert.All(steps, s => Assert.NotEmpty(s.GetProperty("what").GetString()!));
        Assert.EndsWith("is not recalled", steps[10].GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("is recalled", steps[11].GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, answer.Json.GetProperty("recalled").GetArrayLength());
        Assert.True(Directory.Exists(_cli.Pool));
        Assert.Equal(0, (await _cli.RunAsync("quickstart")).ExitCode);
    }

    [Fact]
    public async Task The_tour_in_words_explains_and_cleans_up()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, await Program.RunAsync(["quickstart"], new Shared.Terminal(TextReader.Null, output, error)));
        var text = output.ToString();
        string[] parts =
        [
            "backend/go", "3 insight", "shares the words", "similarity", "expected", "not_in_mode", "a made-up pass", "has been deleted",
            "memengine recall",
        ];
        foreach (var part in parts)
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Empty(error.ToString());
        var path = text.Split('\n').First(l => l.Contains("memengine-", StringComparison.Ordinal)).Trim();
        Assert.False(Directory.Exists(path));
    }
}
