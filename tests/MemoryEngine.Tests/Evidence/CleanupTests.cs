using System.Security.Cryptography;
using System.Text;
using MemoryEngine.Tests.Verification;

namespace MemoryEngine.Tests.Evidence;

/// <summary>What the evidence asks for is done once, can be undone, and holds whatever is rolled back, revised or reopened.</summary>
public sealed class CleanupTests
{
    private readonly SimulatedPool _pool = new();

    private MemoryStoreOptions Options => _pool.Options with { RecordTransfers = true, LexicalOnly = true, CleanupEvery = 0 };

    [Fact]
    public async Task Two_failures_with_stated_use_quarantine_a_memory_until_somebody_restores_it()
    {
        await using var store = await OpenAsync();
        var bad = await RememberAsync(store, "Bound every queue at seven.");
        var good = await RememberAsync(store, "Measure a queue before anything else is changed.");
        await store.CreateSnapshotAsync("before");
        using var reader = store.OpenSnapshot("before");
        await FailAsync(store, bad, "one");
        Assert.Empty((await store.CleanUpAsync()).Actions);
        await FailAsync(store, bad, "two");
        var report = await store.CleanUpAsync();
        var action = Assert.Single(report.Actions);
        var decision = action.Decision;
        Assert.Equal((bad, MemoryState.Quarantined, DecisionReason.Failures, 2), (decision.Memory, decision.To, decision.Reason, decision.Failures));
        Assert.Equal((1, 1, 1.0), (report.Removals, report.Gone, report.Success));
        Assert.Contains("2 tasks failed", action.Consequence, StringComparison.Ordinal);
        Assert.Contains($"restore {bad}", action.Undo, StringComparison.Ordinal);
        Assert.Empty((await store.CleanUpAsync()).Actions);
        await AssertGoneAsync(store, bad);
        Assert.DoesNotContain((await reader.RecallAsync(new RecallQuery { Text = "queue", Record = false })).Memories, m => m.Memory.Id == bad);
        Assert.Equal([good], (await RecallAsync(store)).Memories.Select(m => m.Memory.Id));
        Assert.Equal([bad], (await SimulatedPool.ListAsync(store, new ListFilter { State = MemoryState.Quarantined })).Select(m => m.Id));
        Assert.Equal([good], (await SimulatedPool.ListAsync(store)).Select(m => m.Id));
        Assert.Equal(1, store.Stats().Memories);

        // A rollback takes no decision back.
        await store.RollBackAsync("before");
        await AssertGoneAsync(store, bad);
        Assert.True(await store.RestoreAsync(bad));
        Assert.False(await store.RestoreAsync(bad));
        Assert.Equal(2, (await RecallAsync(store)).Memories.Count);
        // Whoever restored it knew of these failures: it takes as many again.
        Assert.Empty((await store.CleanUpAsync()).Actions);
        await FailAsync(store, bad, "three");
        Assert.Empty((await store.CleanUpAsync()).Actions);
        await FailAsync(store, bad, "four");
        Assert.Single((await store.CleanUpAsync()).Actions);
        // Another version is a memory of its own.
        await store.ReviseAsync(bad, new MemoryDraft { Text = "Bound every queue at what was measured." });
        Assert.Equal(MemoryState.Active, (await store.GetAsync(bad))!.State);
        Assert.Contains((await RecallAsync(store)).Memories, m => m.Memory.Id == bad);
    }

    [Fact]
    public async Task Proven_harm_removes_a_memory_and_what_was_made_of_it_is_looked_at_again()
    {
        Guid bad, child;
        await using (var store = await OpenAsync(o => o with { CheckpointOnCloseBytes = 1 }))
        {
            bad = await RememberAsync(store, "Bound every queue at seven.");
            child = await RememberAsync(store, "Bound each queue at eight, as it was done at seven before.", $"memory {bad}");
            foreach (var text in new[] { "Measure a queue first, then change it.", "A queue that nobody reads is a leak, so look who reads." })
                await RememberAsync(store, text);
            var report = await PlayUntilRemovedAsync(store, bad);
            var removal = report.Actions.Single(a => a.Decision.To == MemoryState.Tombstoned);
            Assert.Equal((bad, DecisionReason.ProvenHarm, true), (removal.Decision.Memory, removal.Decision.Reason, removal.IsGone));
            Assert.True(removal.Decision is { EValue: > 1_000, Effect: < -0.3, Appearances: > 50 }, $"{removal.Decision}");
            var derived = report.Actions.Single(a => a.Decision.Reason == DecisionReason.Derived);
            Assert.Equal((child, MemoryState.Suspect, null), (derived.Decision.Memory, derived.Decision.To, derived.IsGone));
            await AssertGoneAsync(store, bad);
            var recalled = (await RecallAsync(store)).Memories.Single(m => m.Memory.Id == child);
            Assert.Contains(recalled.Verdict.Reasons, r => r.Code == ReasonCode.Suspect);
            await AssertProbabilityAsync(store, child, 1.0 / 3, 0.5);
            // Watched from then on.
            await FailAsync(store, child, "later");
            var watch = (await store.DecisionsAsync()).Single(w => w.Decision.Memory == bad);
            Assert.True(watch is { FailuresBefore: > 0.2, FailuresSince: 1, Outcomes: 1 }, $"{watch}");
        }
        await using (var store = await OpenAsync())
        {
            await AssertGoneAsync(store, bad);
            await store.CompactAsync();
            await AssertGoneAsync(store, bad);
            Assert.Empty((await store.CleanUpAsync()).Actions);
            Assert.True(await store.RestoreAsync(bad));
            // Its evidence is what it was, and a person's word stands until there is twenty times as much.
            Assert.Empty((await store.CleanUpAsync()).Actions);
            Assert.Contains((await RecallAsync(store)).Memories, m => m.Memory.Id == bad);
        }
    }

    [Fact]
    public async Task It_runs_by_itself_after_so_many_outcomes_and_at_the_opening()
    {
        Guid first, second;
        await using (var store = await OpenAsync(o => o with { CleanupEvery = 1 }))
        {
            first = await RememberAsync(store, "Bound every queue at seven.");
            second = await RememberAsync(store, "Never bound any queue at all, they grow.");
            foreach (var task in new[] { "one", "two" }) await FailAsync(store, first, task);
            // One that was under way when the last outcome came need not have seen it; the next batch begins another.
            await store.WhenCleaned;
            await store.WhyAsync((await RecallAsync(store)).Transfer!.Value);
            await store.WhenCleaned;
            await AssertGoneAsync(store, first);
            Assert.Equal(DecisionReason.Failures, Assert.Single(await store.DecisionsAsync()).Decision.Reason);
        }
        await using (var store = await OpenAsync())
            foreach (var task in new[] { "three", "four" }) await FailAsync(store, second, task);
        await using (var store = await OpenAsync(o => o with { CleanupEvery = 1_000 })) await AssertGoneAsync(store, second);
    }

    [Fact]
    public async Task A_person_may_quarantine_and_a_forgotten_one_comes_back_with_its_quarantine_lifted()
    {
        await using var store = await OpenAsync();
        var id = await RememberAsync(store, "Bound every queue at seven.");
        Assert.True(await store.QuarantineAsync(id, "seen to mislead"));
        Assert.False(await store.QuarantineAsync(id));
        await AssertGoneAsync(store, id);
        Assert.Equal("seen to mislead", Assert.Single(await store.DecisionsAsync()).Decision.Note);
        await store.ForgetAsync(id);
        Assert.Equal(MemoryState.Tombstoned, (await store.GetAsync(id))!.State);
        Assert.True(await store.RestoreAsync(id));
        await AssertGoneAsync(store, id);
        Assert.True(await store.RestoreAsync(id));
        Assert.Equal(MemoryState.Active, (await store.GetAsync(id))!.State);
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(async () => await store.QuarantineAsync(Guid.NewGuid())));
        await store.QuarantineAsync(id);
        await store.PurgeAsync([id]);
        Assert.Equal(ErrorCode.Purged, await SimulatedPool.CodeOfAsync(async () => await store.RestoreAsync(id)));
    }

    /// <summary>The share of traces is brought to a tenth by those that nobody used, and what is in use stays.</summary>
    [Fact]
    public async Task Maintenance_quarantines_traces_that_nobody_uses()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 18; i++) await RememberAsync(store, $"Insight {Word(i)} {Word(i + 31)} about {Word(i + 62)} queues.");
        var used = await RememberAsync(store, "a trace that is used for every queue", level: MemoryLevel.Trace);
        var traces = new List<Guid>();
        for (var i = 0; i < 10; i++) traces.Add(await RememberAsync(store, $"ran {Word(i)} and {Word(i + 40)}", level: MemoryLevel.Trace));
        _pool.Clock.Advance(TimeSpan.FromDays(40));
        Assert.Empty((await store.MaintainAsync()).Cleanup!.Actions);
        var young = await RememberAsync(store, "ran something new just now", level: MemoryLevel.Trace);
        for (var i = 0; i < 100; i++) await store.RecallAsync(new RecallQuery { Text = "trace queue", K = 1, Pins = [new MemoryPin(used)] });
        var cleanup = (await store.MaintainAsync()).Cleanup!;
        Assert.All(cleanup.Actions, a => Assert.Equal(DecisionReason.UnusedTrace, a.Decision.Reason));
        // Two of twenty are a tenth.
        Assert.Equal(traces.Order(), cleanup.Actions.Select(a => a.Decision.Memory).Order());
        Assert.Equal(cleanup.Removals, cleanup.Gone);
        Assert.Equal(20, store.Stats().Memories);
        Assert.Equal([used, young], (await SimulatedPool.ListAsync(store, new ListFilter { Level = MemoryLevel.Trace })).Select(m => m.Id));
        Assert.True(await store.RestoreAsync(traces[0]));
        Assert.Empty((await store.MaintainAsync()).Cleanup!.Actions);
    }

    [Fact]
    public async Task Auto_follows_what_evidence_advises()
    {
        var evidence = new TestEvidence();
        await using var store = await OpenAsync(o => o with { Evidence = evidence });
        await RememberAsync(store, "Bound every queue at seven.");
        var query = new RecallQuery { Text = "queue", Domain = "a" };
        Assert.Equal(TransferMode.SingleDomain, (await store.RecallAsync(query)).Mode);
        evidence.AdvisedMode = TransferMode.Hybrid;
        Assert.Equal(TransferMode.Hybrid, (await store.RecallAsync(query)).Mode);
        Assert.Equal(TransferMode.CrossDomain, (await store.RecallAsync(query with { Mode = TransferMode.CrossDomain })).Mode);
        var advice = await store.AdviseAsync();
        Assert.Equal((TransferMode.SingleDomain, true), (advice.Mode, advice.Provisional));
    }

    private Task<MemoryStore> OpenAsync(Func<MemoryStoreOptions, MemoryStoreOptions>? vary = null) =>
        MemoryStore.OpenAsync(SimulatedPool.Root, vary is null ? Options : vary(Options));

    private static async Task<Guid> RememberAsync(MemoryStore store, string text, string? source = null, MemoryLevel level = MemoryLevel.Insight) =>
        (await store.RememberAsync(new MemoryDraft { Id = IdOf(text), Text = text, Source = source, Level = level })).Id;

    // Chance decides by the ids: with the same ones, and the same seeds, it decides the same in every run.
    private static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static ValueTask<RecallResult> RecallAsync(MemoryStore store) => store.RecallAsync(new RecallQuery { Text = "queue", K = 20 });

    private static async Task AssertGoneAsync(MemoryStore store, Guid id)
    {
        Assert.True((await store.GetAsync(id))!.State >= MemoryState.Quarantined);
        var result = await store.RecallAsync(new RecallQuery { Text = "queue", K = 20, Record = false, Explain = true, Pins = [new MemoryPin(id)] });
        Assert.DoesNotContain(result.Memories, m => m.Memory.Id == id);
        Assert.Contains(result.LeftOut, l => l.Id == id && l.Verdict.Reasons.Any(r => r.Code == ReasonCode.Quarantined));
    }

    /// <summary>A task passes without memory and fails with this one, which its agent says it used.</summary>
    private static async Task FailAsync(MemoryStore store, Guid id, string task)
    {
        RecallResult control;
        do
        {
            control = await store.RecallAsync(new RecallQuery { Text = "queue", Task = task, Experiment = new() { HoldOutShare = 0.99 } });
        }
        while (!control.IsHeldOut);
        await store.ReportAsync(new Outcome { Transfer = control.Transfer!.Value, Score = 1 });
        var run = await store.RecallAsync(new RecallQuery { Text = "queue", Task = task, K = 1, Pins = [new MemoryPin(id)] });
        Assert.Equal([id], run.Memories.Select(m => m.Memory.Id));
        await store.ReportAsync(new Outcome { Transfer = run.Transfer!.Value, Score = 0, Used = [id] });
    }

    /// <summary>A suspect takes part with one probability, all others with another.</summary>
    private static async Task AssertProbabilityAsync(MemoryStore store, Guid suspect, double probability, double others)
    {
        var result = await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = new() { Design = InclusionDesign.Factorial } });
        var candidates = (await store.WhyAsync(result.Transfer!.Value)).Transfer.Candidates.Where(c => c.Fate != CandidateFate.LeftOut).ToList();
        Assert.True(candidates.Count > 1);
        Assert.Contains(candidates, c => c.Memory == suspect);
        Assert.All(candidates, c => Assert.Equal(c.Memory == suspect ? probability : others, c.Probability, 15));
    }

    private static async Task<CleanupReport> PlayUntilRemovedAsync(MemoryStore store, Guid bad)
    {
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var query = new RecallQuery { Text = "queue", K = 2, Experiment = new() { Design = InclusionDesign.Factorial }, Seed = (uint)i + 1 };
            var result = await store.RecallAsync(query);
            var passes = random.NextDouble() < (result.Memories.Any(m => m.Memory.Id == bad) ? 0.1 : 0.8);
            await store.ReportAsync(new Outcome { Transfer = result.Transfer!.Value, Score = passes ? 1 : 0 }, Durability.Process);
            if (i % 10 != 9) continue;
            var report = await store.CleanUpAsync();
            if (report.Removals > 0) return report;
            Assert.All(report.Actions, a => Assert.Equal(MemoryState.Suspect, a.Decision.To));
        }
        throw new InvalidOperationException("Harm of 70 points was not found in 2,000 tasks.");
    }

    private static string Word(int i) => new([.. Enumerable.Range(0, 7).Select(n => (char)('a' + ((((i + 3) * 7919) >> (n * 2)) % 26)))]);
}
