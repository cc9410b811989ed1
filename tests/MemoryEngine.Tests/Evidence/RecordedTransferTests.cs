using MemoryEngine.Evidence.State;
using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Evidence;

/// <summary>Recalls are recorded, outcomes count once, and what both add up to survives whatever happens to a pool.</summary>
public sealed class RecordedTransferTests
{
    private static readonly RecallExperiment Factorial = new() { Design = InclusionDesign.Factorial, HoldOutShare = 0.2 };
    private readonly SimulatedPool _pool = new();

    private MemoryStoreOptions Options => _pool.Options with
    {
        RecordTransfers = true,
        LexicalOnly = true,
        JournalFileBytes = 20_000,
        CheckpointOnCloseBytes = 1,
        LeastFoldBytes = 1,
    };

    [Fact]
    public async Task An_outcome_counts_once_and_why_tells_everything()
    {
        await using var store = await OpenAsync();
        var ids = await FillAsync(store, 6);
        var query = new RecallQuery { Text = "queue", K = 2, Domain = "a", Task = "t", ConsumerModel = "m", Mode = TransferMode.SingleDomain };
        var result = await store.RecallAsync(query);
        var transfer = Assert.NotNull(result.Transfer);
        Assert.True(result.Recorded);
        var used = result.Memories[0].Memory.Id;
        var outcome = new Outcome { Transfer = transfer, Score = 1, Used = [used, ids[5], Guid.NewGuid()], Tokens = 10 };
        var answer = await store.ReportAsync(outcome);
        Assert.Equal((OutcomeResult.Counted, 2), (answer.Result, answer.NotInjected.Count));
        Assert.Equal(OutcomeResult.Repeated, (await store.ReportAsync(outcome)).Result);
        Assert.Equal(OutcomeResult.Conflicting, (await store.ReportAsync(outcome with { Score = 0 })).Result);

        var story = await store.WhyAsync(transfer);
        var asked = story.Transfer;
        Assert.Equal(("t", "a", "m", TransferMode.SingleDomain), (asked.Task, asked.TargetDomain, asked.ConsumerModel, asked.Mode));
        Assert.Equal(result.Memories.Select(m => m.Memory.Id), asked.Candidates.Where(c => c.Fate == CandidateFate.Injected).Select(c => c.Memory));
        var left = story.Transfer.Candidates.Where(c => c.Fate == CandidateFate.LeftOut).ToList();
        Assert.Equal(4, left.Count);
        Assert.All(left, c => Assert.Contains(ReasonCode.Outranked, c.Reasons));
        Assert.All(story.Transfer.Candidates, c => Assert.NotNull(c.Scores.Bm25));
        Assert.Equal((1, 10.0), (story.Outcome!.Score, story.Outcome.Tokens));
        Assert.Equal(_pool.Clock.GetUtcNow(), story.ReportedAt);
        Assert.All(story.Effects, e => Assert.Null(e.Effect));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_leaves_nothing()
    {
        await using var store = await OpenAsync();
        await FillAsync(store, 3);
        var transfer = (await store.RecallAsync("queue")).Transfer!.Value;
        await store.WhyAsync(transfer);
        var sequence = store.Stats().Sequence;
        foreach (var score in new[] { -0.1, 1.1, double.NaN })
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.ReportAsync(new Outcome { Transfer = transfer, Score = score }));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await store.ReportAsync(new Outcome { Transfer = transfer, Score = 1, Judge = OutcomeJudge.Model }));
        Guid[] many = [.. Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid())];
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await store.ReportAsync(new Outcome { Transfer = transfer, Score = 1, Used = many }));
        foreach (var strange in new[] { Guid.NewGuid(), Guid.Empty, new TransferTokensOf(1).Id })
        {
            Assert.Equal(ErrorCode.NotFound, await CodeOfReportAsync(store, strange));
            Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(() => store.WhyAsync(strange)));
        }
        Assert.Equal(sequence, store.Stats().Sequence);
        Assert.Equal(OutcomeResult.Counted, (await store.ReportAsync(new Outcome { Transfer = transfer, Score = 0.5 })).Result);
        foreach (var wrong in new RecallExperiment[] { new() { Withhold = 0 }, new() { HoldOutShare = 1 } })
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.RecallAsync(new RecallQuery { Text = "q", Experiment = wrong }));
    }

    [Fact]
    public async Task Where_nothing_can_be_recorded_recall_says_so_and_leaves_nothing_to_chance()
    {
        Guid transfer;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 8);
            await store.CreateSnapshotAsync("then");
            transfer = (await store.RecallAsync("queue")).Transfer!.Value;
            using var snapshot = store.OpenSnapshot("then");
            Assert.False((await snapshot.RecallAsync(new RecallQuery { Text = "queue", Experiment = Factorial })).Recorded);
            Assert.False((await store.RecallAsync(new RecallQuery { Text = "queue", Record = false })).Recorded);
        }
        await using var reader = await OpenAsync(o => o with { ReadOnly = true });
        for (var i = 0; i < 20; i++)
        {
            var result = await reader.RecallAsync(new RecallQuery { Text = "queue", Experiment = Factorial with { HoldOutShare = 0.99 } });
            Assert.Equal((false, false, 3, 0), (result.Recorded, result.IsHeldOut, result.Memories.Count, result.WithheldCount));
        }
        Assert.Equal(transfer, (await reader.WhyAsync(transfer)).Transfer.Id);
        Assert.Equal(ErrorCode.ReadOnly, await CodeOfReportAsync(reader, transfer));
    }

    /// <summary>What was handed over is what anyone works out from the transfer's seed.</summary>
    [Fact]
    public async Task Chance_decides_as_the_seed_says()
    {
        await using var store = await OpenAsync();
        var ids = await FillAsync(store, 12);
        var (held, handed, considered) = (0, 0, 0);
        for (var i = 0; i < 300; i++)
        {
            var pinned = i % 10 == 0;
            MemoryPin[] pins = pinned ? [new MemoryPin(ids[11])] : [];
            var query = new RecallQuery { Text = "queue", K = 3, Experiment = Factorial, Explain = true, Pins = pins };
            var result = await store.RecallAsync(query);
            var transfer = (await store.WhyAsync(result.Transfer!.Value)).Transfer;
            var taking = transfer.Candidates.Where(c => c.Fate != CandidateFate.LeftOut).ToList();
            Assert.Equal(6, taking.Count);
            Assert.Equal(MemoryEngine.Evidence.Design.RandomisedInclusion.IsHeldOut(transfer.Seed, 0.2) && !pinned, transfer.IsHeldOut);
            foreach (var candidate in taking)
            {
                var isPin = pinned && candidate.Memory == ids[11];
                Assert.Equal(isPin ? 1 : 0.5, candidate.Probability);
                var isIn = isPin || MemoryEngine.Evidence.Design.CounterRandom.Uniform(transfer.Seed, candidate.Memory) < 0.5;
                Assert.Equal(isIn && !transfer.IsHeldOut ? CandidateFate.Injected : CandidateFate.Withheld, candidate.Fate);
            }
            Assert.Equal(taking.Where(c => c.Fate == CandidateFate.Injected).Select(c => c.Memory), result.Memories.Select(m => m.Memory.Id));
            Assert.Equal((result.WithheldCount, transfer.IsHeldOut), (taking.Count - result.Memories.Count, result.IsHeldOut));
            var reason = transfer.IsHeldOut ? ReasonCode.HeldOut : ReasonCode.Withheld;
            Assert.Equal(result.WithheldCount, result.LeftOut.Count(l => l.Verdict.Reasons.Any(r => r.Code == reason)));
            if (transfer.IsHeldOut) held++;
            else (handed, considered) = (handed + result.Memories.Count, considered + 6);
        }
        // Five standard deviations either way.
        Assert.InRange(held, 20, 90);
        Assert.InRange(handed / (double)considered, 0.4, 0.62);
    }

    [Fact]
    public async Task Memories_are_withheld_more_often_while_they_are_new_and_small_pools_need_all()
    {
        await using var store = await OpenAsync();
        await FillAsync(store, 4);
        var withhold = new RecallExperiment { Withhold = 0.25 };
        var first = await WhyAsync(await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = withhold }));
        Assert.All(first.Candidates.Where(c => c.Fate != CandidateFate.LeftOut), c => Assert.Equal(0.5, c.Probability));
        for (var i = 0; i < 100; i++)
        {
            var result = await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = withhold });
            // Just as expected, so that nothing speaks against any of them, whatever chance withheld.
            await store.ReportAsync(new Outcome { Transfer = result.Transfer!.Value, Score = 0.5 }, Durability.Process);
        }
        var later = await WhyAsync(await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = withhold }));
        Assert.All(later.Candidates.Where(c => c.Fate != CandidateFate.LeftOut), c => Assert.Equal(0.75, c.Probability));
        var small = await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = withhold with { MinTasks = 100, HoldOutShare = 0.99 } });
        Assert.Equal((3, 0), (small.Memories.Count, small.WithheldCount));
        Assert.All((await WhyAsync(small)).Candidates, c => Assert.Equal(1, c.Probability));

        async Task<Transfer> WhyAsync(RecallResult result) => (await store.WhyAsync(result.Transfer!.Value)).Transfer;
    }

    /// <summary>Its id says that it was one of the pool's, so nobody takes the loss for a forgery.</summary>
    [Fact]
    public async Task A_transfer_that_a_power_failure_took_is_known_as_lost()
    {
        Guid kept, lost;
        var store = await OpenAsync();
        await FillAsync(store, 3);
        kept = (await store.RecallAsync("queue")).Transfer!.Value;
        await store.ReportAsync(new Outcome { Transfer = kept, Score = 1 });
        var before = _pool.Disk.CallCount;
        lost = (await store.RecallAsync("queue")).Transfer!.Value;
        Assert.Equal(lost, (await store.WhyAsync(lost)).Transfer.Id);
        Assert.True(_pool.Disk.CallCount > before);
        var disk = _pool.Disk.AfterPowerLoss(PowerLoss.LoseAll);
        store.Dispose();
        _pool.Disk = disk;
        await using var again = await OpenAsync();
        Assert.Equal(ErrorCode.TransferLost, await CodeOfReportAsync(again, lost));
        Assert.Equal(ErrorCode.TransferLost, await SimulatedPool.CodeOfAsync(() => again.WhyAsync(lost)));
        Assert.Equal(OutcomeResult.Repeated, (await again.ReportAsync(new Outcome { Transfer = kept, Score = 1 })).Result);
        Assert.Equal(1, (await again.WhyAsync(kept)).Outcome!.Score);
    }

    [Fact]
    public async Task An_old_transfer_is_unknown_and_not_lost()
    {
        await using var store = await OpenAsync(o => o with { EvidenceLimits = new EvidenceLimits(Transfers: 5, WholeTransfers: 2) });
        await FillAsync(store, 3);
        var transfers = new List<Guid>();
        for (var i = 0; i < 10; i++) transfers.Add((await store.RecallAsync("queue")).Transfer!.Value);
        for (var i = 0; i < 10; i++)
        {
            var answer = await store.ReportAsync(new Outcome { Transfer = transfers[i], Score = 1 });
            Assert.Equal(i < 5 ? OutcomeResult.Unknown : OutcomeResult.Counted, answer.Result);
        }
        Assert.Equal(ErrorCode.NotFound, await SimulatedPool.CodeOfAsync(() => store.WhyAsync(transfers[0])));
    }

    /// <summary>From the checkpoint, from the journal alone, around a rollback, and with a damaged checkpoint: to the last digit.</summary>
    [Fact]
    public async Task Evidence_is_the_same_however_the_pool_is_opened()
    {
        byte[] whole;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 10);
            await store.CreateSnapshotAsync("early");
            await PlayAsync(store, 150, new Random(1));
            await store.RollBackAsync("early");
            await PlayAsync(store, 30, new Random(2));
            whole = await BytesAsync(store);
        }
        Assert.True(_pool.Disk.FileExists(StatePath));
        await AssertAsync(note: false);
        // Some more, which no checkpoint has: closing takes one only when asked.
        await using (var store = await OpenAsync(o => o with { CheckpointOnCloseBytes = 1 << 30 }))
        {
            await PlayAsync(store, 20, new Random(3));
            whole = await BytesAsync(store);
        }
        await AssertAsync(note: false);
        var bytes = _pool.Disk.ReadAll(StatePath);
        bytes[bytes.Length / 2] ^= 4;
        _pool.Disk.WriteAll(StatePath, bytes);
        var report = await MemoryStore.CheckAsync(SimulatedPool.Root, Options with { ReadOnly = true });
        Assert.Contains(report.Problems, p => p.File == StatePath);
        await AssertAsync(note: true);
        _pool.Disk.WriteAll(StatePath, bytes.AsSpan(0, 40).ToArray());
        await AssertAsync(note: true);
        DeleteDerived();
        await AssertAsync(note: false);

        async Task AssertAsync(bool note)
        {
            await using var reader = await OpenAsync(o => o with { ReadOnly = true });
            Assert.Equal(whole, await BytesAsync(reader));
            Assert.Equal(note, reader.Stats().OpeningNotes.Any(n => n.Contains(StatePath, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_checkpoint_of_another_pool_or_ahead_of_the_journal_is_not_used()
    {
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 4);
            await PlayAsync(store, 20, new Random(1));
        }
        var bytes = _pool.Disk.ReadAll(StatePath);
        var file = MemoryEngine.Snapshots.EvidenceFile.Read(_pool.Disk, Path.GetDirectoryName(StatePath)!, out _, out _)!;
        (file with { PoolId = Guid.NewGuid() }).Write(_pool.Disk, Path.GetDirectoryName(StatePath)!);
        await using (var store = await OpenAsync())
        {
            Assert.Contains(store.Stats().OpeningNotes, n => n.Contains("belongs to pool", StringComparison.Ordinal));
            Assert.Equal(20, (await EvidenceAsync(store)).Open.Count);
        }
        (file with { Sequence = 1_000_000 }).Write(_pool.Disk, Path.GetDirectoryName(StatePath)!);
        Assert.Equal(ErrorCode.Corruption, await SimulatedPool.CodeOfAsync(() => OpenAsync()));
    }

    /// <summary>What is past its retention is folded; late outcomes of it are unknown, and nothing that adds up changes a digit.</summary>
    [Fact]
    public async Task Compaction_folds_what_is_old_and_keeps_every_digit()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            _pool.Disk = new SimulatedFileSystem();
            var (late, answered) = (new List<Guid>(), Guid.Empty);
            byte[] whole;
            await using (var store = await OpenAsync())
            {
                await FillAsync(store, 10);
                late.AddRange(await PlayAsync(store, 120, new Random(seed)));
                // Told after the fold's end: its transfer has to stay.
                var straddling = (await store.RecallAsync(new RecallQuery { Text = "queue", Experiment = Factorial })).Transfer!.Value;
                await store.WhyAsync(straddling);
                _pool.Clock.Advance(TimeSpan.FromDays(40));
                await store.ReportAsync(new Outcome { Transfer = straddling, Score = 1 });
                answered = straddling;
                late.AddRange((await PlayAsync(store, 20, new Random(seed + 100))).TakeLast(0));
                var before = Count(EventType.Transferred);
                whole = await BytesAsync(store);
                var result = await store.CompactAsync();
                Assert.True(result.EventsDropped > 100, $"{result.EventsDropped} events");
                Assert.InRange(Count(EventType.Transferred), 20, before - 90);
                Assert.Equal(1, Count(EventType.EvidenceFolded));
                Assert.Equal(whole, await BytesAsync(store));
                foreach (var id in late)
                    Assert.Equal(OutcomeResult.Unknown, (await store.ReportAsync(new Outcome { Transfer = id, Score = 1 })).Result);
                Assert.Equal(1, (await store.WhyAsync(answered)).Outcome!.Score);
                _pool.Clock.Advance(TimeSpan.FromDays(40));
                await PlayAsync(store, 20, new Random(seed + 200));
                await store.CompactAsync();
                Assert.Equal(1, Count(EventType.EvidenceFolded));
                whole = await BytesAsync(store);
            }
            DeleteDerived();
            await using var again = await OpenAsync();
            Assert.Equal(whole, await BytesAsync(again));
            Assert.Empty((await MemoryStore.CheckAsync(SimulatedPool.Root, Options with { ReadOnly = true })).Problems);
        }
    }

    /// <summary>A crash anywhere in a compaction that folds: nothing that adds up is lost or counted twice.</summary>
    [Fact]
    public async Task A_crash_while_folding_changes_no_digit()
    {
        byte[] whole;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 6);
            await PlayAsync(store, 100, new Random(5));
            _pool.Clock.Advance(TimeSpan.FromDays(40));
            whole = await BytesAsync(store);
        }
        var start = _pool.Disk;
        var calls = 0;
        for (var call = 1; call <= Math.Max(calls, 1); call += 3)
        {
            var disk = start.AfterProcessKill();
            _pool.Disk = disk;
            var store = await OpenAsync();
            var from = disk.CallCount;
            if (calls > 0) for (var n = 0; n < 5_000; n++) disk.FailCall(from + call + n, FaultKind.Io);
            try
            {
                await store.CompactAsync();
                calls = Math.Max(calls, (int)(disk.CallCount - from));
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // As a crash would have it.
            }
            foreach (var loss in new[] { PowerLoss.LoseAll, PowerLoss.KeepAll, PowerLoss.Random(TestSeed.Value + call) })
            {
                _pool.Disk = disk.AfterPowerLoss(loss);
                await using (var left = await OpenAsync(o => o with { ReadOnly = true })) Assert.Equal(whole, await BytesAsync(left));
                if (_pool.Disk.FileExists(StatePath)) _pool.Disk.Delete(StatePath);
                await using (var left = await OpenAsync(o => o with { ReadOnly = true })) Assert.Equal(whole, await BytesAsync(left));
            }
            try
            {
                store.Dispose();
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // The disk still fails.
            }
        }
        Assert.True(calls > 20, $"{calls} calls");
    }

    /// <summary>Whichever call of a fold fails: until its sums are on the device, the next compaction keeps what they would stand for, of
    /// transfers too that are not kept whole until their outcome comes.</summary>
    [Theory]
    [InlineData(2_048)]
    [InlineData(4)]
    public async Task A_fold_that_failed_is_done_by_the_next_compaction(int keptWhole)
    {
        byte[] whole;
        await using (var store = await OpenKeepingAsync(o => o))
        {
            await FillAsync(store, 6);
            await PlayAsync(store, 100, new Random(5));
            _pool.Clock.Advance(TimeSpan.FromDays(40));
            whole = await BytesAsync(store);
        }
        var start = _pool.Disk;
        var repeated = 0;
        var isMet = true;
        for (var call = 1; isMet; call++)
        {
            var disk = start.AfterProcessKill();
            _pool.Disk = disk;
            var store = await OpenKeepingAsync(o => o);
            disk.FailCall(disk.CallCount + call, FaultKind.Io);
            try
            {
                await store.CompactAsync();
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // The second one is to do it.
            }
            isMet = disk.LastFault is not null;
            if (isMet && store.Stats().Health == "ready")
            {
                if (Count(EventType.EvidenceFolded) == 0) repeated++;
                await store.CompactAsync();
                Assert.NotEqual(0, Count(EventType.EvidenceFolded));
            }
            // What is only derived may be lost at any time: the journal has to hold every digit.
            _pool.Disk = disk.AfterPowerLoss(PowerLoss.LoseAll);
            DeleteDerived();
            await using (var left = await OpenKeepingAsync(o => o with { ReadOnly = true })) Assert.Equal(whole, await BytesAsync(left));
            try
            {
                store.Dispose();
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // It was poisoned, or the fault was met only now.
            }
        }
        Assert.True(repeated > 3, $"{repeated} folds were repeated.");

        Task<MemoryStore> OpenKeepingAsync(Func<MemoryStoreOptions, MemoryStoreOptions> with) =>
            OpenAsync(o => with(o) with { EvidenceLimits = new EvidenceLimits(WholeTransfers: keptWhole) });
    }

    /// <summary>A fold stands in the place of the newest of what it sums up, which must not be what an outcome came for meanwhile.</summary>
    [Fact]
    public async Task What_is_answered_while_it_is_folded_stays()
    {
        byte[] whole;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 6);
            await PlayAsync(store, 30, new Random(6));
            var waiting = (await store.RecallAsync("queue")).Transfer!.Value;
            await store.WhyAsync(waiting);
            _pool.Clock.Advance(TimeSpan.FromDays(40));
            var (reads, report) = (0, (Task<OutcomeAnswer>?)null);
            // The journal is read to choose what is folded, and then to fold it.
            _pool.Disk.Watch(call =>
            {
                var isFirstFile = call.Kind == DiskCallKind.Open && call.Path.EndsWith(JournalFormat.FileName(1), StringComparison.Ordinal);
                if (!isFirstFile || ++reads != 2) return;
                report = store.ReportAsync(new Outcome { Transfer = waiting, Score = 1 }, Durability.Process).AsTask();
            });
            await store.CompactAsync();
            _pool.Disk.Watch(null);
            Assert.Equal(OutcomeResult.Counted, (await report!).Result);
            whole = await BytesAsync(store);
        }
        await AssertAloneAsync();
        await using (var store = await OpenAsync()) await store.CompactAsync();
        Assert.NotEqual(0, Count(EventType.EvidenceFolded));
        await AssertAloneAsync();

        async Task AssertAloneAsync()
        {
            DeleteDerived();
            await using var left = await OpenAsync(o => o with { ReadOnly = true });
            Assert.Equal(whole, await BytesAsync(left));
        }
    }

    [Fact]
    public async Task Repair_takes_transfers_and_outcomes_along()
    {
        byte[] whole;
        await using (var store = await OpenAsync())
        {
            await FillAsync(store, 5);
            await PlayAsync(store, 40, new Random(9));
            whole = await BytesAsync(store);
        }
        var report = await MemoryStore.RepairAsync(SimulatedPool.Root, "/home/agent/pools/two", Options);
        Assert.True(report.Check.Ok);
        Assert.Empty(report.Lost);
        await using var repaired = await MemoryStore.OpenAsync("/home/agent/pools/two", Options with { ReadOnly = true });
        Assert.Equal(whole, await BytesAsync(repaired));
    }

    private void DeleteDerived()
    {
        foreach (var path in _pool.Disk.AllFiles().Where(f => !f.Contains("/journal/", StringComparison.Ordinal)).ToList()) _pool.Disk.Delete(path);
    }

    private static Task<ErrorCode> CodeOfReportAsync(MemoryStore store, Guid transfer) =>
        SimulatedPool.CodeOfAsync(() => store.ReportAsync(new Outcome { Transfer = transfer, Score = 1 }).AsTask());

    private static string StatePath => SimulatedPool.Root + "/evidence/state";

    private Task<MemoryStore> OpenAsync(Func<MemoryStoreOptions, MemoryStoreOptions>? vary = null) =>
        MemoryStore.OpenAsync(SimulatedPool.Root, vary is null ? Options : vary(Options));

    private static async Task<List<Guid>> FillAsync(MemoryStore store, int memories)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < memories; i++)
        {
            var draft = new MemoryDraft
            {
                Text = $"Bound every queue, rule {Word(i)} {Word(i + 50)} {Word(i + 100)} {Word(i + 150)}",
                Domain = i % 3 == 0 ? "a/b" : "a",
                Task = $"source {i}",
                Model = "maker",
                Contributor = i % 2 == 0 ? "someone" : null,
                Level = MemoryLevel.Insight,
            };
            ids.Add((await store.RememberAsync(draft)).Id);
        }
        return ids;
    }

    // Words that no two memories share, so that none is a duplicate of another.
    private static string Word(int i) => new([.. Enumerable.Range(0, 6).Select(n => (char)('a' + (((i * 7919) >> (n * 2)) % 26)))]);

    /// <summary>Recalls and their outcomes, some late, twice or never; the transfers without an outcome.</summary>
    private static async Task<List<Guid>> PlayAsync(MemoryStore store, int recalls, Random random)
    {
        var (open, never) = (new List<Guid>(), new List<Guid>());
        for (var i = 0; i < recalls; i++)
        {
            var query = new RecallQuery
            {
                Text = "queue",
                Domain = random.Next(2) == 0 ? "a" : "a/b",
                Task = $"task {random.Next(10)}",
                ConsumerModel = random.Next(2) == 0 ? "alpha" : null,
                Experiment = random.Next(4) == 0 ? null : Factorial,
            };
            var result = await store.RecallAsync(query);
            open.Add(result.Transfer!.Value);
            if (random.Next(10) == 0)
            {
                never.Add(open[^1]);
                open.RemoveAt(open.Count - 1);
            }
            else if (random.Next(3) > 0)
            {
                await TellAsync(open[random.Next(open.Count)], [.. result.Memories.Select(m => m.Memory.Id).Take(1)]);
            }
        }
        foreach (var transfer in open.ToList()) await TellAsync(transfer, []);
        return never;

        async Task TellAsync(Guid transfer, Guid[] used)
        {
            var outcome = new Outcome { Transfer = transfer, Score = random.Next(3) / 2.0, Used = used, Seconds = random.Next(100) };
            Assert.Equal(OutcomeResult.Counted, (await store.ReportAsync(outcome, Durability.Process)).Result);
            if (random.Next(5) == 0) Assert.Equal(OutcomeResult.Repeated, (await store.ReportAsync(outcome)).Result);
            open.Remove(transfer);
        }
    }

    private static Task<EvidenceState> EvidenceAsync(MemoryStore store) => store.LookAtEvidenceAsync(s => s);

    private static Task<byte[]> BytesAsync(MemoryStore store) => store.LookAtEvidenceAsync(EvidenceSnapshot.Write);

    private int Count(EventType type)
    {
        var count = 0;
        _ = JournalReader.Scan(_pool.Disk, SimulatedPool.Root + "/journal", (in frame) => count += frame.Type == type ? 1 : 0);
        return count;
    }

    // A transfer of another pool.
    private sealed class TransferTokensOf(byte key)
    {
        public Guid Id { get; } = new MemoryEngine.Transfers.TransferTokens([.. Enumerable.Repeat(key, 32)]).Make(5, 5);
    }
}
