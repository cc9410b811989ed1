using MemoryEngine.Segments;

namespace MemoryEngine.Tests;

/// <summary>What a pool learns from its own texts: when, what it does for a search, and what is left of it after a restart.</summary>
public sealed class LearningTests
{
    private static readonly string[][] Topics =
    [
        ["deadlock", "mutex", "thread", "lock", "contention"],
        ["regex", "parser", "grammar", "token", "lexer"],
        ["socket", "timeout", "latency", "packet", "retry"],
        ["render", "pixel", "shader", "canvas", "frame"],
    ];

    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task Words_that_keep_company_find_each_other_also_after_a_restart()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 0, 300);
            await store.SettleAsync();
            await CheckAsync(store);
        }
        Assert.Single(_pool.FilesIn("segments"), SegmentFiles.IsModel);
        await using (var store = await OpenAsync())
        {
            // Nothing is learned again: what was kept serves at once.
            await CheckAsync(store);
            // A memory that comes later has its place as well.
            await store.RememberAsync("A mutex that two threads share, with contention on one lock.");
            var plan = (await store.RecallAsync(Query("deadlock"))).Plan;
            Assert.Contains(plan, s => s is { Part: "memory", Space: "", Rows: > 0 });
        }
        Assert.Empty((await MemoryStore.CheckAsync(SimulatedPool.Root, Vary(_pool.Options))).Problems);
    }

    [Fact]
    public async Task It_learns_again_when_the_pool_has_doubled_and_keeps_one_model()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 0, 250);
            await store.SettleAsync();
            await FillAsync(store, 250, 300);
            await store.SettleAsync();
            await CheckAsync(store);
        }
        await using (var store = await OpenAsync())
        {
            await CheckAsync(store);
            await store.CompactAsync();
            await store.RememberAsync("one more");
        }
        await using (var store = await OpenAsync()) await store.RememberAsync("and one");
        Assert.Single(_pool.FilesIn("segments"), SegmentFiles.IsModel);
        // Vectors of one space alone are left, and none of the hashing embedder's.
        var spaces = _pool.FilesIn("segments").Where(f => SegmentFiles.KindOf(f) == SealedKind.Vectors).Select(f => f.Split('.')[^2]).Distinct();
        Assert.Single(spaces);
    }

    [Fact]
    public async Task A_damaged_model_costs_time_and_nothing_else()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 0, 300);
            await store.SettleAsync();
        }
        var model = _pool.FilesIn("segments").Single(SegmentFiles.IsModel);
        _pool.Disk.FlipBit(model, 5_000);
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, Vary(_pool.Options));
        Assert.Contains(report.Problems, p => p.File == model);
        await using (var store = await OpenAsync())
        {
            Assert.Equal(300, store.Stats().Memories);
            await store.SettleAsync();
            await CheckAsync(store);
        }
    }

    [Fact]
    public async Task A_kill_at_any_time_while_it_learns_loses_nothing()
    {
        var random = new Random(3);
        await using (var store = await OpenAsync()) await FillAsync(store, 0, 220);
        for (var round = 0; round < 6; round++)
        {
            var store = await OpenAsync();
            await FillAsync(store, 220 + (round * 5), 5);
            var learning = store.SettleAsync();
            await Task.WhenAny(learning, Task.Run(() => Thread.SpinWait(random.Next(1, 2_000_000))));
            var left = _pool.Disk.AfterProcessKill();
            await store.DisposeAsync();
            _pool.Disk = left;
            await using var again = await OpenAsync();
            Assert.Equal(225 + (round * 5), again.Stats().Memories);
            await again.SettleAsync();
            await CheckAsync(again);
        }
    }

    // Not one word in common with what is found; the learned space was searched.
    private static async Task CheckAsync(MemoryStore store)
    {
        foreach (var topic in Topics)
        {
            // So many that those with the word itself are not enough.
            var wanted = (int)store.Stats().Memories / Topics.Length;
            var result = await store.RecallAsync(Query(topic[0]) with { K = wanted, Parts = RecallParts.Vector });
            Assert.Contains(result.Plan, s => s.Space is "");
            var ofTopic = result.Memories.Where(m => topic.Any(word => m.Memory.Text.Contains(word, StringComparison.Ordinal))).ToList();
            Assert.InRange(ofTopic.Count, wanted * 3 / 4, wanted);
            Assert.Contains(ofTopic, m => !m.Memory.Text.Contains(topic[0], StringComparison.Ordinal));
        }
    }

    private static RecallQuery Query(string text) => new() { Text = text, Explain = true };

    // Each memory has three of the five words of its topic and some of everybody's.
    private static async Task FillAsync(MemoryStore store, int first, int count)
    {
        var random = new Random(first);
        for (var i = 0; i < count; i++)
        {
            var topic = Topics[(first + i) % Topics.Length];
            var words = topic.OrderBy(_ => random.Next()).Take(3).Concat(["check", "before", $"case{random.Next(40)}"]);
            await store.RememberAsync(new MemoryDraft { Text = string.Join(' ', words) }, Durability.Process);
        }
    }

    private Task<MemoryStore> OpenAsync() => _pool.OpenAsync(Vary);

    private static MemoryStoreOptions Vary(MemoryStoreOptions options) => options with
    {
        SegmentLimits = new(SealRows: 60, GraphVectors: 100),
        CheckpointOnCloseBytes = 1,
    };
}
