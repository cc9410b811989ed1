using System.IO.Compression;
using System.Text.Json;

namespace MemoryEngine.Cli.Tests.Retrieval;

/// <summary>The hand-made pairs of a task and a memory of another domain: well formed, and of memories and tasks that exist.</summary>
public sealed class TransferPairTests
{
    private sealed record Pair(string Task, string? TaskRef, string TaskDomain, string? Query, Guid Memory, bool NoSharedWord, string Reason);

    [Fact]
    public void Pairs_are_well_formed_and_half_of_them_share_no_word()
    {
        var pairs = Read();
        Assert.True(pairs.Count >= 80);
        Assert.True(pairs.Count(p => p.NoSharedWord) * 2 >= pairs.Count);
        Assert.Equal(pairs.Count, pairs.Select(p => (p.Task, p.Memory)).Distinct().Count());
        Assert.All(pairs, p => Assert.True(p.Query is null != p.TaskRef is null, $"{p.Task}: one of query and task_ref is given"));
        Assert.All(pairs, p => Assert.True(p.Reason.Length > 20, $"{p.Task}: the reason is missing"));
        foreach (var task in pairs.GroupBy(p => p.Task)) Assert.Single(task.Select(p => (p.TaskRef, p.TaskDomain, p.Query)).Distinct());
    }

    [DataFact]
    [Trait("Category", "Data")]
    public void Their_memories_and_tasks_exist_in_other_domains()
    {
        var domains = Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "memories")).SelectMany(Lines)
            .ToDictionary(m => m.GetProperty("id").GetGuid(), m => m.GetProperty("domain").GetString());
        var tasks = Directory.GetFiles(Path.Combine(DataFactAttribute.Root!, "tasks")).SelectMany(Lines)
            .Select(t => t.GetProperty("task").GetString()!).ToHashSet();
        foreach (var pair in Read())
        {
            Assert.True(domains.TryGetValue(pair.Memory, out var domain), $"{pair.Task}: there is no memory {pair.Memory}");
            Assert.NotEqual(pair.TaskDomain, domain);
            Assert.True(pair.TaskRef is null || tasks.Contains(pair.TaskRef), $"there is no task {pair.TaskRef}");
        }
    }

    private static List<Pair> Read() =>
    [
        .. from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Retrieval", "transfer-pairs.jsonl"))
           let pair = JsonDocument.Parse(line).RootElement
           select new Pair(
               pair.GetProperty("task").GetString()!, pair.GetProperty("task_ref").GetString(), pair.GetProperty("task_domain").GetString()!,
               pair.GetProperty("query").GetString(), pair.GetProperty("memory").GetGuid(), pair.GetProperty("no_shared_word").GetBoolean(),
               pair.GetProperty("reason").GetString()!),
    ];

    private static IEnumerable<JsonElement> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return JsonDocument.Parse(line).RootElement;
    }
}
