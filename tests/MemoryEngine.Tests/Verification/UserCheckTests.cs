using System.Collections.Concurrent;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Verification;

public sealed class UserCheckTests
{
    // No test waits for it to pass; a busy machine must not be what decides.
    private static readonly TimeSpan Ample = Patience.Limit;

    private readonly SimulatedPool _pool = new();

    [Fact]
    public async Task It_gets_the_whole_batch_and_what_it_does_not_accept_is_left_out()
    {
        var check = new Check("mine", memories =>
        {
            foreach (var memory in memories)
            {
                if (memory.Memory.Text.Contains("good", StringComparison.Ordinal)) memory.Accept();
                else if (memory.Memory.Text.Contains("bad", StringComparison.Ordinal)) memory.Reject("it is bad");
            }
            return ValueTask.CompletedTask;
        });
        await using var store = await OpenAsync(check);
        var result = await store.RecallAsync(new RecallQuery { Text = "queue", K = 3, Domain = "a", Explain = true });
        Assert.Equal(["a good queue"], result.Memories.Select(m => m.Memory.Text));
        var batch = Assert.Single(check.Batches);
        Assert.Equal(3, batch.Count);
        Assert.All(batch, m => Assert.Equal("a", m.TargetDomain));
        Assert.Equal(
            [("a bad queue", ReasonCode.RejectedByCheck, "mine: it is bad"), ("a queue", ReasonCode.Undecided, "mine had not decided in time")],
            await LeftOutAsync(store, result));
    }

    [Fact]
    public async Task One_that_throws_costs_what_it_had_not_decided()
    {
        await using var store = await OpenAsync(new Check("mine", memories =>
        {
            memories.First(m => m.Memory.Text == "a good queue").Accept();
            throw new InvalidOperationException("out of order");
        }));
        var result = await store.RecallAsync(new RecallQuery { Text = "queue", Explain = true });
        Assert.Equal(["a good queue"], result.Memories.Select(m => m.Memory.Text));
        Assert.All(await LeftOutAsync(store, result), l => Assert.Equal((ReasonCode.CheckFailed, "mine: out of order"), (l.Code, l.Detail)));
    }

    [Fact]
    public async Task One_that_hangs_costs_its_own_items_and_nothing_else()
    {
        using var never = new ManualResetEventSlim();
        var hanging = new Check("hangs", _ =>
        {
            never.Wait();
            return ValueTask.CompletedTask;
        })
        { Scope = new ListFilter { Level = MemoryLevel.Trace } };
        await using var store = await OpenAsync(hanging, TimeSpan.FromMilliseconds(50));
        await store.RememberAsync(new MemoryDraft { Text = "a trace of the queue", Level = MemoryLevel.Trace });
        for (var i = 0; i < 20; i++)
        {
            var result = await store.RecallAsync(new RecallQuery { Text = "queue", K = 4, Explain = true });
            Assert.Equal(3, result.Memories.Count);
            Assert.Equal(ReasonCode.Undecided, Assert.Single(await LeftOutAsync(store, result)).Code);
        }
        // It was not asked again while it hung: each further recall cost no thread and no time.
        Assert.InRange(hanging.Batches.Count, 0, 1);
        never.Set();
    }

    [Fact]
    public async Task What_is_decided_after_the_deadline_does_not_count()
    {
        var late = new TaskCompletionSource();
        var begun = new TaskCompletionSource<CheckedMemory>();
        await using var store = await OpenAsync(new Check("late", async memories =>
        {
            begun.TrySetResult(memories[0]);
            await late.Task;
            foreach (var memory in memories) memory.Accept();
        }), TimeSpan.FromMilliseconds(500));
        // Where the machine begins no check in time, none is asked, and the next recall tries it again.
        do Assert.Empty((await store.RecallAsync(new RecallQuery { Text = "queue", K = 1 })).Memories);
        while (!begun.Task.IsCompleted);
        late.SetResult();
        var kept = await begun.Task;
        kept.Accept();
        Assert.False(kept.IsAccepted);
    }

    [Fact]
    public async Task Recalls_that_arrive_together_are_verified_together()
    {
        using var gate = new SemaphoreSlim(0);
        var isHeld = new TaskCompletionSource();
        var check = new Check("mine", async memories =>
        {
            if (isHeld.TrySetResult()) await gate.WaitAsync();
            foreach (var memory in memories) memory.Accept();
        });
        await using var store = await OpenAsync(check);
        var first = store.RecallAsync("queue", k: 1).AsTask();
        await isHeld.Task;
        // These come to their check on this thread, one after the other, while the check is held in the batch of the first.
        var others = Enumerable.Range(0, 7).Select(_ => store.RecallAsync("queue", k: 1).AsTask()).ToArray();
        gate.Release();
        Assert.All(await Task.WhenAll([first, .. others]), r => Assert.Single(r.Memories));
        Assert.Equal([3, 21], check.Batches.Select(b => b.Count).Order());
    }

    [Fact]
    public async Task All_of_several_must_accept()
    {
        static ValueTask Accept(IReadOnlyList<CheckedMemory> memories)
        {
            foreach (var memory in memories) memory.Accept();
            return ValueTask.CompletedTask;
        }

        static ValueTask Reject(IReadOnlyList<CheckedMemory> memories)
        {
            foreach (var memory in memories) memory.Reject("no");
            return ValueTask.CompletedTask;
        }

        var checks = new VerificationOptions { Checks = [new Check("yes", Accept), new Check("no", Reject)], Deadline = Ample };
        await using var store = await _pool.OpenAsync(o => o with { Verification = checks });
        var id = (await store.RememberAsync("a queue")).Id;
        Assert.Empty((await store.RecallAsync("queue")).Memories);
        var verdict = Assert.Single(await store.VerifyAsync([id])).Verdict;
        Assert.Equal("no: no", Assert.Single(verdict.Reasons, r => r.Code == ReasonCode.RejectedByCheck).Detail);
    }

    private async Task<MemoryStore> OpenAsync(Check check, TimeSpan? deadline = null)
    {
        var options = new VerificationOptions { Checks = [check], Deadline = deadline ?? Ample };
        var store = await _pool.OpenAsync(o => o with { Verification = options });
        await store.RememberManyAsync(
        [
            new MemoryDraft { Text = "a good queue", Domain = "a" }, new MemoryDraft { Text = "a bad queue", Domain = "a" },
            new MemoryDraft { Text = "a queue", Domain = "a" },
        ]);
        return store;
    }

    private static async Task<List<(string Text, ReasonCode Code, string? Detail)>> LeftOutAsync(MemoryStore store, RecallResult result)
    {
        var list = new List<(string, ReasonCode, string?)>();
        foreach (var left in result.LeftOut)
        {
            var reason = left.Verdict.Reasons[0];
            list.Add(((await store.GetAsync(left.Id))!.Text, reason.Code, reason.Detail));
        }
        return [.. list.Order()];
    }

    private sealed class Check(string name, Func<IReadOnlyList<CheckedMemory>, ValueTask> run) : IMemoryCheck
    {
        public ConcurrentBag<IReadOnlyList<CheckedMemory>> Batches { get; } = [];

        public string Name => name;

        public ListFilter? Scope { get; init; }

        public ValueTask CheckAsync(IReadOnlyList<CheckedMemory> memories, CancellationToken deadline)
        {
            Batches.Add([.. memories]);
            return run(memories);
        }
    }
}
