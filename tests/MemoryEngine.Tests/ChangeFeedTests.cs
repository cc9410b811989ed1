using MemoryEngine.Testing;

namespace MemoryEngine.Tests;

/// <summary>Who watches a pool is told of every change, in order, or that he has missed some.</summary>
public sealed class ChangeFeedTests : IDisposable
{
    private static readonly MemoryStoreOptions Options = new() { Durability = Durability.Process, LexicalOnly = true, RecordMemoryBytes = 16 << 20 };

    private readonly string _root = Directory.CreateTempSubdirectory("memengine-feed-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Everything_that_happened_is_told_from_the_journal_as_it_was_told_when_it_happened()
    {
        List<MemoryChange> live;
        await using (var store = await MemoryStore.OpenAsync(_root, Options))
        {
            using var stop = new CancellationTokenSource();
            await using var watch = store.WatchAsync(null, stop.Token).GetAsyncEnumerator(stop.Token);
            var first = watch.MoveNextAsync();
            var one = await store.RememberAsync("One");
            await store.ReviseAsync(one.Id, new MemoryDraft { Text = "One, revised" });
            await store.ForgetAsync(one.Id);
            await store.RememberAsync(new MemoryDraft { Id = one.Id, Text = "One, revised" });
            await store.CreateSnapshotAsync("between");
            await store.ForgetAsync(one.Id);
            await store.RestoreAsync(one.Id);
            live = await TakeAsync(watch, 6, first);
        }
        (MemoryChangeKind, int?)[] told =
        [
            (MemoryChangeKind.Added, 1), (MemoryChangeKind.Revised, 2), (MemoryChangeKind.Forgotten, null), (MemoryChangeKind.Restored, 2),
            (MemoryChangeKind.Forgotten, null), (MemoryChangeKind.Restored, 2),
        ];
        Assert.Equal(told, live.Select(c => (c.Kind, c.Version)));
        await using var again = await MemoryStore.OpenAsync(_root, Options);
        Assert.Equal(live, await TakeAsync(again, 0, 6));
        Assert.Equal(live[3..], await TakeAsync(again, live[2].Sequence, 3));
    }

    [Fact]
    public async Task More_changes_than_are_kept_in_memory_are_told_without_a_gap()
    {
        await using var store = await MemoryStore.OpenAsync(_root, Options);
        var start = store.Sequence;
        const int Count = 20_000;
        for (var chunk = 0; chunk < Count; chunk += 2_000)
            await store.RememberManyAsync([.. Enumerable.Range(chunk, 2_000).Select(i => new MemoryDraft { Text = $"Memory {i}" })]);
        var told = await TakeAsync(store, start, Count);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => start + i), told.Select(c => c.Sequence));
        Assert.All(told, c => Assert.Equal((MemoryChangeKind.Added, 1), (c.Kind, c.Version)));
    }

    [Fact]
    public async Task Whoever_was_away_during_a_rollback_or_while_events_were_dropped_is_told_to_read_anew()
    {
        long before, afterRollback;
        await using (var store = await MemoryStore.OpenAsync(_root, Options))
        {
            await store.CreateSnapshotAsync("empty");
            before = store.Sequence;
            await store.RememberAsync("One");
            await store.RollBackAsync("empty");
            afterRollback = store.Sequence;
            var two = await store.RememberAsync("Two");
            await store.RememberAsync("Three");
            await store.PurgeAsync([two.Id]);
        }
        await using var again = await MemoryStore.OpenAsync(_root, Options);
        foreach (var after in new[] { 0, before, afterRollback })
        {
            var told = Assert.Single(await TakeAsync(again, after, 1));
            Assert.Equal(new MemoryChange(again.Sequence, MemoryChangeKind.Resync), told);
        }
        Assert.Equal(MemoryChangeKind.Resync, Assert.Single(await TakeAsync(again, again.Sequence + 100, 1)).Kind);
        // From there on nothing is left out.
        await using var watch = again.WatchAsync(0).GetAsyncEnumerator();
        Assert.Equal(MemoryChangeKind.Resync, Assert.Single(await TakeAsync(watch, 1, watch.MoveNextAsync())).Kind);
        await again.RememberAsync("Four");
        Assert.Equal(MemoryChangeKind.Added, Assert.Single(await TakeAsync(watch, 1, watch.MoveNextAsync())).Kind);
    }

    private static async Task<List<MemoryChange>> TakeAsync(MemoryStore store, long after, int count)
    {
        await using var watch = store.WatchAsync(after).GetAsyncEnumerator();
        return await TakeAsync(watch, count, watch.MoveNextAsync());
    }

    private static async Task<List<MemoryChange>> TakeAsync(IAsyncEnumerator<MemoryChange> watch, int count, ValueTask<bool> first)
    {
        var changes = new List<MemoryChange>();
        for (var next = first; await next.AsTask().WaitAsync(Patience.Limit); next = watch.MoveNextAsync())
        {
            changes.Add(watch.Current);
            if (changes.Count == count) break;
        }
        return changes;
    }
}
