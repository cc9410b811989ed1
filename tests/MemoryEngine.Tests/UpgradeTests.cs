using System.Buffers.Binary;
using MemoryEngine.Journal;
using MemoryEngine.Storage;
using MemoryEngine.Testing;
using MemoryEngine.Tests.Repair;

namespace MemoryEngine.Tests;

/// <summary>A pool of the first format is written anew in the newest one, event by event the same.</summary>
public sealed class UpgradeTests
{
    private const int Newest = (int)JournalFormat.FormatVersion;

    [Fact]
    public async Task Every_file_is_written_anew_and_every_event_stays()
    {
        var pool = await OldPoolAsync();
        var report = await MemoryStore.UpgradeAsync(DamagedPool.Root, pool.Options);
        Assert.Equal((1, Newest, pool.FilesIn("journal").Count(), true), (report.From, report.To, report.Files, report.Changed));
        Assert.Empty(report.Notes);
        AssertSame(pool, pool.Disk);
        Assert.All(pool.FilesIn("journal"), f => Assert.Equal(JournalFormat.FormatVersion, FormatOf(pool.Disk, f)));
        Assert.Empty((await MemoryStore.CheckAsync(DamagedPool.Root, pool.Options)).Problems);

        var before = pool.Bytes();
        var again = await MemoryStore.UpgradeAsync(DamagedPool.Root, pool.Options);
        Assert.Equal((Newest, Newest, 0, false), (again.From, again.To, again.Files, again.Changed));
        Assert.All(pool.Bytes(), b => Assert.True(b.Value.AsSpan().SequenceEqual(before[b.Key]), b.Key));
    }

    [Fact]
    public async Task A_crash_at_any_call_leaves_a_whole_pool()
    {
        var pool = await OldPoolAsync();
        var whole = pool.Copy();
        await MemoryStore.UpgradeAsync(DamagedPool.Root, whole.Options);
        for (var call = 1; call <= whole.Disk.CallCount; call += 7)
        {
            var copy = pool.Copy();
            for (var n = 0; n < 4_000; n++) copy.Disk.FailCall(call + n, FaultKind.Io);
            try
            {
                await MemoryStore.UpgradeAsync(DamagedPool.Root, copy.Options);
            }
            catch (MemoryEngineException e) when (e.Code is ErrorCode.Storage or ErrorCode.Poisoned)
            {
                // As a crash would have it.
            }
            foreach (var loss in new[] { PowerLoss.LoseAll, PowerLoss.KeepAll, PowerLoss.Random(TestSeed.Value + call) })
            {
                var left = copy.Disk.AfterPowerLoss(loss);
                AssertSame(pool, left);
                await MemoryStore.UpgradeAsync(DamagedPool.Root, DamagedPool.OptionsOf(left, pool.Clock));
                AssertSame(pool, left);
            }
        }
    }

    [Fact]
    public async Task A_damaged_an_open_and_a_missing_pool_are_left_as_they_are()
    {
        var pool = await OldPoolAsync();
        Assert.Equal(ErrorCode.PoolNotFound, await SimulatedPool.CodeOfAsync(() => MemoryStore.UpgradeAsync("/disk/nowhere", pool.Options)));
        var damaged = pool.Copy();
        damaged.Disk.FlipBit(pool.Events[9].File, pool.Events[9].Offset * 8);
        var before = damaged.Bytes();
        await Assert.ThrowsAsync<CorruptionException>(() => MemoryStore.UpgradeAsync(DamagedPool.Root, damaged.Options));
        Assert.All(damaged.Bytes(), b => Assert.True(b.Value.AsSpan().SequenceEqual(before[b.Key]), b.Key));
        await using var owner = await MemoryStore.OpenAsync(DamagedPool.Root, pool.Options);
        Assert.Equal(ErrorCode.PoolBusy, await SimulatedPool.CodeOfAsync(() => MemoryStore.UpgradeAsync(DamagedPool.Root, pool.Options)));
    }

    // The first format's files differ in the number that stands in their headers.
    private static async Task<DamagedPool> OldPoolAsync()
    {
        var pool = await DamagedPool.NewAsync(withRecords: true, withPurges: false);
        foreach (var file in pool.FilesIn("journal").ToList())
        {
            var bytes = pool.Disk.ReadAll(file);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), 1);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
            pool.Disk.WriteAll(file, bytes);
        }
        return pool;
    }

    private static uint FormatOf(SimulatedFileSystem disk, string file) => BinaryPrimitives.ReadUInt32LittleEndian(disk.ReadAll(file).AsSpan(8));

    private static void AssertSame(DamagedPool pool, SimulatedFileSystem disk)
    {
        var now = DamagedPool.Read(disk, DamagedPool.Root);
        Assert.Equal(pool.Events.Keys, now.Keys);
        Assert.All(pool.Events, e => Assert.True(e.Value.IsSame(now[e.Key])));
    }
}
