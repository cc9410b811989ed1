using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Golden;

/// <summary>
/// Pools of every format that a version of the engine has written, damaged ones among them, open as they did then: with all
/// they held, or with the same refusal. These tests and the pools of tests/golden stay for ever; new ones only come to them.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Pools => [.. GoldenPool.Names];

    [Fact]
    public void There_are_pools_of_every_generation()
    {
        foreach (var generation in new[] { 1, 2, 3 })
            foreach (var pool in new[] { "closed", "flipped", "killed", "torn" })
                Assert.Contains($"{generation}/{pool}", GoldenPool.Names);
    }

    [Fact]
    public void From_the_third_generation_on_there_are_vectors_and_graphs_in_files_of_their_own()
    {
        var segments = Path.Combine(GoldenPool.Folder, "3", "closed", "pool", "segments");
        var names = Directory.GetFiles(segments).Select(path => Path.GetFileName(path)!).ToList();
        Assert.True(names.Count(name => name.EndsWith(".vectors", StringComparison.Ordinal)) >= 3);
        var graphs = names.Where(SegmentFiles.IsGraph).ToList();
        Assert.NotEmpty(graphs);
        foreach (var name in graphs)
        {
            using var graph = GraphFile.Read(PhysicalFileSystem.Instance, Path.Combine(segments, name), advise: null);
            Assert.True(graph.Shape.Count >= 6);
        }
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public async Task A_golden_pool_opens_as_it_always_did(string name)
    {
        using var pool = new GoldenPool(name);
        if (pool.Expected.Refusal is { } refusal)
        {
            await RefusedAsync(pool, refusal);
            return;
        }
        var expected = pool.Expected.State!;
        await using (var reader = await OpenAsync(pool, readOnly: true)) await CompareAsync(reader, expected);
        await using (var store = await OpenAsync(pool, readOnly: false))
        {
            Assert.Equal(pool.Expected.Notes.Count, store.Stats().OpeningNotes.Count);
            foreach (var (part, note) in pool.Expected.Notes.Zip(store.Stats().OpeningNotes)) Assert.Contains(part, note, StringComparison.Ordinal);
            await CompareAsync(store, expected);
        }
        await GoesOnAsync(pool, expected);
        var report = await MemoryStore.CheckAsync(pool.Root, GoldenContent.Options);
        Assert.True(report.Ok, string.Join('\n', report.Problems));
    }

    private static async Task RefusedAsync(GoldenPool pool, GoldenRefusal expected)
    {
        foreach (var readOnly in new[] { true, false })
        {
            var refused = await Assert.ThrowsAsync<CorruptionException>(() => OpenAsync(pool, readOnly));
            var file = Path.GetRelativePath(pool.Root, refused.File).Replace('\\', '/');
            Assert.Equal(expected, new GoldenRefusal(file, refused.Offset, refused.Expected, refused.Found));
        }
        // The first is what keeps it closed; the rest are what the lenient reader makes of it.
        var problem = (await MemoryStore.CheckAsync(pool.Root, GoldenContent.Options)).Problems[0];
        Assert.Equal((expected.File, expected.Offset), (Path.GetRelativePath(pool.Root, problem.File).Replace('\\', '/'), problem.Offset));
    }

    private static async Task CompareAsync(MemoryStore store, GoldenState expected)
    {
        var found = await GoldenReading.ReadAsync(store, expected.Purged);
        Assert.Equal(
            GoldenExpectation.Text(expected with { Keys = found.Keys, Evidence = expected.Evidence ?? found.Evidence }),
            GoldenExpectation.Text(found));
        foreach (var id in expected.Purged)
            Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.GetAsync(id)));
        var newest = expected.Versions.Last(v => v.IsCurrent);
        Assert.Equal(newest.Id, (await store.RecallAsync(newest.Text, k: 1)).Memories[0].Memory.Id);
    }

    // Keys answer as they did, and writing goes on where it ended.
    private static async Task GoesOnAsync(GoldenPool pool, GoldenState expected)
    {
        await using (var store = await OpenAsync(pool, readOnly: false))
        {
            foreach (var (key, result) in expected.Keys)
            {
                var version = expected.Versions.Single(v => v.Id == result.Id && v.Version == result.Version);
                Assert.Equal(result, await store.RememberAsync(Draft(version) with { IdempotencyKey = key }));
            }
            var added = await store.RememberAsync("Written by a later version.");
            Assert.Equal((RememberOutcome.Added, expected.Sequence + 1), (added.Outcome, added.Sequence));
        }
        await using var again = await OpenAsync(pool, readOnly: false);
        Assert.Equal((expected.Records + 1, expected.Memories + 1), (again.Stats().Records, again.Stats().Memories));
        Assert.Empty(again.Stats().OpeningNotes);
    }

    private static Task<MemoryStore> OpenAsync(GoldenPool pool, bool readOnly) =>
        MemoryStore.OpenAsync(pool.Root, GoldenContent.Options with { ReadOnly = readOnly, CreateIfMissing = false });

    private static MemoryDraft Draft(GoldenVersion v) => new()
    {
        Id = v.Id,
        Text = v.Text,
        Level = v.Level,
        Format = v.Format,
        Result = v.Result,
        Domain = v.Domain,
        Task = v.Task,
        Title = v.Title,
        Key = v.Key,
        Model = v.Model,
        Contributor = v.Contributor,
        Source = v.Source,
        License = v.License,
        ExpiresAt = v.ExpiresAt,
        Requires = v.Requires,
        Tags = v.Tags,
        Vectors = v.Vectors.ToDictionary(p => p.Key, p => (ReadOnlyMemory<float>)p.Value),
        Extra = v.Extra,
    };
}
