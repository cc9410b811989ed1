using System.Runtime.InteropServices;
using MemoryEngine.Index;
using MemoryEngine.Journal;
using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Reembedding;

/// <summary>What becomes of a re-embedding that was begun: at restarts, crashes and repairs, in backups, under compaction and purge.</summary>
public sealed class ReembedDurabilityTests
{
    private const int Memories = 120;
    private const int Done = 70;

    private readonly SimulatedPool _pool = new();

    [Theory]
    [InlineData(1, "")]
    [InlineData(1 << 30, "")]
    [InlineData(1, "manifests")]
    [InlineData(1, "segments")]
    public async Task A_restart_in_the_middle_loses_nothing(long checkpointOnClose, string lost)
    {
        await BeginAsync(checkpointOnClose);
        foreach (var file in _pool.FilesIn(lost.Length > 0 ? lost : "none").ToList()) _pool.Disk.Delete(file);
        await EndAsync(_pool.Disk, Memories - Done);
        await using var store = await OpenAsync(_pool.Disk, new Model("new"));
        await FoundAsync(store);
    }

    [Fact]
    public async Task Checkpoints_in_the_middle_keep_what_is_not_in_files_yet()
    {
        await BeginAsync(1);
        for (var i = 0; i < 3; i++)
        {
            await using var store = await OpenAsync(_pool.Disk, new Model("old"));
            var down = new Model("new") { TextsLeft = 7 };
            await Assert.ThrowsAsync<MemoryEngineException>(() => store.ReembedAsync(new ReembedOptions { Embedder = down, BatchTexts = 7 }));
            Assert.Equal(7, down.Asked.Count);
            await store.MaintainAsync();
        }
        await EndAsync(_pool.Disk, Memories - Done - 21);
    }

    [Fact]
    public async Task A_pool_in_the_middle_checks_out_and_is_backed_up()
    {
        await BeginAsync(1);
        var check = await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options);
        Assert.True(check.Ok, string.Join('\n', check.Problems));
        const string Backup = "/home/agent/backup", Restored = "/home/agent/restored";
        await using (var store = await OpenAsync(_pool.Disk, new Model("old"))) await store.BackupAsync(Backup);
        await MemoryStore.RestoreBackupAsync(Backup, Restored, _pool.Options);
        var young = new Model("new");
        await using (var store = await MemoryStore.OpenAsync(Restored, Options(_pool.Disk, new Model("old"))))
        {
            var result = await store.ReembedAsync(new ReembedOptions { Embedder = young });
            Assert.Equal((Memories - Done, Done, true), (result.Embedded, result.Already, result.Switched));
            await FoundAsync(store);
        }
        Assert.Equal(Memories - Done, young.Asked.Count);
        Assert.True((await MemoryStore.CheckAsync(Restored, _pool.Options)).Ok);
    }

    [Fact]
    public async Task A_repair_keeps_every_vector_that_can_be_proven()
    {
        await BeginAsync(1);
        var positions = new List<(string File, long Offset, EventType Type)>();
        _ = JournalReader.Scan(_pool.Disk, SimulatedPool.Root + "/journal", (in frame) =>
            positions.Add((FileOf(frame), frame.Position.Offset, frame.Type)));
        var vectors = positions.Where(p => p.Type == EventType.VectorAdded).ToList();
        Assert.Equal(Done, vectors.Count);
        // One vector, and, in another pool, what declared its space.
        foreach (var (damaged, isSpace) in new[] { (vectors[30], false), (positions.Last(p => p.Type == EventType.SpaceDeclared), true) })
        {
            var disk = _pool.Disk.AfterProcessKill();
            var target = $"/home/agent/repaired-{isSpace}";
            disk.FlipBit(damaged.File, (damaged.Offset + 30) * 8);
            var report = await MemoryStore.RepairAsync(SimulatedPool.Root, target, Options(disk, new Model("old")));
            Assert.Equal(Memories, report.Memories);
            Assert.True(report.Check.Ok, string.Join('\n', report.Check.Problems));
            var young = new Model("new");
            await using var store = await MemoryStore.OpenAsync(target, Options(disk, new Model("old")));
            var result = await store.ReembedAsync(new ReembedOptions { Embedder = young });
            // A batch is torn out as a whole; what declared the space the manifest knows.
            Assert.InRange(result.Embedded, Memories - Done + (isSpace ? 0 : 1), Memories - Done + 10);
            await FoundAsync(store);
        }
    }

    [Fact]
    public async Task A_repair_after_the_switch_finds_the_texts_space()
    {
        await BeginAsync(1);
        await EndAsync(_pool.Disk, Memories - Done);
        var chosen = new List<(string File, long Offset)>();
        _ = JournalReader.Scan(_pool.Disk, SimulatedPool.Root + "/journal", (in frame) =>
        {
            if (frame.Type == EventType.SpaceDeclared) chosen.Add((FileOf(frame), frame.Position.Offset));
        });
        foreach (var withManifest in new[] { true, false })
        {
            foreach (var (file, offset) in chosen)
            {
                var disk = _pool.Disk.AfterProcessKill();
                var target = $"/home/agent/repaired-{withManifest}-{offset}";
                if (!withManifest) foreach (var manifest in _pool.FilesIn("manifests").ToList()) disk.Delete(manifest);
                disk.FlipBit(file, (offset + 30) * 8);
                var report = await MemoryStore.RepairAsync(SimulatedPool.Root, target, Options(disk, new Model("new")));
                Assert.True(report.Check.Ok, string.Join('\n', report.Check.Problems));
                await using var store = await MemoryStore.OpenAsync(target, Options(disk, null) with { LexicalOnly = true });
                var result = await store.ReembedAsync(new ReembedOptions { Embedder = new Model("new") });
                // Only what no file knows any more is embedded again.
                if (withManifest) Assert.InRange(result.Embedded, 0, 10);
                Assert.Equal(0, store.Stats().Unembedded);
            }
        }
    }

    [Fact]
    public async Task A_damaged_file_of_added_vectors_is_mended_from_the_journal()
    {
        await BeginAsync(1);
        await EndAsync(_pool.Disk, Memories - Done);
        await using (var store = await OpenAsync(_pool.Disk, new Model("new"))) await store.SettleAsync();
        var files = _pool.FilesIn("segments").Where(f => f.EndsWith(".1.vectors", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files) _pool.Disk.FlipBit(file, (4096 + 640) * 8);
        await using (var store = await OpenAsync(_pool.Disk, new Model("new")))
        {
            await FoundAsync(store);
            // A busy machine may answer before the damage was met.
            await store.WhenScrubbed;
            Assert.Equal(0, store.Stats().Unembedded);
            Assert.Contains(store.Stats().OpeningNotes, n => n.Contains("from the journal", StringComparison.Ordinal));
        }
        await using (var store = await OpenAsync(_pool.Disk, new Model("new")))
        {
            await FoundAsync(store);
            // The generation before still names the damaged files.
            for (var i = 0; i < 2; i++) await store.MaintainAsync();
        }
        var check = await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options);
        Assert.True(check.Ok, string.Join('\n', check.Problems));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_purge_leaves_no_vector_of_the_memory(bool isDone)
    {
        await BeginAsync(1);
        if (isDone) await EndAsync(_pool.Disk, Memories - Done);
        var vector = MemoryMarshal.AsBytes<float>(new Model("new").VectorOf("word7 topic7")).ToArray();
        // In the journal as it is, in segments at unit length.
        Assert.Contains(_pool.Disk.AllFiles(), f => _pool.Disk.ReadAll(f).AsSpan().IndexOf(vector) >= 0);
        await using (var store = await OpenAsync(_pool.Disk, new Model(isDone ? "new" : "old")))
        {
            var id = (await store.RecallAsync("word7 topic7")).Memories[0].Memory.Id;
            Assert.Equal(1, await store.PurgeAsync([id]));
        }
        Assert.DoesNotContain(_pool.Disk.AllFiles(), f => _pool.Disk.ReadAll(f).AsSpan().IndexOf(vector) >= 0);
        Assert.DoesNotContain(_pool.Disk.AllFiles(), f => _pool.Disk.ReadAll(f).AsSpan().IndexOf(UnitOf(vector)) >= 0);
        if (!isDone) await EndAsync(_pool.Disk, Memories - Done);
        Assert.True((await MemoryStore.CheckAsync(SimulatedPool.Root, _pool.Options)).Ok);
    }

    [Fact]
    public async Task A_purge_takes_the_vectors_that_wait_for_a_file_along()
    {
        await using (var store = await OpenAsync(_pool.Disk, new Model("old"))) await ReembedTests.FillAsync(store, Memories);
        var vector = MemoryMarshal.AsBytes<float>(new Model("new").VectorOf("word7 topic7")).ToArray();
        await using (var store = await OpenAsync(_pool.Disk, new Model("old")))
        {
            var down = new Model("new") { TextsLeft = 20 };
            await Assert.ThrowsAsync<MemoryEngineException>(() => store.ReembedAsync(new ReembedOptions { Embedder = down, BatchTexts = 10 }));
            var id = (await store.RecallAsync("word7 topic7")).Memories[0].Memory.Id;
            Assert.Equal(1, await store.PurgeAsync([id]));
            Assert.DoesNotContain(_pool.Disk.AllFiles(), f => _pool.Disk.ReadAll(f).AsSpan().IndexOf(vector) >= 0);
            Assert.DoesNotContain(_pool.Disk.AllFiles(), f => _pool.Disk.ReadAll(f).AsSpan().IndexOf(UnitOf(vector)) >= 0);
            await store.MaintainAsync();
        }
        await EndAsync(_pool.Disk, Memories - 20);
    }

    [Fact]
    public async Task No_power_loss_takes_back_a_batch_that_was_acknowledged()
    {
        await using (var store = await OpenAsync(_pool.Disk, new Model("old"))) await ReembedTests.FillAsync(store, Memories);
        var states = new List<(SimulatedFileSystem Disk, int Embedded, string Call)>();
        var (embedded, total, random) = (0, 0, new Random(TestSeed.Value));
        await using (var store = await OpenAsync(_pool.Disk, new Model("old")))
        {
            _pool.Disk.Watch(call =>
            {
                if (call.Kind is DiskCallKind.Read or DiskCallKind.Open or DiskCallKind.List or DiskCallKind.ReadLockOwner || total++ % 5 > 0) return;
                var loss = random.Next(2) == 0 ? PowerLoss.LoseAll : PowerLoss.Random(random.Next());
                lock (states) states.Add((_pool.Disk.AfterPowerLoss(loss), Volatile.Read(ref embedded), $"{loss} before {call}"));
            });
            await store.ReembedAsync(new ReembedOptions
            {
                Embedder = new Model("new"),
                BatchTexts = 6,
                Progress = new Counter(n => Volatile.Write(ref embedded, n)),
            });
            await store.SettleAsync();
            await store.MaintainAsync();
            _pool.Disk.Watch(null);
        }
        Assert.True(states.Count > 20, $"{states.Count} states");
        foreach (var (disk, acknowledged, call) in states.Where((_, i) => i % (1 + (states.Count / 60)) == 0))
        {
            var young = new Model("new");
            await using var store = await OpenAsync(disk, null, lexical: true);
            var result = await store.ReembedAsync(new ReembedOptions { Embedder = young });
            Assert.True(result.Already >= acknowledged, $"MEMORYENGINE_SEED={TestSeed.Value}, {call}: {result.Already} of {acknowledged} are there");
            Assert.Equal(Memories, result.Already + result.Embedded);
            Assert.Equal(result.Embedded, young.Asked.Count);
            Assert.Equal(0, store.Stats().Unembedded);
        }
    }

    // Some vectors of the second embedder are there when the pool is closed.
    private async Task BeginAsync(long checkpointOnClose)
    {
        await using (var store = await OpenAsync(_pool.Disk, new Model("old"))) await ReembedTests.FillAsync(store, Memories);
        await using (var store = await MemoryStore.OpenAsync(
            SimulatedPool.Root, Options(_pool.Disk, new Model("old")) with { CheckpointOnCloseBytes = checkpointOnClose }))
        {
            var down = new Model("new") { TextsLeft = Done };
            await Assert.ThrowsAsync<MemoryEngineException>(() => store.ReembedAsync(new ReembedOptions { Embedder = down, BatchTexts = 10 }));
            Assert.Equal(Done, down.Asked.Count);
        }
    }

    private async Task EndAsync(SimulatedFileSystem disk, int left)
    {
        var young = new Model("new");
        await using var store = await OpenAsync(disk, new Model("old"));
        Assert.Equal(0, store.Stats().Unembedded);
        var result = await store.ReembedAsync(new ReembedOptions { Embedder = young, BatchTexts = 10 });
        Assert.Equal((left, true), (result.Embedded, result.Switched));
        Assert.Equal(left, young.Asked.Count);
        Assert.Equal(0, store.Stats().Unembedded);
        await FoundAsync(store, from: 8);
    }

    private static async Task FoundAsync(IMemoryReader store, int from = 0)
    {
        for (var i = from; i < Memories; i += 17)
            Assert.Equal($"word{i} topic{i}", (await ReembedTests.NearestAsync(store, $"word{i} topic{i}")).Text);
    }

    private Task<MemoryStore> OpenAsync(SimulatedFileSystem disk, Model? model, bool lexical = false) =>
        MemoryStore.OpenAsync(SimulatedPool.Root, Options(disk, model) with { LexicalOnly = lexical });

    private MemoryStoreOptions Options(SimulatedFileSystem disk, Model? model) => _pool.Options with
    {
        Files = disk,
        Embedder = model,
        JournalFileBytes = 6_000,
        CheckpointBytes = 15_000,
        CheckpointOnCloseBytes = 1,
        SegmentLimits = new SegmentLimits(SealRows: 24, GraphVectors: 50),
    };

    private static string FileOf(in JournalFrame frame) =>
        Path.Combine(SimulatedPool.Root, "journal", JournalFormat.FileName(frame.Position.File));

    private static byte[] UnitOf(byte[] vector)
    {
        var unit = new float[vector.Length / sizeof(float)];
        VectorColumn.Normalise(MemoryMarshal.Cast<byte, float>(vector), unit);
        return MemoryMarshal.AsBytes<float>(unit).ToArray();
    }

    private sealed class Counter(Action<int> seen) : IProgress<ReembedProgress>
    {
        public void Report(ReembedProgress value) => seen((int)value.Embedded);
    }
}
