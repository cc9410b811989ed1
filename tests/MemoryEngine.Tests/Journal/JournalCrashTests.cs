using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>Power losses, kills, failing calls and full disks at every moment of a script that rolls through several files.</summary>
public sealed class JournalCrashTests
{
    private const int FileBytes = 5_000;

    [Fact]
    public void Whatever_was_synced_survives_every_power_loss()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, FileBytes);
        var durable = 0;
        var random = new Random(1);
        for (var id = 1; id <= 40; id++)
        {
            // Some batches are only handed to the kernel.
            var sync = id % 3 != 0;
            JournalDisk.Batch(writer, sync: false, (id, random.Next(0, 1_200)));
            CheckEveryLoss(disk, durable, id, random);
            if (!sync) continue;
            writer.Sync();
            durable = id;
            CheckEveryLoss(disk, durable, id, random);
        }
        writer.Close();
        Assert.Equal(Enumerable.Range(1, 40), JournalDisk.Ids(disk.AfterPowerLoss(PowerLoss.LoseAll), out var scan));
        Assert.True(scan.ClosedCleanly);
        Assert.True(scan.LastFile > 3);
    }

    [Fact]
    public void A_power_loss_in_the_midst_of_any_call_keeps_what_was_synced()
    {
        // The power fails at each call of the script: from then on the disk does nothing.
        var calls = RunScript(JournalDisk.New(), out _);
        for (var n = 1; n <= calls; n++)
        {
            var disk = JournalDisk.New();
            disk.FailCall(disk.CallCount + n, FaultKind.Io);
            disk.FailCall(disk.CallCount + n + 1, FaultKind.Io);
            RunScript(disk, out var acknowledged, stopAtFirstFailure: true);
            var durable = acknowledged.Count;
            CheckEveryLoss(disk, durable, durable + 1, new Random(n));
        }
    }

    [Fact]
    public void Whatever_was_handed_to_the_kernel_survives_the_process()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, FileBytes);
        for (var id = 1; id <= 30; id++)
        {
            JournalDisk.Batch(writer, sync: false, (id, 300 + id));
            Assert.Equal(Enumerable.Range(1, id), JournalDisk.Ids(disk.AfterProcessKill(), out _));
            // Opening it again makes it durable, before anything stands on it.
            var killed = disk.AfterProcessKill();
            JournalDisk.Reopen(killed, FileBytes).Dispose();
            Assert.Equal(Enumerable.Range(1, id), JournalDisk.Ids(killed.AfterPowerLoss(PowerLoss.LoseAll), out _));
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.Io))]
    [InlineData(nameof(FaultKind.DiskFull))]
    [InlineData(nameof(FaultKind.ShortWrite))]
    [InlineData(nameof(FaultKind.FailedSync))]
    public void Every_call_may_fail_once(string kind)
    {
        var calls = RunScript(JournalDisk.New(), out _);
        for (var n = 1; n <= calls; n++)
        {
            var disk = JournalDisk.New();
            disk.FailCall(disk.CallCount + n, Enum.Parse<FaultKind>(kind));
            RunScript(disk, out var acknowledged);
            if (disk.LastFault is null) continue;
            var states = new[] { disk.AfterProcessKill(), disk.AfterPowerLoss(PowerLoss.LoseAll), disk.AfterPowerLoss(PowerLoss.KeepAll) };
            foreach (var state in states)
            {
                if (!state.FileExists(JournalDisk.PathOf(1)))
                {
                    Assert.Empty(acknowledged);
                    continue;
                }
                var ids = JournalDisk.Ids(state, out _);
                var gone = acknowledged.Except(ids).ToList();
                Assert.True(gone.Count == 0, $"{disk.LastFault}: acknowledged and gone: {string.Join(',', gone)}");
                Assert.Equal(ids.Order(), ids);
                // It can be written again.
                using (var writer = JournalDisk.Reopen(state, FileBytes)) JournalDisk.Batch(writer, sync: true, (1_000, 10));
                Assert.Equal([.. ids, 1_000], JournalDisk.Ids(state, out _));
            }
        }
    }

    [Fact]
    public void A_failed_sync_poisons_the_writer()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, FileBytes);
        JournalDisk.Batch(writer, sync: true, (1, 10));
        JournalDisk.Batch(writer, sync: false, (2, 10));
        disk.FailCall(disk.CallCount + 1, FaultKind.FailedSync);
        Assert.Equal(ErrorCode.Poisoned, Assert.Throws<MemoryEngineException>(writer.Sync).Code);
        Assert.Equal(ErrorCode.Poisoned, Assert.Throws<MemoryEngineException>(writer.Sync).Code);
        Assert.Equal(ErrorCode.Poisoned, Assert.Throws<MemoryEngineException>(() => writer.Append(EventType.Remembered, [1])).Code);
        writer.Close();
        Assert.Equal([1], JournalDisk.Ids(disk.AfterPowerLoss(PowerLoss.LoseAll), out var scan));
        Assert.False(scan.ClosedCleanly);
    }

    [Fact]
    public void A_full_disk_is_an_error_of_that_write_alone()
    {
        for (var free = 0L; free < 40_000; free += 1_024)
        {
            var disk = JournalDisk.New();
            var writer = JournalDisk.Create(disk, FileBytes);
            JournalDisk.Batch(writer, sync: true, (1, 10));
            disk.CapacityBytes = disk.UsedBytes + free;
            var acknowledged = new List<int> { 1 };
            for (var id = 2; id < 40; id++)
            {
                // Room is made again half way.
                if (id == 20) disk.CapacityBytes = long.MaxValue;
                if (TryBatch(writer, id, 900, out var error)) acknowledged.Add(id);
                else Assert.Equal(ErrorCode.DiskFull, error!.Code);
                if (id >= 20) Assert.Equal(id, acknowledged[^1]);
            }
            writer.Close();
            Assert.Equal(acknowledged, JournalDisk.Ids(disk, out var scan));
            Assert.True(scan.ClosedCleanly);
        }
    }

    [Fact]
    public void A_full_disk_does_not_keep_a_journal_from_closing()
    {
        for (var size = 0; size < 4_096; size += 8)
        {
            var disk = JournalDisk.New();
            var writer = JournalDisk.Create(disk, 1 << 20);
            // Not a block more than the batch takes.
            disk.CapacityBytes = disk.UsedBytes + 4_096;
            if (!TryBatch(writer, 1, size, out _)) break;
            writer.Close();
            Assert.Equal([1], JournalDisk.Ids(disk, out var scan));
            Assert.True(scan.ClosedCleanly, $"a payload of {size} bytes left no room for the closing batch");
            // And a session that writes nothing needs nothing.
            disk.CapacityBytes = disk.UsedBytes;
            JournalDisk.Reopen(disk, 1 << 20).Close();
            Assert.Equal([1], JournalDisk.Ids(disk, out scan));
            Assert.True(scan.ClosedCleanly);
        }
    }

    private static void CheckEveryLoss(SimulatedFileSystem disk, int durable, int written, Random random)
    {
        var losses = Enumerable.Range(0, disk.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix)
            .Concat(Enumerable.Range(0, disk.UnsyncedOperationCount).Select(i => PowerLoss.TornPrefix(i, random.Next())))
            .Concat(Enumerable.Range(0, 6).Select(_ => PowerLoss.Random(random.Next())));
        foreach (var loss in losses)
        {
            var after = disk.AfterPowerLoss(loss);
            if (durable == 0 && !after.FileExists(JournalDisk.PathOf(1))) continue;
            var ids = JournalDisk.Ids(after, out _);
            Assert.True(ids.SequenceEqual(Enumerable.Range(1, ids.Count)), $"{loss}: the history has a hole");
            Assert.True(ids.Count >= durable && ids.Count <= written, $"{loss}: {ids.Count} frames of {durable} durable ones");
            if (ids.Count > durable) continue;
            using (var writer = JournalDisk.Reopen(after, FileBytes)) JournalDisk.Batch(writer, sync: true, (500, 10));
            Assert.Equal([.. ids, 500], JournalDisk.Ids(after.AfterPowerLoss(PowerLoss.LoseAll), out _));
        }
    }

    /// <summary>Opens, writes a dozen batches through several files, closes; answers how many calls that took.</summary>
    private static int RunScript(SimulatedFileSystem disk, out List<int> acknowledged, bool stopAtFirstFailure = false)
    {
        acknowledged = [];
        var before = disk.CallCount;
        JournalWriter? writer = null;
        try
        {
            writer = JournalDisk.Create(disk, FileBytes);
            for (var id = 1; id <= 12; id++)
            {
                if (TryBatch(writer, id, 90 * id, out _)) acknowledged.Add(id);
                else if (stopAtFirstFailure) return disk.CallCount - before;
            }
            writer.Close();
        }
        catch (MemoryEngineException)
        {
            // What the script could not do is no matter: what it did is checked.
        }
        finally
        {
            writer?.Dispose();
        }
        return disk.CallCount - before;
    }

    private static bool TryBatch(JournalWriter writer, int id, int length, out MemoryEngineException? error)
    {
        error = null;
        try
        {
            JournalDisk.Batch(writer, sync: true, (id, length));
            return true;
        }
        catch (MemoryEngineException e)
        {
            error = e;
            return false;
        }
    }
}
