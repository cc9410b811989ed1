namespace MemoryEngine.Tests.Snapshots;

/// <summary>Names for views: made, read, compared, rolled back to and undone, over restarts.</summary>
public sealed class SnapshotTests
{
    private static readonly Guid A = Guid.Parse("0194401d-0000-7000-8000-00000000000a");
    private static readonly Guid B = Guid.Parse("0194401d-0000-7000-8000-00000000000b");
    private static readonly Guid C = Guid.Parse("0194401d-0000-7000-8000-00000000000c");
    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task A_snapshot_is_read_as_it_was_while_the_pool_goes_on()
    {
        await using var store = await _pool.OpenAsync();
        await Remember(store, A, "alpha one");
        await Remember(store, B, "beta one");
        await store.ForgetAsync(B);
        var made = await store.CreateSnapshotAsync("first");
        Assert.Equal(("first", 1), (made.Name, made.Memories));
        using var snapshot = store.OpenSnapshot("first");
        await Remember(store, A, "alpha two");
        await store.RestoreAsync(B);
        await Remember(store, C, "gamma one");

        Assert.Equal("alpha one", (await snapshot.GetAsync(A))!.Text);
        Assert.True((await snapshot.GetAsync(A))!.IsCurrent);
        Assert.Equal(MemoryState.Tombstoned, (await snapshot.GetAsync(B))!.State);
        Assert.Null(await snapshot.GetAsync(C));
        Assert.Null(await snapshot.GetAsync(A, version: 2));
        Assert.Single(await snapshot.HistoryAsync(A));
        Assert.Equal(["alpha one"], await Texts(snapshot));
        Assert.Equal(1, snapshot.Stats().Memories);
        var recalled = await snapshot.RecallAsync(new RecallQuery { Text = "alpha two gamma beta" });
        Assert.Equal("alpha one", Assert.Single(recalled.Memories).Memory.Text);
        Assert.Equal(["alpha two", "beta one", "gamma one"], (await Texts(store)).Order());
    }

    [Fact]
    public async Task A_rollback_brings_the_past_back_and_is_undone_by_another()
    {
        var store = await _pool.OpenAsync();
        await Remember(store, A, "alpha one");
        await Remember(store, B, "beta one");
        await store.CreateSnapshotAsync("first");
        await Remember(store, A, "alpha two");
        await store.ForgetAsync(B);
        await Remember(store, C, "gamma one");
        var rolledBack = await store.RollBackAsync("first");

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(["alpha one", "beta one"], (await Texts(store)).Order());
            Assert.Null(await store.GetAsync(C));
            Assert.Single(await store.HistoryAsync(A));
            Assert.Equal(2, store.Stats().Memories);
            await store.DisposeAsync();
            store = await _pool.OpenAsync();
        }
        await store.RollBackAsync(rolledBack.Undo);
        Assert.Equal(["alpha two", "gamma one"], (await Texts(store)).Order());
        Assert.Equal(2, (await store.HistoryAsync(A)).Count);
        Assert.Equal(MemoryState.Tombstoned, (await store.GetAsync(B))!.State);
        await store.DisposeAsync();
        Assert.Empty((await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options)).Problems);
    }

    [Fact]
    public async Task After_a_rollback_writing_goes_on_from_there()
    {
        await using var store = await _pool.OpenAsync();
        await Remember(store, A, "alpha one");
        await store.CreateSnapshotAsync("first");
        await Remember(store, A, "alpha two");
        await Remember(store, C, "gamma one");
        await store.RollBackAsync("first");

        // A number that was given is not given again, and what it stood for is not part of this past.
        var revised = await store.ReviseAsync(A, new MemoryDraft { Text = "alpha three" });
        Assert.Equal(3, revised.Version);
        Assert.Equal([1, 3], (await store.HistoryAsync(A)).Select(v => v.Version));
        Assert.Null(await store.GetAsync(A, version: 2));
        // What was rolled back comes back as what it was when it is remembered again.
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.ForgetAsync(C)));
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.ReviseAsync(C, new MemoryDraft { Text = "x" })));
        Assert.Equal(RememberOutcome.Restored, (await Remember(store, C, "gamma one")).Outcome);
        Assert.Equal(["alpha three", "gamma one"], (await Texts(store)).Order());
    }

    [Fact]
    public async Task Idempotency_keys_do_not_roll_back()
    {
        await using var store = await _pool.OpenAsync();
        await store.CreateSnapshotAsync("empty");
        var draft = new MemoryDraft { Text = "once", IdempotencyKey = "key" };
        var first = await store.RememberAsync(draft);
        await store.RollBackAsync("empty");
        Assert.Equal(first, await store.RememberAsync(draft));
        Assert.Equal(0, store.Stats().Memories);
    }

    [Fact]
    public async Task Differences_are_told_by_what_can_be_recalled_and_by_state()
    {
        await using var store = await _pool.OpenAsync();
        var stays = await store.RememberAsync("stays");
        await Remember(store, A, "alpha one");
        await Remember(store, B, "beta one");
        await store.CreateSnapshotAsync("a");
        await Remember(store, A, "alpha two");
        await store.ForgetAsync(B);
        await Remember(store, C, "gamma one");
        await store.CreateSnapshotAsync("b");

        Check(store.Diff("a", "b"), added: C, revised: A, removed: B, changed: B);
        Check(store.Diff("b", "a"), added: B, revised: A, removed: C, changed: B);
        var nothing = store.Diff("b");
        Assert.Empty(nothing.Added.Concat(nothing.Revised).Concat(nothing.Removed).Concat(nothing.Changed));
        await store.ForgetAsync(stays.Id);
        Assert.Equal([stays.Id], store.Diff("b").Removed);
    }

    [Fact]
    public async Task Names_are_kept_apart_and_refused_clearly()
    {
        var store = await _pool.OpenAsync();
        await store.CreateSnapshotAsync("one");
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(async () => await store.CreateSnapshotAsync("one")));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.DropSnapshotAsync("two")));
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.RollBackAsync("two")));
        Assert.Throws<MemoryEngineException>(() => store.OpenSnapshot("two"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.CreateSnapshotAsync("no spaces"));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.CreateSnapshotAsync($"n{i}").AsTask()));
        await store.DropSnapshotAsync("n7");
        await store.DisposeAsync();
        await using var again = await _pool.OpenAsync();
        Assert.Equal(20, again.Snapshots().Count);
        Assert.DoesNotContain(again.Snapshots(), s => s.Name == "n7");
    }

    [Fact]
    public async Task Expiry_is_judged_as_of_the_snapshot()
    {
        await using var store = await _pool.OpenAsync();
        await store.RememberAsync(new MemoryDraft { Text = "for an hour", ExpiresAt = _pool.Clock.GetUtcNow() + TimeSpan.FromHours(1) });
        await store.CreateSnapshotAsync("now");
        _pool.Clock.Advance(TimeSpan.FromHours(2));
        using var snapshot = store.OpenSnapshot("now");
        Assert.Single((await snapshot.RecallAsync(new RecallQuery { Text = "hour" })).Memories);
        Assert.Empty((await store.RecallAsync("hour")).Memories);
    }

    private static ValueTask<RememberResult> Remember(MemoryStore store, Guid id, string text) =>
        store.RememberAsync(new MemoryDraft { Id = id, Text = text });

    private static void Check(SnapshotDiff diff, Guid added, Guid revised, Guid removed, Guid changed)
    {
        Assert.Equal([added], diff.Added);
        Assert.Equal([revised], diff.Revised);
        Assert.Equal([removed], diff.Removed);
        Assert.Equal([changed], diff.Changed);
    }

    private static async Task<List<string>> Texts(IMemoryReader reader)
    {
        var texts = new List<string>();
        await foreach (var memory in reader.ListAsync()) texts.Add(memory.Text);
        return texts;
    }
}
