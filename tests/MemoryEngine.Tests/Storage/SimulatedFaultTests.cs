using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Storage;

/// <summary>A planned fault fails its call, in the way that was planned, once, and no other call.</summary>
public sealed class SimulatedFaultTests
{
    private const string Root = "/pool";
    private const string A = "/pool/a";

    private readonly SimulatedFileSystem _disk = new();

    public SimulatedFaultTests() => _disk.WriteAll(A, "old"u8);

    [Fact]
    public void Each_call_of_a_script_fails_once_and_only_once()
    {
        var calls = 0;
        for (var n = 1; calls == 0 || n <= calls; n++)
        {
            var disk = new SimulatedFileSystem();
            disk.FailCall(n, FaultKind.Io);
            var errors = 0;
            foreach (var step in Script(disk))
            {
                try
                {
                    step();
                }
                catch (MemoryEngineException e)
                {
                    Assert.Equal(ErrorCode.Storage, e.Code);
                    Assert.Equal(n, disk.LastFault?.Number);
                    Assert.Contains($"call {n})", e.Message, StringComparison.Ordinal);
                    errors++;
                    step();
                }
            }
            Assert.Equal(1, errors);
            // The failed call was made again, so the script without faults has one call less.
            calls = disk.CallCount - 1;
            Assert.Equal("content", System.Text.Encoding.UTF8.GetString(disk.ReadAll("/pool/c")));
        }
        Assert.Equal(13, calls);
    }

    [Fact]
    public void The_trace_names_every_call()
    {
        foreach (var step in Script(_disk)) step();
        Assert.Equal(Enum.GetValues<DiskCallKind>().ToHashSet(), _disk.Trace.Select(call => call.Kind).ToHashSet());
        Assert.Equal($"call 1: create the directory {Root}", _disk.Trace[0].ToString());
        Assert.Equal(_disk.CallCount, _disk.Trace.Count);
        Assert.Null(_disk.LastFault);
    }

    [Fact]
    public void A_fault_that_a_call_cannot_meet_does_nothing()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        FailNext(FaultKind.DiskFull);
        file.Write(0, "new"u8);
        FailNext(FaultKind.FailedSync);
        file.Write(0, "new"u8);
        FailNext(FaultKind.ShortWrite);
        file.Sync();
        FailNext(FaultKind.DiskFull);
        file.SetLength(1);
        Assert.Null(_disk.LastFault);
    }

    [Fact]
    public void DiskFull_is_met_by_what_asks_for_space()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        AssertFull(() => file.Write(4096, "x"u8));
        AssertFull(() => file.Reserve(10_000));
        AssertFull(() => file.SetLength(10_000));
        AssertFull(() => _disk.Open("/pool/b", FileOpening.CreateNew));
        AssertFull(() => _disk.Open("/pool/b", FileOpening.OpenOrCreate));
        AssertFull(() => _disk.TryLock("/pool/LOCK", "me"u8));
        AssertFull(() => _disk.CreateDirectory("/pool/x"));
        Assert.Equal(["a"], _disk.List(Root));
        Assert.Equal("old"u8, _disk.ReadAll(A));
        file.Reserve(10_000);
        FailNext(FaultKind.DiskFull);
        file.Write(9_000, "x"u8);
    }

    [Fact]
    public void A_short_write_leaves_its_first_half()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        FailNext(FaultKind.ShortWrite);
        Assert.Equal(ErrorCode.Storage, CodeOf(() => file.Write(3, "12345678"u8)));
        Assert.Equal("old1234"u8, _disk.ReadAll(A));
    }

    [Fact]
    public void After_a_failed_sync_no_later_sync_brings_the_data_to_the_device()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        file.Write(0, "new"u8);
        FailNext(FaultKind.FailedSync);
        Assert.Equal(ErrorCode.Storage, CodeOf(file.Sync));
        file.Sync();
        Assert.Equal("new"u8, _disk.ReadAll(A));
        Assert.Equal("old"u8, _disk.AfterPowerLoss(PowerLoss.KeepAll).ReadAll(A));
        Assert.Equal("old"u8, _disk.AfterProcessKill().AfterPowerLoss(PowerLoss.KeepAll).ReadAll(A));
        file.Write(1, "EW"u8);
        file.Sync();
        Assert.Equal("oEW"u8, _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
    }

    [Fact]
    public void After_a_failed_sync_of_a_directory_its_new_names_never_reach_the_device()
    {
        _disk.Rename(A, "/pool/b");
        FailNext(FaultKind.FailedSync);
        Assert.Equal(ErrorCode.Storage, CodeOf(() => _disk.SyncDirectory(Root)));
        _disk.SyncDirectory(Root);
        Assert.Equal(["b"], _disk.List(Root));
        Assert.Equal(["a"], _disk.AfterPowerLoss(PowerLoss.KeepAll).List(Root));
    }

    [Fact]
    public void A_sync_that_fails_otherwise_can_be_done_again()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        file.Write(0, "new"u8);
        FailNext(FaultKind.Io);
        Assert.Equal(ErrorCode.Storage, CodeOf(file.Sync));
        file.Sync();
        Assert.Equal("new"u8, _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
    }

    [Fact]
    public void A_full_disk_takes_what_fits_and_what_is_reserved()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        _disk.CapacityBytes = 3 * 4096;
        Assert.Equal(4096, _disk.UsedBytes);
        file.Reserve(8192);
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => file.Reserve(20_000)));
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => file.SetLength(20_000)));
        Assert.Equal(8192, file.Length);
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => file.Write(8000, new byte[10_000])));
        Assert.Equal(12_288, file.Length);
        Assert.Equal(ErrorCode.DiskFull, CodeOf(() => _disk.Open("/pool/b", FileOpening.CreateNew)));
        file.Write(0, new byte[12_288]);
        file.SetLength(4096);
        file.Write(4096, new byte[8192]);
        _disk.CapacityBytes = 5 * 4096;
        file.Reserve(5 * 4096);
        Assert.Equal(_disk.CapacityBytes, _disk.UsedBytes);
    }

    [Fact]
    public void A_read_only_disk_refuses_changes_and_answers_questions()
    {
        using var file = _disk.Open(A, FileOpening.ReadWrite);
        _disk.ReadOnly = true;
        Action[] changes =
        [
            () => file.Write(0, "x"u8),
            () => file.Reserve(100),
            () => file.SetLength(1),
            () => _disk.Open(A, FileOpening.ReadWrite),
            () => _disk.Open("/pool/b", FileOpening.CreateNew),
            () => _disk.Rename(A, "/pool/b"),
            () => _disk.Delete(A),
            () => _disk.CreateDirectory("/pool/x"),
            () => _disk.TryLock("/pool/LOCK", "me"u8),
        ];
        Assert.All(changes, change => Assert.Equal(ErrorCode.ReadOnly, CodeOf(change)));
        Assert.Equal(3, file.Read(0, new byte[3]));
        Assert.Equal(["a"], _disk.List(Root));
        _disk.Open(A, FileOpening.Read).Dispose();
        _disk.CreateDirectory(Root);
        _disk.Delete("/pool/missing");
        _disk.ReadOnly = false;
        file.Write(0, "x"u8);
    }

    // Every kind of call, each step safe to repeat once after its call failed.
    private static IEnumerable<Action> Script(SimulatedFileSystem disk)
    {
        IFile? file = null;
        yield return () => disk.CreateDirectory(Root);
        yield return () => disk.TryLock("/pool/LOCK", "me"u8)!.Dispose();
        yield return () => disk.ReadLockOwner("/pool/LOCK");
        yield return () => file = disk.Open("/pool/b", FileOpening.CreateNew);
        yield return () => file!.Reserve(100);
        yield return () => file!.Write(0, "content"u8);
        yield return () => file!.SetLength(7);
        yield return () => file!.Sync();
        yield return () => file!.Read(0, new byte[7]);
        yield return () => disk.Rename("/pool/b", "/pool/c");
        yield return () => disk.SyncDirectory(Root);
        yield return () => disk.Delete("/pool/LOCK");
        yield return () => disk.List(Root);
        file!.Dispose();
    }

    private static ErrorCode CodeOf(Action action) => Assert.Throws<MemoryEngineException>(action).Code;

    private void FailNext(FaultKind kind) => _disk.FailCall(_disk.CallCount + 1, kind);

    private void AssertFull(Action action)
    {
        FailNext(FaultKind.DiskFull);
        Assert.Equal(ErrorCode.DiskFull, CodeOf(action));
    }
}
