using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MemoryEngine.Agents.Interchange;
using Xunit.Abstractions;

namespace MemoryEngine.Cli.Tests;

/// <summary>
/// Every polyglot task asks the whole pool across domains. Whatever is handed over or left out says why, and the mode's part of it is
/// what the mode table says, written down here once more from the design's table.
/// </summary>
public sealed class PolyglotRecallTests(ITestOutputHelper output)
{
    private const double LowSpecificityUnder = 0.35;

    [DataFact]
    [Trait("Category", "Data")]
    public async Task Every_task_is_told_why_each_memory_was_let_through_or_left_out()
    {
        using var folder = new TemporaryFolder();
        await using var store = await MemoryStore.OpenAsync(Path.Combine(folder.Path, "pool"));
        foreach (var file in Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "memories")).Order(StringComparer.Ordinal))
        {
            using var reader = JsonLinesReader.Open(file);
            var drafts = new List<MemoryDraft>();
            while (reader.TryRead(out var line)) drafts.Add(line.Draft!);
            await store.RememberManyAsync(drafts);
        }
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (tasks, full) = (0, 0);
        foreach (var task in Tasks())
        {
            var (domain, language) = (task.GetProperty("domain").GetString()!, task.GetProperty("language").GetString()!);
            var recall = await store.RecallAsync(new RecallQuery
            {
                Text = task.GetProperty("text").GetString(),
                Domain = domain,
                Context = new Dictionary<string, string> { ["language"] = language },
                Mode = TransferMode.CrossDomain,
                Explain = true,
            });
            tasks++;
            if (recall.Memories.Count == 3) full++;
            Assert.Equal(TransferMode.CrossDomain, recall.Mode);
            Assert.NotEmpty(recall.LeftOut);
            Assert.Empty(recall.LeftOut.Select(l => l.Id).Intersect(recall.Memories.Select(m => m.Memory.Id)));
            foreach (var (memory, verdict) in recall.Memories.Select(m => (m.Memory, m.Verdict)))
            {
                Assert.True(verdict.IsAccepted);
                Assert.Contains(verdict.Reasons, r => r.Code == ReasonCode.InMode && r.Detail is { Length: > 0 });
                Assert.True(MayCome(memory, domain, language), $"{memory.Id} was handed over to {domain}");
                Count(counts, "handed over", memory.Level);
            }
            foreach (var left in recall.LeftOut)
            {
                var against = left.Verdict.Reasons.Where(r => (int)r.Code < 64).ToList();
                Assert.NotEmpty(against);
                Assert.All(against, r => Assert.False(r.Code == ReasonCode.NotInMode && r.Detail is null));
                var memory = (await store.GetAsync(left.Id))!;
                var isKeptByMode = against.Exists(r => r.Code is ReasonCode.NotInMode or ReasonCode.PreconditionContradicts);
                if (isKeptByMode) Assert.False(MayCome(memory, domain, language), $"{memory.Id} was kept from {domain}");
                if (left.Verdict.IsAccepted || against.TrueForAll(r => r.Code is ReasonCode.Outranked or ReasonCode.Duplicate))
                    Assert.True(MayCome(memory, domain, language), $"{memory.Id} counts as outranked for {domain}");
                foreach (var reason in against) Count(counts, reason.Code.ToString(), left.Level);
            }
        }
        output.WriteLine($"{tasks} tasks, {full} of them with three memories");
        foreach (var (what, count) in counts) output.WriteLine($"{count,6}  {what}");
        Assert.Equal(122, tasks);
        Assert.Equal(tasks, full);
        // No memory of the pool comes from a polyglot domain, so all are foreign: traces never come, and something did.
        Assert.DoesNotContain("handed over, level 1", counts.Keys);
        Assert.Contains("NotInMode, level 1", counts.Keys);
        Assert.Contains("PreconditionContradicts, level 1", counts.Keys);
    }

    // The row "CrossDomain" of the table of modes; no memory here is of the task's own domain or of one near it.
    private static bool MayCome(MemoryVersion memory, string taskDomain, string language)
    {
        Assert.NotEqual(taskDomain.Split('/')[0], memory.Domain.Split('/')[0]);
        var hasLanguage = memory.Requires.TryGetValue("language", out var required);
        if (hasLanguage && !string.Equals(required, language, StringComparison.OrdinalIgnoreCase)) return false;
        var doMatch = hasLanguage && memory.Requires.Count == 1;
        var isLow = MemoryStore.MeasureSpecificity(memory.Text).Value < LowSpecificityUnder;
        return memory.Level switch
        {
            MemoryLevel.Strategy => true,
            MemoryLevel.Insight => doMatch || isLow,
            MemoryLevel.Procedure => doMatch && isLow,
            _ => false,
        };
    }

    private static void Count(SortedDictionary<string, int> counts, string what, MemoryLevel level)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{what}, level {(int)level}");
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    private static IEnumerable<JsonElement> Tasks() =>
        Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "tasks"), "polyglot-*").SelectMany(path =>
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        });

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("memengine-polyglot-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
