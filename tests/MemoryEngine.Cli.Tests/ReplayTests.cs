using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MemoryEngine.Cli.Tests;

/// <summary>Recorded runs without and with memory, through the evidence code.</summary>
public sealed class ReplayTests : IDisposable
{
    private const int Seed = 20_261;

    private readonly CliRun _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Variants_are_analysed_apart_and_losses_are_counted_beyond_flips()
    {
        string[] lines =
        [
            .. Enumerable.Repeat(Pair(true, true, "a", again: true), 40), .. Enumerable.Repeat(Pair(false, true, "a", again: false), 30),
            .. Enumerable.Repeat(Pair(true, false, "a", again: false), 2), Pair(true, false, "a", again: true), Pair(true, true, "b"), "",
        ];
        var answer = await _cli.JsonAsync(0, "replay", _cli.Write("pairs.jsonl", lines));
        var (a, b) = (answer.GetProperty("variants")[0], answer.GetProperty("variants")[1]);
        Assert.Equal(("a", 73, 30, 3), (Text(a, "variant"), Int(a, "pairs"), Int(a, "gains"), Int(a, "losses")));
        Assert.Equal(("b", 1), (Text(b, "variant"), Int(b, "pairs")));
        Assert.Equal(3 / 73.0, Number(a, "ntr"), 1e-6);
        // Of the three losses two flipped between the controls as well.
        Assert.Equal(1 / 73.0, Number(a, "excess_ntr"), 1e-6);
        Assert.Equal(2700 / 73.0, Number(a, "net_points"), 1e-6);
        Assert.Equal(2, a.GetProperty("interval").GetArrayLength());
        Assert.Equal("pass", Text(Gate(a, "gain_above_5"), "verdict"));
        Assert.Equal("insufficient", Text(Gate(a, "ntr_below_10"), "verdict"));
        Assert.Equal(3, Int(Gate(a, "ntr_below_10"), "needed"));
        Assert.Equal(0.1, Number(Gate(a, "excess_ntr_below_10"), "article"));
        Assert.Equal(JsonValueKind.Null, b.GetProperty("excess_ntr").ValueKind);
        Assert.Equal(28, Int(Gate(b, "ntr_below_10"), "needed"));
    }

    [Fact]
    public async Task A_memory_gets_a_verdict_only_where_the_pairs_suffice()
    {
        var (bad, good, open) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        string[] lines =
        [
            .. Enumerable.Repeat(Pair(true, false, null, memories: [bad, bad]), 30),
            .. Enumerable.Repeat(Pair(false, true, null, memories: [good]), 30),
            .. Enumerable.Repeat(Pair(true, false, null, memories: [open]), 3),
        ];
        var variant = (await _cli.JsonAsync(0, "replay", _cli.Write("pairs.jsonl", lines))).GetProperty("variants")[0];
        Assert.Equal(JsonValueKind.Null, variant.GetProperty("variant").ValueKind);
        var memories = variant.GetProperty("memories");
        Assert.Equal(["fail", "pass", "insufficient"], memories.EnumerateArray().Select(m => Text(m, "verdict")));
        Assert.Equal((bad.ToString(), 30, -100.0), (Text(memories[0], "id"), Int(memories[0], "appearances"), Number(memories[0], "effect")));
        Assert.True(Number(memories[2], "low") < 0 && Number(memories[2], "high") < 100);
        Assert.Equal("fail", Text(Gate(variant, "ntr_below_5"), "verdict"));
        var shown = await _cli.RunAsync("replay", Path.Combine(_cli.Root, "pairs.jsonl"));
        Assert.Contains("3 memories, 1 of them with too little data for a verdict.", shown.Out, StringComparison.Ordinal);
        Assert.Contains("not measured: no task has a second run without memory", shown.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "one JSON object")]
    [InlineData("{\"control\": true, \"memory\": true}", "'task' is missing")]
    [InlineData("{\"task\": \"t\", \"memory\": true}", "'control' is missing")]
    [InlineData("{\"task\": \"t\", \"control\": true, \"memory\": 1}", "'memory' is true or false, not 1")]
    [InlineData("{\"task\": 3, \"control\": true, \"memory\": true}", "'task' is a string, not 3")]
    [InlineData("{\"task\": \"t\", \"control\": true, \"memory\": true, \"memories\": [\"x\"]}", "UUIDs, not \"x\"")]
    [InlineData("{\"task\": \"t\", \"control\": true, \"memory\": true, \"memories\": \"x\"}", "array of ids")]
    public async Task A_bad_line_is_named_and_the_rest_goes_on(string line, string message)
    {
        var file = _cli.Write("pairs.jsonl", Pair(true, true, null), line, Pair(false, true, null));
        var answer = await _cli.JsonAsync(0, "replay", file);
        Assert.Equal(2, Int(answer.GetProperty("variants")[0], "pairs"));
        var failed = answer.GetProperty("failed")[0];
        Assert.Equal((file, 2), (Text(failed, "file"), Int(failed, "line")));
        Assert.Contains(message, Text(failed, "message"), StringComparison.Ordinal);
        Assert.Equal("bad_line", Text((await _cli.JsonAsync(2, "replay", file, "--strict")).GetProperty("error"), "code"));
    }

    [Fact]
    public async Task Damaged_files_say_where_reading_ended()
    {
        var whole = Path.Combine(_cli.Root, "whole.gz");
        using (var gzip = new GZipStream(File.Create(whole), CompressionLevel.Fastest))
        using (var writer = new StreamWriter(gzip))
            for (var i = 0; i < 5_000; i++) writer.WriteLine(Pair(i % 2 == 0, i % 3 == 0, null, memories: [Guid.NewGuid()]));
        var answer = await _cli.JsonAsync(0, "replay", whole);
        Assert.Equal(5_000, Int(answer.GetProperty("variants")[0], "pairs"));
        var cut = Path.Combine(_cli.Root, "cut.gz");
        File.WriteAllBytes(cut, [.. File.ReadAllBytes(whole)[..^40_000], .. new byte[100]]);
        var failed = (await _cli.JsonAsync(0, "replay", cut)).GetProperty("failed")[0];
        Assert.Contains("damaged or cut off", Text(failed, "message"), StringComparison.Ordinal);
        var odd = Path.Combine(_cli.Root, "odd.jsonl");
        File.WriteAllBytes(odd, [.. "{\"task\": \""u8, 0xff, .. "\"}"u8]);
        failed = (await _cli.JsonAsync(0, "replay", odd)).GetProperty("failed")[0];
        Assert.Contains("not UTF-8", Text(failed, "message"), StringComparison.Ordinal);
        Assert.Equal("usage", Text((await _cli.JsonAsync(2, "replay", "no-such-file")).GetProperty("error"), "code"));
        Assert.Contains("There is no pair", (await _cli.RunAsync("replay", _cli.Write("empty.jsonl"))).Out, StringComparison.Ordinal);
    }

    /// <summary>An independent count, and p-values that scipy 1.10.1 gives: binomtest(min(g, l), g + l).pvalue.</summary>
    [DataFact]
    public async Task Real_outcomes_are_counted_right_and_no_memory_has_enough_of_them()
    {
        foreach (var file in Files())
        {
            var lines = ReadLines(file).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            var answer = (await _cli.JsonAsync(0, "replay", file)).GetProperty("variants").EnumerateArray().ToList();
            var groups = lines.GroupBy(l => l.TryGetProperty("variant", out var v) ? v.GetString() : null).ToList();
            Assert.Equal(groups.Count, answer.Count);
            foreach (var group in groups)
            {
                var variant = answer.Single(v => v.GetProperty("variant").GetString() == group.Key);
                var (gains, losses) = (group.Count(l => Is(l, false, true)), group.Count(l => Is(l, true, false)));
                Assert.Equal((group.Count(), gains, losses), (Int(variant, "pairs"), Int(variant, "gains"), Int(variant, "losses")));
                Assert.Equal((double)losses / group.Count(), Number(variant, "ntr"), 1e-6);
                Assert.Equal(100.0 * (gains - losses) / group.Count(), Number(variant, "net_points"), 1e-6);
                var p = (gains, losses) switch { (7, 3) => 0.34375, (6, 2) => 0.2890625, (17, 20) => 0.7428293587, _ => double.NaN };
                Assert.Equal(p, Number(variant, "mcnemar_p"), 1e-6);
                var used = group.Where(l => l.TryGetProperty("memories", out _))
                    .SelectMany(l => l.GetProperty("memories").EnumerateArray().Select(i => i.GetGuid()).Distinct())
                    .CountBy(id => id).ToDictionary();
                var memories = variant.GetProperty("memories").EnumerateArray().ToList();
                Assert.Equal(used.Count, memories.Count);
                Assert.All(memories, m => Assert.Equal(used[m.GetProperty("id").GetGuid()], Int(m, "appearances")));
                Assert.All(memories, m => Assert.Equal("insufficient", Text(m, "verdict")));
            }
        }
    }

    /// <summary>
    /// Where memory does nothing, a gate that is right nineteen times of twenty passes ten times of 200 on average, and 17 times with
    /// bad luck. Runs of a pair are exchanged by chance, or outcomes with memory are dealt out anew.
    /// </summary>
    [DataFact]
    public async Task Shuffled_outcomes_pass_no_gate_more_often_than_chance_allows()
    {
        const int Shuffles = 200;
        var random = new Random(Seed);
        foreach (var part in Files().SelectMany(f => ReadLines(f).Select(l => JsonNode.Parse(l)!)).GroupBy(l => l["variant"]?.GetValue<string>()))
        {
            var (exchanged, dealt) = (new List<string>(), new List<string>());
            for (var i = 0; i < Shuffles; i++)
            {
                var outcomes = part.Select(l => l["memory"]!.GetValue<bool>()).ToArray();
                random.Shuffle(outcomes);
                foreach (var (line, outcome) in part.Zip(outcomes))
                {
                    var (control, memory) = (line["control"]!.GetValue<bool>(), line["memory"]!.GetValue<bool>());
                    exchanged.Add(random.Next(2) == 0 ? Pair(control, memory, $"{i}") : Pair(memory, control, $"{i}"));
                    dealt.Add(Pair(control, outcome, $"{i}"));
                }
            }
            foreach (var lines in new[] { exchanged, dealt })
            {
                var answer = await _cli.JsonAsync(0, "replay", _cli.Write("shuffled.jsonl", [.. lines]));
                Assert.Equal(Shuffles, answer.GetProperty("variants").GetArrayLength());
                var passed = answer.GetProperty("variants").EnumerateArray()
                    .Count(v => v.GetProperty("gates").EnumerateArray().Any(g => Text(g, "verdict") == "pass"));
                Assert.True(passed <= 17, $"seed {Seed}: {part.Key}: a gate passed in {passed} of {Shuffles} shuffles");
            }
        }
    }

    private static string[] Files() => Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "outcomes"), "*.jsonl.gz");

    private static List<string> ReadLines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string Pair(bool control, bool memory, string? variant, bool? again = null, Guid[]? memories = null) =>
        JsonSerializer.Serialize(new { task = "t", domain = "d", variant, control, memory, control_again = again, memories });

    private static bool Is(JsonElement line, bool control, bool memory) =>
        line.GetProperty("control").GetBoolean() == control && line.GetProperty("memory").GetBoolean() == memory;

    private static JsonElement Gate(JsonElement variant, string name) =>
        variant.GetProperty("gates").EnumerateArray().Single(g => Text(g, "name") == name);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
