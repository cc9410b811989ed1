using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Reembedding;

/// <summary>A pool whose texts get vectors of another embedder while it is used.</summary>
public sealed class ReembedTests
{
    private const int Memories = 100;

    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task The_old_vectors_serve_until_the_new_ones_are_all_there()
    {
        var (old, young) = (new Model("old"), new Model("new", 16));
        await using (var store = await OpenAsync(old))
        {
            await FillAsync(store);
            var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
            young.Before = async texts =>
            {
                if (texts < 60) return;
                reached.TrySetResult();
                await go.Task;
            };
            var seen = new List<ReembedProgress>();
            var run = store.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 20, Progress = new Listener(seen) });
            await reached.Task.WaitAsync(Patience.Limit);

            Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
            Assert.Equal((1, 0), (old.Queries.Count, young.Queries.Count));
            Assert.Equal(["old", "new"], store.Stats().Spaces.Select(s => s.EmbedderId));
            Assert.Equal(VectorSpace.TextSpace, store.Stats().Spaces[0].Name);
            // Who writes meanwhile waits for both embedders, and here the new one stands still.
            var written = store.RememberAsync("word200 topic200");
            go.SetResult();
            await written;
            var result = await run;
            Assert.True(result.Switched);
            Assert.Equal((Memories, 0, 0), (result.Embedded, result.Already, result.Skipped));
            Assert.Equal(new ReembedProgress(Memories, Memories), seen[^1]);
            Assert.Equal(5, seen.Count);

            Assert.Equal(0, store.Stats().Unembedded);
            Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
            Assert.Equal("word200 topic200", (await NearestAsync(store, "word200 topic200")).Text);
            Assert.Equal((1, 2), (old.Queries.Count, young.Queries.Count));
            await store.RememberAsync("word300 topic300");
            Assert.Equal("word300 topic300", (await NearestAsync(store, "word300 topic300")).Text);
            Assert.Equal("new", store.Stats().Spaces.Single(s => s.Name == VectorSpace.TextSpace).EmbedderId);
        }
        var refused = await Assert.ThrowsAsync<MemoryEngineException>(() => OpenAsync(new Model("old")));
        Assert.Equal(ErrorCode.EmbedderMismatch, refused.Code);
        Assert.Contains("'reembed'", refused.Message, StringComparison.Ordinal);
        var again = new Model("new", 16);
        await using (var store = await OpenAsync(again))
        {
            Assert.Equal("word300 topic300", (await NearestAsync(store, "word300 topic300")).Text);
            Assert.Equal(0, store.Stats().Unembedded);
            Assert.Empty(again.Asked);
        }
    }

    [Fact]
    public async Task What_was_embedded_is_not_asked_for_again()
    {
        await using (var store = await OpenAsync(new Model("old"))) await FillAsync(store);
        var asked = new List<string>();
        for (var attempt = 0; ; attempt++)
        {
            var young = new Model("new") { TextsLeft = 30 };
            await using var store = await OpenAsync(new Model("old"));
            try
            {
                var result = await store.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 10 });
                Assert.Equal((Memories - (attempt * 30), attempt * 30), (result.Embedded, result.Already));
                asked.AddRange(young.Asked);
                break;
            }
            catch (MemoryEngineException e)
            {
                asked.AddRange(young.Asked);
                Assert.Equal(ErrorCode.Embedder, e.Code);
                Assert.Contains($"{asked.Count} of {Memories} memories have their vectors", e.Message, StringComparison.Ordinal);
                Assert.Contains("'reembed' goes on", e.Message, StringComparison.Ordinal);
            }
            // As usable as before, and with its own embedder.
            Assert.Equal("word8 topic8", (await NearestAsync(store, "word8 topic8")).Text);
            Assert.Equal("old", store.Stats().Spaces[0].EmbedderId);
            Assert.Equal(0, store.Stats().Unembedded);
        }
        Assert.Equal(Memories, asked.Count);
        Assert.Equal(Memories, asked.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_built_in_embedder_gives_way_too_and_what_was_learned_with_it(bool isLarge)
    {
        var young = new Model("new");
        var count = isLarge ? 300 : 40;
        await using (var store = await _pool.OpenAsync(Small))
        {
            await FillAsync(store, count);
            await store.SettleAsync();
            Assert.Equal(isLarge, store.Stats().Memories > 200);
            await store.ReembedAsync(new ReembedOptions { Embedder = young });
            Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
            Assert.Equal(["word7 topic7"], young.Queries);
            await store.SettleAsync();
            await store.MaintainAsync();
            Assert.Equal("word8 topic8", (await NearestAsync(store, "word8 topic8")).Text);
            await store.MaintainAsync();
            Assert.Equal(count, young.Asked.Count);
            Assert.Equal("new", Assert.Single(store.Stats().Spaces).EmbedderId);
        }
        // Neither a model nor vectors but those of the new embedder are left.
        Assert.DoesNotContain(_pool.FilesIn("segments"), f => f.EndsWith(".model", StringComparison.Ordinal));
        var vectors = _pool.FilesIn("segments").Where(f => f.EndsWith(".vectors", StringComparison.Ordinal));
        Assert.All(vectors, f => Assert.EndsWith(".1.vectors", f, StringComparison.Ordinal));
        await using (var store = await OpenAsync(new Model("new")))
            Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
        Assert.Equal(ErrorCode.EmbedderMismatch, await SimulatedPool.CodeOfAsync(() => _pool.OpenAsync()));
    }

    [Fact]
    public async Task What_the_embedder_missed_is_filled_in_and_found()
    {
        var model = new Model("one");
        await using (var store = await OpenAsync(model))
        {
            await FillAsync(store);
            model.TextsLeft = 0;
            for (var i = 0; i < 30; i++)
                Assert.Contains("'reembed'", (await store.RememberAsync($"missed{i} word{i}")).Note, StringComparison.Ordinal);
            await store.SettleAsync();
            Assert.Equal(30, store.Stats().Unembedded);
            await Assert.ThrowsAsync<MemoryEngineException>(() => store.ReembedAsync());
            model.TextsLeft = int.MaxValue;
            var result = await store.ReembedAsync();
            Assert.Equal((30, Memories, false), (result.Embedded, result.Already, result.Switched));
            Assert.Equal(0, store.Stats().Unembedded);
            // In memory and in segments, before and after they are in files, each is found once.
            for (var round = 0; round < 3; round++)
            {
                var found = await store.RecallAsync(new RecallQuery { Text = "missed3 word3", K = 20, Parts = RecallParts.Vector });
                Assert.Equal("missed3 word3", found.Memories[0].Memory.Text);
                Assert.Equal(1f, found.Memories[0].Scores.Vector!.Value, 1e-5f);
                Assert.Equal(20, found.Memories.Select(m => m.Memory.Id).Distinct().Count());
                if (round == 0) await store.SettleAsync();
                if (round == 1) await store.MaintainAsync();
            }
            Assert.Equal((0, 130), (await store.ReembedAsync() is var idle ? idle.Embedded : -1, idle.Already));
        }
        await using (var store = await OpenAsync(new Model("one"))) Assert.Equal(0, store.Stats().Unembedded);
    }

    [Fact]
    public async Task A_text_that_is_refused_is_skipped_and_holds_nothing_up()
    {
        await using var store = await OpenAsync(new Model("old"));
        await FillAsync(store, 20);
        await store.RememberAsync("endless");
        var result = await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new") { Refuses = "endless" } });
        Assert.Equal((20, 1, true), (result.Embedded, result.Skipped, result.Switched));
        Assert.Contains("too long", result.SkippedBecause, StringComparison.Ordinal);
        Assert.Equal(1, store.Stats().Unembedded);
        Assert.Equal("endless", (await store.RecallAsync("endless")).Memories[0].Memory.Text);
    }

    [Fact]
    public async Task Snapshots_are_read_with_the_new_vectors()
    {
        await using var store = await OpenAsync(new Model("old"));
        var id = (await store.RememberAsync("before word1")).Id;
        var forgotten = (await store.RememberAsync("gone word2")).Id;
        await store.CreateSnapshotAsync("then");
        await store.ReviseAsync(id, new MemoryDraft { Text = "after word3" });
        await store.ForgetAsync(forgotten);
        var result = await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new"), DropOld = true });
        Assert.Equal((3, 1), (result.Embedded, result.DroppedSpaces));
        Assert.Equal("after word3", (await NearestAsync(store, "after word3")).Text);
        using (var then = store.OpenSnapshot("then"))
        {
            Assert.Equal("before word1", (await NearestAsync(then, "before word1")).Text);
            Assert.Equal("gone word2", (await NearestAsync(then, "gone word2")).Text);
        }
        await store.RestoreAsync(forgotten);
        Assert.Equal("gone word2", (await NearestAsync(store, "gone word2")).Text);
        await store.RollBackAsync("then");
        Assert.Equal("before word1", (await NearestAsync(store, "before word1")).Text);
        Assert.Equal(0, store.Stats().Unembedded);
    }

    [Fact]
    public async Task Writers_go_on_and_none_of_their_memories_is_left_out()
    {
        var (old, young) = (new Model("old"), new Model("new"));
        await using var store = await OpenAsync(old);
        await FillAsync(store, 300);
        using var stop = new CancellationTokenSource();
        // A busy machine may let the writers begin only when all is over.
        await store.RememberAsync("writer1 item0");
        var writers = Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                var id = (await store.RememberAsync($"writer{w} item{i}")).Id;
                if (i % 5 == 1) await store.ReviseAsync(id, new MemoryDraft { Text = $"writer{w} item{i} revised" });
                if (i % 7 == 1) await store.ForgetAsync(id);
                Assert.NotEmpty((await store.RecallAsync($"writer{w} item{i}")).Memories);
            }
        })).ToList();
        var result = await store.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 16 });
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(result.Switched);
        Assert.Equal(0, store.Stats().Unembedded);
        // By the vector itself, since the words of so many others would move the question.
        var nearest = (await store.RecallAsync(new RecallQuery { Vector = young.VectorOf("writer1 item0"), K = 1 })).Memories[0];
        Assert.Equal(("writer1 item0", 1f), (nearest.Memory.Text, MathF.Round(nearest.Scores.Vector!.Value, 4)));
    }

    [Fact]
    public async Task Going_back_asks_for_nothing_until_the_old_vectors_are_dropped()
    {
        var old = new Model("old");
        await using var store = await OpenAsync(old);
        await FillAsync(store);
        var young = new Model("new");
        await store.ReembedAsync(new ReembedOptions { Embedder = young });
        Assert.Equal((0, false), (await store.ReembedAsync() is var idle ? idle.Embedded : -1, idle.Switched));
        // The one that serves goes on while a third is tried, in vain.
        var third = new Model("third") { TextsLeft = 10 };
        await Assert.ThrowsAsync<MemoryEngineException>(() => store.ReembedAsync(new ReembedOptions { Embedder = third, BatchTexts = 10 }));
        Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
        Assert.Single(young.Queries);
        var back = await store.ReembedAsync(new ReembedOptions { Embedder = old });
        Assert.Equal((0, Memories, true), (back.Embedded, back.Already, back.Switched));
        Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
        Assert.Equal(2, (await store.ReembedAsync(new ReembedOptions { DropOld = true })).DroppedSpaces);

        await store.SettleAsync();
        await store.MaintainAsync();
        var before = store.Stats();
        Assert.Equal("old", Assert.Single(before.Spaces).EmbedderId);
        var again = await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new"), DropOld = true });
        Assert.Equal((Memories, 0, 1), (again.Embedded, again.Already, again.DroppedSpaces));
        await store.SettleAsync();
        await store.MaintainAsync();
        Assert.Equal("new", Assert.Single(store.Stats().Spaces).EmbedderId);
        Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
    }

    [Fact]
    public async Task The_space_of_dropped_vectors_is_given_back()
    {
        await using var store = await OpenAsync(new Model("old", 64));
        await FillAsync(store, 400);
        await store.ReembedAsync(new ReembedOptions { Embedder = new Model("a", 512) });
        await store.ReembedAsync(new ReembedOptions { Embedder = new Model("b", 64) });
        await store.SettleAsync();
        await store.MaintainAsync();
        var with = store.Stats();
        Assert.Equal(2, (await store.ReembedAsync(new ReembedOptions { Embedder = new Model("b", 64), DropOld = true })).DroppedSpaces);
        var compacted = await store.CompactAsync();
        Assert.Equal(400, compacted.EventsDropped);
        await store.MaintainAsync();
        var without = store.Stats();
        // Those of the first embedder lie in the records, and stay in the journal.
        Assert.True(with.JournalBytes - without.JournalBytes > 400 * 512 * 4, $"journal: {with.JournalBytes}, then {without.JournalBytes}");
        Assert.True(
            with.SegmentBytes - without.SegmentBytes > 400 * (512 + 64) * 4 * 9 / 10, $"segments: {with.SegmentBytes}, then {without.SegmentBytes}");
        Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
    }

    [Fact]
    public async Task An_empty_pool_changes_its_embedder_too()
    {
        await using (var store = await _pool.OpenAsync())
        {
            var result = await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new") });
            Assert.Equal((0, true), (result.Embedded, result.Switched));
            await store.RememberAsync("word1 topic1");
            Assert.Equal("word1 topic1", (await NearestAsync(store, "word1 topic1")).Text);
        }
        await using (var store = await OpenAsync(new Model("new"))) Assert.Equal(0, store.Stats().Unembedded);
    }

    [Fact]
    public async Task A_pool_without_any_vectors_gets_some()
    {
        await using (var store = await _pool.OpenAsync(o => o with { LexicalOnly = true }))
        {
            await FillAsync(store, 30);
            Assert.True((await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new") })).Switched);
            // Who asked for words alone gets words alone.
            Assert.Null((await store.RecallAsync("word7 topic7")).Memories[0].Scores.Vector);
        }
        await using (var store = await OpenAsync(new Model("new")))
            Assert.Equal("word7 topic7", (await NearestAsync(store, "word7 topic7")).Text);
    }

    [Fact]
    public async Task Texts_go_no_faster_than_asked_for()
    {
        var (clock, sentAt) = (new HastyClock(), new List<DateTimeOffset>());
        var young = new Model("new") { Before = _ => Note(sentAt, clock) };
        await using var store = await _pool.OpenAsync(o => o with { Embedder = new Model("old"), Clock = clock });
        await FillAsync(store, 30);
        await store.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 10, TextsPerSecond = 5 });
        Assert.Equal([2.0, 2.0], sentAt.Zip(sentAt.Skip(1), (a, b) => Math.Round((b - a).TotalSeconds, 3)));

        static Task Note(List<DateTimeOffset> sentAt, TimeProvider clock)
        {
            sentAt.Add(clock.GetUtcNow());
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task One_run_at_a_time_and_none_outlives_the_store()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var young = new Model("new") { Before = _ => Stand(asked) };
        var store = await OpenAsync(new Model("old"));
        await FillAsync(store, 10);
        var run = store.ReembedAsync(new ReembedOptions { Embedder = young });
        await asked.Task;
        var second = new ReembedOptions { Embedder = new Model("other") };
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(() => store.ReembedAsync(second)));
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => run);

        await using (var reader = await OpenAsync(new Model("old"), readOnly: true))
            Assert.Equal(ErrorCode.ReadOnly, await SimulatedPool.CodeOfAsync(() => reader.ReembedAsync()));
        await using var again = await _pool.OpenAsync(o => o with { LexicalOnly = true });
        await Assert.ThrowsAsync<ArgumentException>(() => again.ReembedAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => again.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(() => again.ReembedAsync(new ReembedOptions { Embedder = young, TextsPerSecond = 0 }));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again.ReembedAsync(new ReembedOptions { Embedder = young }, cancelled.Token));

        static Task Stand(TaskCompletionSource asked)
        {
            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        }
    }

    private static MemoryStoreOptions Small(MemoryStoreOptions options) =>
        options with { SegmentLimits = new SegmentLimits(SealRows: 32, GraphVectors: 64) };

    private Task<MemoryStore> OpenAsync(Model model, bool readOnly = false) =>
        _pool.OpenAsync(o => Small(o) with { Embedder = model, ReadOnly = readOnly });

    internal static Task FillAsync(MemoryStore store, int count = Memories) =>
        store.RememberManyAsync([.. Enumerable.Range(0, count).Select(i => new MemoryDraft { Text = $"word{i} topic{i}" })]);

    // By the vector alone, which must be that of the very text.
    internal static async Task<MemoryVersion> NearestAsync(IMemoryReader store, string text)
    {
        var found = await store.RecallAsync(new RecallQuery { Text = text, K = 20, Parts = RecallParts.Vector });
        // What its words find moves the question; here the one that is it counts.
        var nearest = found.Memories.MaxBy(m => m.Scores.Vector)!;
        Assert.Equal(1f, nearest.Scores.Vector!.Value, 1e-4f);
        return nearest.Memory;
    }

    private sealed class Listener(List<ReembedProgress> seen) : IProgress<ReembedProgress>
    {
        public void Report(ReembedProgress value) => seen.Add(value);
    }
    /// <summary>Who waits by this clock waits no time, and the clock goes on by what he would have waited.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long _ticks = new DateTime(2026, 1, 1).Ticks;

        public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) Interlocked.Add(ref _ticks, dueTime.Ticks);
            return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }
    }
}
