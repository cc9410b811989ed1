namespace MemoryEngine.Tests.Verification;

/// <summary>
/// Whatever happens to a memory between the search that found it and its handing over: each interleaving is forced by a hook that runs
/// just then.
/// </summary>
public sealed class HandOverTests
{
    private const string Query = "queue workers drain";
    private readonly SimulatedPool _pool = new();
    private readonly TestEvidence _evidence = new();
    private Func<ValueTask>? _between;

    [Fact]
    public async Task A_memory_revised_in_between_is_handed_over_as_it_is_now()
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "queue workers drain");
        _between = Once(async () => await store.ReviseAsync(id, new MemoryDraft { Text = "queue workers drain, revised" }));
        var recalled = Assert.Single((await store.RecallAsync(Query)).Memories);
        Assert.Equal((2, "queue workers drain, revised"), (recalled.Memory.Version, recalled.Memory.Text));
        Assert.True(recalled.Memory.IsCurrent);
    }

    [Fact]
    public async Task A_memory_superseded_in_between_by_what_the_query_does_not_find_gives_its_place_to_the_next()
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "queue workers drain");
        var next = await RememberAsync(store, "a queue");
        _between = Once(async () => await store.ReviseAsync(id, new MemoryDraft { Text = "unrelated by now" }));
        var recalled = await store.RecallAsync(Query, k: 1);
        Assert.Equal([next], recalled.Memories.Select(m => m.Memory.Id));
    }

    [Fact]
    public async Task A_memory_that_is_superseded_every_time_is_left_out_at_last()
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "queue workers drain");
        var next = await RememberAsync(store, "a queue");
        var version = 1;
        _between = async () => await store.ReviseAsync(id, new MemoryDraft { Text = $"queue workers drain, {++version}" });
        var recalled = await store.RecallAsync(new RecallQuery { Text = Query, K = 1, Explain = true });
        Assert.Equal([next], recalled.Memories.Select(m => m.Memory.Id));
        Assert.Contains(recalled.LeftOut, l => l.Id == id && l.Verdict.Reasons.Any(r => r.Code == ReasonCode.Superseded));
    }

    [Theory]
    [InlineData("forgotten")]
    [InlineData("purged")]
    [InlineData("rolled back")]
    public async Task A_memory_taken_away_in_between_is_not_handed_over(string how)
    {
        await using var store = await OpenAsync();
        await store.CreateSnapshotAsync("before");
        var id = await RememberAsync(store, "queue workers drain");
        var next = how == "rolled back" ? Guid.Empty : await RememberAsync(store, "a queue");
        _between = Once(async () =>
        {
            if (how == "forgotten") await store.ForgetAsync(id);
            else if (how == "purged") await store.PurgeAsync([id]);
            else await store.RollBackAsync("before");
        });
        var recalled = await store.RecallAsync(Query, k: 1);
        Assert.Equal(next == Guid.Empty ? [] : [next], recalled.Memories.Select(m => m.Memory.Id));
    }

    [Theory]
    [InlineData(nameof(MemoryStanding.Quarantined), ReasonCode.Quarantined)]
    [InlineData(nameof(MemoryStanding.Harmful), ReasonCode.Harmful)]
    public async Task A_memory_quarantined_in_between_gives_its_place_to_the_next(string standing, ReasonCode reason)
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "queue workers drain");
        var next = await RememberAsync(store, "a queue");
        _between = Once(() =>
        {
            _evidence.Standings[id] = Enum.Parse<MemoryStanding>(standing);
            return ValueTask.CompletedTask;
        });
        await NextIsHandedOverAsync(store, id, next, reason);
    }

    [Fact]
    public async Task A_memory_expired_in_between_gives_its_place_to_the_next()
    {
        await using var store = await OpenAsync();
        var draft = new MemoryDraft { Text = "queue workers drain", ExpiresAt = _pool.Clock.GetUtcNow().AddMinutes(1) };
        var id = (await store.RememberAsync(draft)).Id;
        var next = await RememberAsync(store, "a queue");
        _between = Once(() =>
        {
            _pool.Clock.Advance(TimeSpan.FromMinutes(1));
            return ValueTask.CompletedTask;
        });
        await NextIsHandedOverAsync(store, id, next, ReasonCode.Expired);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_memory_damaged_before_or_in_between_gives_its_place_to_the_next(bool isSeenBefore)
    {
        Guid id, next;
        await using (var writer = await OpenAsync())
        {
            id = await RememberAsync(writer, "queue workers drain");
            next = await RememberAsync(writer, "a queue");
        }
        // Read-only, so that bodies are read from the journal, which nothing else holds a copy of.
        await using var store = await _pool.OpenAsync(o => o with { ReadOnly = true, Evidence = _evidence, BeforeHandOver = Between });
        if (isSeenBefore) Assert.Equal(2, (await store.RecallAsync(Query)).Memories.Count);
        var damage = Once(() =>
        {
            Damage("queue workers drain");
            return ValueTask.CompletedTask;
        });
        if (isSeenBefore) _between = damage;
        else await damage();
        var recalled = await store.RecallAsync(new RecallQuery { Text = Query, K = 1, Explain = true });
        Assert.Equal([next], recalled.Memories.Select(m => m.Memory.Id));
        Assert.Contains(recalled.LeftOut, l => l.Id == id && l.Verdict.Reasons.Any(r => r.Code == ReasonCode.Damaged));
        Assert.Contains(recalled.Notes, n => n.Contains($"{id} was left out: Damaged data in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_hands_over_what_it_holds_whatever_happened_since()
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "queue workers drain");
        await store.CreateSnapshotAsync("then");
        using var snapshot = store.OpenSnapshot("then");
        _between = Once(async () => await store.ForgetAsync(id));
        Assert.Equal(id, Assert.Single((await snapshot.RecallAsync(new RecallQuery { Text = Query })).Memories).Memory.Id);
        Assert.Empty((await store.RecallAsync(Query)).Memories);
    }

    private static async Task NextIsHandedOverAsync(MemoryStore store, Guid id, Guid next, ReasonCode reason)
    {
        var recalled = await store.RecallAsync(new RecallQuery { Text = Query, K = 1, Explain = true });
        Assert.Equal([next], recalled.Memories.Select(m => m.Memory.Id));
        Assert.Contains(recalled.LeftOut, l => l.Id == id && l.Verdict.Reasons.Any(r => r.Code == reason));
    }

    private Task<MemoryStore> OpenAsync() => _pool.OpenAsync(o => o with { Evidence = _evidence, BeforeHandOver = Between });

    private ValueTask Between() => _between?.Invoke() ?? ValueTask.CompletedTask;

    private static Func<ValueTask> Once(Func<ValueTask> action)
    {
        var isDone = false;
        return async () =>
        {
            if (isDone) return;
            isDone = true;
            await action();
        };
    }

    private static async Task<Guid> RememberAsync(MemoryStore store, string text) => (await store.RememberAsync(text)).Id;

    private void Damage(string text)
    {
        foreach (var path in _pool.FilesIn("journal").ToList())
        {
            var bytes = _pool.Disk.ReadAll(path);
            var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
            if (at < 0) continue;
            bytes[at] ^= 1;
            _pool.Disk.WriteAll(path, bytes);
            return;
        }
        Assert.Fail($"No journal file holds '{text}'.");
    }
}
