using System.Globalization;
using MemoryEngine.Verification.Texts;
using Xunit.Abstractions;

namespace MemoryEngine.Tests.Verification;

/// <summary>
/// The checks against 200 memories of the shared data that were read and labelled, by id. What they print is what
/// docs/verification.md publishes; the bounds are below it, so that a change for the worse is seen.
/// </summary>
public sealed class LabelledMemoryTests(ITestOutputHelper output)
{
    private sealed record Label(SharedMemory Memory, bool IsBound, string Language);

    [DataFact]
    [Trait("Category", "Data")]
    public void Specificity_finds_what_is_bound_to_its_origin()
    {
        var labels = Labels();
        Assert.Equal(200, labels.Count);
        var (precision, recall) = Report(
            "specificity of 0.35 or more", labels.Select(l => (l.IsBound, Specificity.Measure(l.Memory.Text).Value >= Specificity.LowUnder)));
        Assert.True(precision >= 0.9, $"{precision}");
        Assert.True(recall >= 0.65, $"{recall}");
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void Secrets_are_found_where_they_were_planted_and_nowhere_else()
    {
        var labels = Labels();
        var random = new Random(9);
        var cases = new List<(bool, bool)>();
        foreach (var (label, i) in labels.Select((l, i) => (l, i)))
        {
            cases.Add((false, SecretScan.Find(label.Memory.Text) is not null));
            // Into the middle, between two lines, as somebody who pastes would.
            var lines = label.Memory.Text.Split('\n').ToList();
            lines.Insert(lines.Count / 2, Plant(random, i));
            cases.Add((true, SecretScan.Find(string.Join('\n', lines)) is not null));
        }
        var (precision, recall) = Report("secrets, one planted in each of the 200", cases);
        Assert.True(precision >= 0.97 && recall >= 0.97, $"{precision} {recall}");
        var alarms = SharedMemories.All().Count(m => SecretScan.Find(m.Text) is not null);
        var commands = SharedMemories.All().Count(m => InstructionScan.Find(m.Text) is not null);
        output.WriteLine($"over all memories: {alarms} alarms of secrets, {commands} of commands");
        Assert.InRange(alarms, 0, 15);
        Assert.InRange(commands, 0, 5);
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void Near_duplicates_are_those_that_a_reader_takes_for_the_same()
    {
        var texts = Labels().ToDictionary(l => l.Memory.Id, l => l.Memory.Text);
        var pairs = Rows("pairs.tsv").Select(r => (A: texts[Guid.Parse(r[0])], B: texts[Guid.Parse(r[1])], Same: r[2] == "1")).ToList();
        var (precision, recall) = Report(
            "near-duplicates, of pairs that share many words",
            pairs.Select(p => (p.Same, Like(p.A, p.B) >= new VerificationOptions().DuplicateFrom)));
        Assert.True(precision >= 0.9, $"{precision}");
        Assert.True(recall >= 0.5, $"{recall}");
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void Preconditions_keep_from_a_go_task_what_states_another_language()
    {
        var go = new Dictionary<string, string> { ["language"] = "go" };
        var labels = Labels();
        bool Rejects(Label l) => Preconditions.Compare(l.Memory.Requires, go) == PreconditionMatch.Contradict;
        var (_, recallOfAll) = Report("preconditions, Go task, all 200", labels.Select(l => (l.Language != "-", Rejects(l))));
        var (_, recall) = Report(
            "preconditions, Go task, those that state a language",
            labels.Where(l => l.Memory.Requires.ContainsKey("language")).Select(l => (l.Language != "-", Rejects(l))));
        Assert.Equal(1, recall);
        Assert.True(recallOfAll < 1, "What states nothing cannot be known.");
    }

    [DataFact]
    [Trait("Category", "Data")]
    public async Task With_the_level_policy_off_preconditions_alone_keep_python_traces_from_go_and_javascript_tasks()
    {
        var pool = new SimulatedPool();
        await using var store = await pool.OpenAsync(o => o with { Verification = new VerificationOptions { LevelPolicy = false } });
        var traces = SharedMemories.All().Where(m => m.Level == MemoryLevel.Trace).ToList();
        await store.RememberManyAsync(
            [.. traces.Select(t => new MemoryDraft { Id = t.Id, Text = t.Text, Level = t.Level, Domain = t.Domain, Requires = t.Requires })]);
        var tasks = SharedMemories.Lines(Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "tasks"), "*.jsonl.gz").Single())
            .Select(t => (Text: Field(t, "text"), Domain: Field(t, "domain"), Language: Field(t, "language"))).ToList();
        foreach (var language in new[] { "go", "javascript", "python" })
        {
            var (handed, left) = (0, 0);
            foreach (var task in tasks.Where(t => t.Language == language).Take(12))
            {
                var result = await store.RecallAsync(new RecallQuery
                {
                    Text = task.Text,
                    Domain = task.Domain,
                    Context = new Dictionary<string, string> { ["language"] = language },
                    Explain = true,
                });
                handed += result.Memories.Count;
                left += result.LeftOut.Count(l => l.Verdict.Reasons.Any(r => r.Code == ReasonCode.PreconditionContradicts));
                // Every memory says why it was let through or left out.
                Assert.All(result.Memories, m => Assert.NotEmpty(m.Verdict.Reasons));
                Assert.All(result.LeftOut, l => Assert.NotEmpty(l.Verdict.Reasons));
            }
            output.WriteLine($"{language}: {handed} traces handed over in 12 recalls, {left} left out by their preconditions");
            if (language == "python") Assert.Equal(36, handed);
            else Assert.Equal(0, handed);
        }
    }

    private static string Field(System.Text.Json.JsonElement task, string name) => task.GetProperty(name).GetString()!;

    private static string Plant(Random random, int kind)
    {
        const string Letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        string Some(int length) => new(random.GetItems<char>(Letters, length));
        return (kind % 8) switch
        {
            0 => $"aws_access_key_id = AKIA{Some(16).ToUpperInvariant()}",
            1 => $"export GITHUB_TOKEN=ghp_{Some(36)}",
            2 => $"DATABASE_URL=postgres://app:{Some(14)}@db.internal:5432/app",
            3 => $"password: \"{Some(7)}7{Some(4)}3{Some(5)}\"",
            4 => $"-----BEGIN PRIVATE KEY-----\n{Some(64)}\n-----END PRIVATE KEY-----",
            5 => $"Authorization: Bearer {Some(20)}42{Some(18)}",
            6 => $"OPENAI_API_KEY=sk-proj-{Some(20)}5{Some(19)}",
            _ => $"slack: xoxb-{random.Next(100_000_000, 999_999_999)}-{Some(24)}",
        };
    }

    private static double Like(string a, string b) => TextSketch.Of(a).Similarity(TextSketch.Of(b));

    private (double Precision, double Recall) Report(string what, IEnumerable<(bool Is, bool Found)> cases)
    {
        var all = cases.ToList();
        var (right, found, there) = (all.Count(c => c is { Is: true, Found: true }), all.Count(c => c.Found), all.Count(c => c.Is));
        var (precision, recall) = ((double)right / Math.Max(1, found), (double)right / Math.Max(1, there));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: precision {precision:0.000} ({right} of {found}), recall {recall:0.000} ({right} of {there}), {all.Count} cases"));
        return (precision, recall);
    }

    private static List<Label> Labels()
    {
        var labels = Rows("labels.tsv").ToDictionary(r => Guid.Parse(r[0]), r => (IsBound: r[1] == "1", Language: r[2]));
        return
        [
            .. from memory in SharedMemories.All()
               where labels.ContainsKey(memory.Id)
               select new Label(memory, labels[memory.Id].IsBound, labels[memory.Id].Language),
        ];
    }

    private static IEnumerable<string[]> Rows(string name) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Verification", name)).Where(l => !l.StartsWith('#')).Skip(1)
        select line.Split('\t');
}
