using MemoryEngine.Journal;

namespace MemoryEngine.Tests.Repair;

/// <summary>Whole files that are gone or unreadable, and what is left without them.</summary>
public sealed class LostFileTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missing_journal_file_costs_what_only_it_had(bool withRecords)
    {
        var pool = await DamagedPool.NewAsync(withRecords);
        foreach (var file in pool.FilesIn("journal").ToList())
        {
            var copy = pool.Copy();
            copy.Disk.Delete(file);
            var report = await copy.RepairAsync();
            var lost = RepairOracle.Check(copy, report, $"without {file}");
            Assert.Contains(report.Problems, p => p.File == file && p.What.Contains("no such file", StringComparison.Ordinal));
            var versions = pool.Events.Where(e => e.Value.File == file && e.Value.Type == EventType.Remembered).Select(e => e.Key);
            if (withRecords) Assert.Empty(lost.Intersect(versions));
            else Assert.True(lost.Count > 0 || report.Problems.Any(p => p.Consequence.Contains("not known", StringComparison.Ordinal)), file);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_journal_the_record_log_has_every_version(bool withManifests)
    {
        var pool = await DamagedPool.NewAsync(withRecords: true);
        var copy = pool.Copy();
        copy.Delete("journal");
        if (!withManifests) copy.Delete("manifests");
        var report = await copy.RepairAsync();
        Assert.NotEmpty(RepairOracle.Check(copy, report, "without a journal"));
        Assert.Equal(pool.Events.Values.Count(e => e.Type == EventType.Remembered), report.Versions);
        Assert.Contains(report.Notes, n => n.Contains("removals", StringComparison.Ordinal));
        Assert.Equal(withManifests, PoolCreatedEvent.Decode(pool.Events[1].Payload)!.PoolId == report.PoolId);
        await using var store = await MemoryStore.OpenAsync(DamagedPool.Target, copy.Options with { Spaces = [] });
        var space = withManifests ? new VectorSpace("v", 3, Metric.L2) : new VectorSpace("recovered-1", 3, Metric.Cosine, "unknown");
        Assert.Contains(space, store.Stats().Spaces);
        Assert.Contains(store.Stats().Spaces, s => s.Name == VectorSpace.TextSpace);
        // What had been forgotten, and in which snapshots, only the manifest still knows.
        Assert.Equal(withManifests, store.Snapshots().Any(s => s.Name == "early"));
        Assert.Equal(withManifests, (await store.GetAsync(DamagedPool.Forgotten))!.State == MemoryState.Tombstoned);
    }

    [Fact]
    public async Task With_nothing_at_all_nothing_is_written()
    {
        var pool = await DamagedPool.NewAsync(withRecords: true);
        var copy = pool.Copy();
        foreach (var file in copy.FilesIn("journal").Concat(copy.FilesIn("records")).ToList())
            copy.Disk.WriteAll(file, new byte[copy.Disk.ReadAll(file).Length]);
        await Assert.ThrowsAsync<CorruptionException>(copy.RepairAsync);
        Assert.False(copy.Disk.DirectoryExists(DamagedPool.Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_whose_header_page_is_gone_is_read_all_the_same(bool withRecords)
    {
        var pool = await DamagedPool.NewAsync(withRecords);
        foreach (var file in pool.FilesIn("journal").ToList())
        {
            var copy = pool.Copy();
            var bytes = copy.Disk.ReadAll(file);
            new Random(7).NextBytes(bytes.AsSpan(0, JournalFormat.HeaderBytes));
            copy.Disk.WriteAll(file, bytes);
            Assert.Empty(RepairOracle.Check(copy, await copy.RepairAsync(), $"without the header of {file}"));
        }
        // All of them: the pool's id stands in the journal's first event and in the manifest.
        var all = pool.Copy();
        foreach (var file in all.FilesIn("journal").ToList())
        {
            var bytes = all.Disk.ReadAll(file);
            bytes.AsSpan(0, JournalFormat.HeaderBytes).Clear();
            all.Disk.WriteAll(file, bytes);
        }
        var report = await all.RepairAsync();
        Assert.Empty(RepairOracle.Check(all, report, "without any header"));
        Assert.Equal(PoolCreatedEvent.Decode(pool.Events[1].Payload)!.PoolId, report.PoolId);
    }

    [Fact]
    public async Task A_file_of_another_pool_and_one_under_another_name_are_told()
    {
        var pool = await DamagedPool.NewAsync(withRecords: true);
        var other = await DamagedPool.NewAsync(withRecords: true);
        var files = pool.FilesIn("journal").ToList();
        var strange = pool.Copy();
        strange.Disk.WriteAll(files[1], other.Disk.ReadAll(files[1]));
        var report = await strange.RepairAsync();
        RepairOracle.Check(strange, report, "with a file of another pool");
        Assert.Contains(report.Problems, p => p.File == files[1] && p.What.Contains("a file of pool", StringComparison.Ordinal));

        var swapped = pool.Copy();
        var (first, second) = (swapped.Disk.ReadAll(files[0]), swapped.Disk.ReadAll(files[1]));
        swapped.Disk.WriteAll(files[0], second);
        swapped.Disk.WriteAll(files[1], first);
        Assert.Empty(RepairOracle.Check(swapped, await swapped.RepairAsync(), "with two files swapped"));
    }

    [Fact]
    public async Task A_whole_pool_is_copied_and_an_open_one_refused()
    {
        var pool = await DamagedPool.NewAsync(withRecords: true);
        var copy = pool.Copy();
        var report = await copy.RepairAsync();
        Assert.Empty(RepairOracle.Check(copy, report, "whole"));
        Assert.Empty(report.Problems);
        Assert.Equal(ErrorCode.Conflict, await SimulatedPool.CodeOfAsync(copy.RepairAsync));
        await Assert.ThrowsAsync<ArgumentException>(() => MemoryStore.RepairAsync(DamagedPool.Root, DamagedPool.Root + "/new", copy.Options));
        Assert.Equal(
            ErrorCode.PoolNotFound, await SimulatedPool.CodeOfAsync(() => MemoryStore.RepairAsync("/disk/nowhere", "/disk/x", copy.Options)));
        await using var owner = await MemoryStore.OpenAsync(DamagedPool.Root, copy.Options);
        Assert.Equal(
            ErrorCode.PoolBusy, await SimulatedPool.CodeOfAsync(() => MemoryStore.RepairAsync(DamagedPool.Root, "/disk/y", copy.Options)));
    }

    [Fact]
    public async Task A_torn_tail_is_no_loss_of_what_was_before_it()
    {
        var pool = await DamagedPool.NewAsync(withRecords: false);
        var file = pool.FilesIn("journal").Last();
        var copy = pool.Copy();
        // The closing batch is torn: it holds no event.
        copy.Disk.Truncate(file, copy.Disk.ReadAll(file).Length - 9);
        var report = await copy.RepairAsync();
        Assert.Empty(RepairOracle.Check(copy, report, "torn"));
        Assert.Contains("may be what a crash tore", Assert.Single(report.Problems).Consequence, StringComparison.Ordinal);
    }
}
