using System.Text.Json;

namespace MemoryEngine.Tests.Snapshots;

/// <summary>Everything that can be asked of a pool, as text: two pools that answer alike give the same.</summary>
internal static class PoolImage
{
    private static readonly string[] Queries = ["alpha beta", "gamma one two", "delta", "nothing of the kind"];

    public static async Task<string> OfAsync(MemoryStore store)
    {
        var lines = new List<string>();
        var stats = store.Stats();
        lines.Add(Json(new { stats.Memories, stats.Records, stats.ByLevel, stats.ByDomain, stats.Tasks, stats.Sequence, stats.Spaces }));
        await AddAsync(lines, store, store.ListAsync(new ListFilter { State = null }));
        foreach (var snapshot in store.Snapshots())
        {
            lines.Add(Json(snapshot));
            using var reader = store.OpenSnapshot(snapshot.Name);
            await AddAsync(lines, reader, reader.ListAsync(new ListFilter { State = null }));
            var diff = store.Diff(snapshot.Name);
            lines.Add(Json(diff));
        }
        return string.Join('\n', lines);
    }

    private static async Task AddAsync(List<string> lines, IMemoryReader reader, IAsyncEnumerable<MemoryVersion> listed)
    {
        var ids = new List<Guid>();
        await foreach (var version in listed)
        {
            lines.Add(Of(version));
            ids.Add(version.Id);
        }
        foreach (var id in ids) lines.AddRange((await reader.HistoryAsync(id)).Select(Of));
        foreach (var query in Queries)
        {
            lines.Add(Of(await reader.RecallAsync(new RecallQuery { Text = query, K = 20 })));
            lines.Add(Of(await reader.RecallAsync(new RecallQuery { Text = query, K = 20, WithinDomain = "a", Tag = "t1" })));
            lines.Add(Of(await reader.RecallAsync(new RecallQuery { Text = query, K = 20, Language = "go", Model = "m" })));
        }
        lines.Add(Of(await reader.RecallAsync(new RecallQuery { Vector = new float[] { 1, 2, 3 }, Space = "v", K = 20 })));
    }

    private static string Of(RecallResult recall) =>
        Json(new { recall.Considered, recall.Sequence, Found = recall.Memories.Select(m => new { m.Memory.RecordId, m.Scores }) });

    private static string Of(MemoryVersion version) => Json(new
    {
        version,
        Vectors = version.Vectors.ToDictionary(v => v.Key, v => v.Value.ToArray()),
    });

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
