using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Storage;

/// <summary>
/// The simulated disk loses what a real one may lose, keeps what a real one must keep, and fails when it is told to.
/// </summary>
public sealed class SimulatedFileSystemTests
{
    private const string Root = "/pool";
    private const string A = "/pool/a";
    private const string B = "/pool/b";

    private readonly SimulatedFileSystem _disk = new();

    public SimulatedFileSystemTests() => _disk.WriteAll("/pool/seed", "s"u8);

    [Fact]
    public void Unsynced_writes_can_be_lost_and_synced_ones_never_are()
    {
        using var file = Create(A);
        file.Write(0, "synced"u8);
        file.Sync();
        _disk.SyncDirectory(Root);
        file.Write(6, " and not"u8);
        Assert.Equal("synced"u8, _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
        Assert.Equal("synced and not"u8, _disk.AfterPowerLoss(PowerLoss.KeepAll).ReadAll(A));
        Assert.Equal("synced and not"u8, _disk.ReadAll(A));
        file.Sync();
        Assert.Equal(0, _disk.UnsyncedOperationCount);
        Assert.Equal("synced and not"u8, _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
    }

    [Fact]
    public void Every_prefix_is_a_state_of_its_own()
    {
        using var file = Open(_disk, B, "...."u8);
        for (var i = 0; i < 4; i++) file.Write(i, "x"u8);
        Assert.Equal(4, _disk.UnsyncedOperationCount);
        var states = Enumerable.Range(0, 5).Select(n => Text(_disk.AfterPowerLoss(PowerLoss.Prefix(n)), B));
        Assert.Equal(["....", "x...", "xx..", "xxx.", "xxxx"], states);
    }

    [Fact]
    public void Random_choices_reach_every_subset_of_independent_writes()
    {
        using var file = Open(_disk, B, "..."u8);
        for (var i = 0; i < 3; i++) file.Write(i, "x"u8);
        var states = Enumerable.Range(0, 500).Select(seed => Text(_disk.AfterPowerLoss(PowerLoss.Random(seed)), B));
        Assert.Equal(8, states.Distinct().Count());
    }

    [Fact]
    public void A_torn_write_keeps_whole_sectors_only()
    {
        using var file = Open(_disk, B, [.. Enumerable.Repeat((byte)1, 4096)]);
        file.Write(100, [.. Enumerable.Repeat((byte)2, 3000)]);
        var torn = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var content = _disk.AfterPowerLoss(PowerLoss.TornPrefix(0, seed)).ReadAll(B);
            Assert.Equal(4096, content.Length);
            Assert.All(content[..100].Concat(content[3100..]), b => Assert.Equal(1, b));
            // Within each sector, what the write touched is all old or all new.
            var sectors = Enumerable.Range(0, 7)
                .Select(i => content[Math.Max(100, i * 512)..Math.Min(3100, (i + 1) * 512)].Distinct().ToArray()).ToArray();
            Assert.All(sectors, values => Assert.Single(values));
            if (sectors.Select(values => values[0]).Distinct().Count() == 2) torn++;
        }
        Assert.InRange(torn, 150, 200);
    }

    [Fact]
    public void A_torn_write_at_the_end_may_leave_the_length_without_the_bytes()
    {
        using var file = Open(_disk, B, []);
        file.Write(0, [.. Enumerable.Repeat((byte)9, 1024)]);
        var states = Enumerable.Range(0, 200)
            .Select(seed => _disk.AfterPowerLoss(PowerLoss.TornPrefix(0, seed)).ReadAll(B)).ToArray();
        Assert.Contains(states, content => content.Length == 1024 && content.All(b => b == 0));
        Assert.Contains(states, content => content.Length == 0);
        Assert.Contains(states, content => content.Length == 512);
    }

    [Fact]
    public void Lengths_and_reservations_are_lost_like_writes()
    {
        using var file = Open(_disk, B, "abcdef"u8);
        file.Reserve(100);
        file.SetLength(3);
        Assert.Equal(6, _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(B).Length);
        Assert.Equal(100, _disk.AfterPowerLoss(PowerLoss.Prefix(1)).ReadAll(B).Length);
        Assert.Equal("abc"u8, _disk.AfterPowerLoss(PowerLoss.KeepAll).ReadAll(B));
    }

    [Fact]
    public void A_synced_file_is_gone_when_its_name_was_not_synced()
    {
        using var file = Create(A);
        file.Write(0, "x"u8);
        file.Sync();
        Assert.False(_disk.AfterPowerLoss(PowerLoss.LoseAll).FileExists(A));
        Assert.Equal("x"u8, _disk.AfterPowerLoss(PowerLoss.KeepAll).ReadAll(A));
    }

    [Fact]
    public void A_lost_directory_takes_along_what_was_synced_in_it()
    {
        _disk.CreateDirectory("/pool/x");
        using var file = Create("/pool/x/a");
        file.Sync();
        _disk.SyncDirectory("/pool/x");
        Assert.Equal(["/pool/seed"], Names(_disk.AfterPowerLoss(PowerLoss.LoseAll)));
        _disk.SyncDirectory(Root);
        Assert.Equal(["/pool/seed", "/pool/x/a"], Names(_disk.AfterPowerLoss(PowerLoss.LoseAll)));
    }

    [Fact]
    public void A_rename_is_lost_or_kept_as_a_whole()
    {
        _disk.WriteAll(A, "old"u8);
        _disk.WriteAll(B, "new"u8);
        _disk.Rename(B, A);
        var lost = _disk.AfterPowerLoss(PowerLoss.LoseAll);
        Assert.Equal(("old", "new"), (Text(lost, A), Text(lost, B)));
        var kept = _disk.AfterPowerLoss(PowerLoss.KeepAll);
        Assert.Equal("new", Text(kept, A));
        Assert.False(kept.FileExists(B));
        _disk.SyncDirectory(Root);
        Assert.Equal("new", Text(_disk.AfterPowerLoss(PowerLoss.LoseAll), A));
    }

    [Fact]
    public void A_rename_before_the_sync_of_the_file_can_leave_the_name_without_the_content()
    {
        _disk.WriteAll(A, "old"u8);
        using var file = Create(B);
        file.Write(0, "new"u8);
        _disk.Rename(B, A);
        _disk.SyncDirectory(Root);
        Assert.Equal("", Text(_disk.AfterPowerLoss(PowerLoss.LoseAll), A));
    }

    [Fact]
    public void A_rename_between_directories_is_durable_when_either_is_synced()
    {
        _disk.WriteAll("/pool/x/other", "other"u8);
        _disk.WriteAll(A, "new"u8);
        // Not synced either: the name must not come back over the one that replaced it.
        Create("/pool/x/old").Dispose();
        _disk.Rename(A, "/pool/x/old");
        Assert.Equal("new", Text(_disk.AfterPowerLoss(PowerLoss.LoseAll), A));
        _disk.SyncDirectory(Root);
        var after = _disk.AfterPowerLoss(PowerLoss.LoseAll);
        Assert.Equal(["/pool/seed", "/pool/x/old", "/pool/x/other"], Names(after));
        _disk.SyncDirectory("/pool/x");
        after = _disk.AfterPowerLoss(PowerLoss.LoseAll);
        Assert.Equal("new", Text(after, "/pool/x/old"));
        Assert.False(after.FileExists(A));
    }

    [Fact]
    public void A_deleted_file_comes_back_with_what_was_synced_unless_its_directory_was()
    {
        using (var file = Open(_disk, B, "kept"u8)) file.Write(0, "lost"u8);
        _disk.Delete(B);
        Assert.Equal("kept", Text(_disk.AfterPowerLoss(PowerLoss.LoseAll), B));
        _disk.SyncDirectory(Root);
        Assert.False(_disk.AfterPowerLoss(PowerLoss.LoseAll).FileExists(B));
        Assert.Equal(0, _disk.UnsyncedOperationCount);
    }

    [Fact]
    public void A_killed_process_loses_its_locks_and_nothing_else()
    {
        using var file = Create(A);
        file.Write(0, "unsynced"u8);
        using var held = _disk.TryLock("/pool/LOCK", "me"u8);
        var after = _disk.AfterProcessKill();
        Assert.Equal("unsynced", Text(after, A));
        Assert.Equal("me"u8, after.ReadLockOwner("/pool/LOCK"));
        using var taken = after.TryLock("/pool/LOCK", "you"u8);
        Assert.NotNull(taken);
        Assert.Null(_disk.TryLock("/pool/LOCK", "you"u8));
        // What was unsynced still is: the power may fail next.
        Assert.False(after.AfterPowerLoss(PowerLoss.LoseAll).FileExists(A));
    }

    [Fact]
    public void A_fork_and_its_origin_do_not_see_each_others_writes()
    {
        using var file = Open(_disk, B, "0000"u8);
        foreach (var fork in new[] { _disk.AfterPowerLoss(PowerLoss.LoseAll), _disk.AfterProcessKill() })
        {
            using var forked = fork.Open(B, FileOpening.ReadWrite);
            file.Write(0, "1"u8);
            file.Sync();
            forked.Write(1, "2"u8);
            Assert.Equal(("1000", "0200"), (Text(_disk, B), Text(fork, B)));
            Assert.Equal("0000", Text(fork.AfterPowerLoss(PowerLoss.LoseAll), B));
            forked.Sync();
            Assert.Equal("0200", Text(fork.AfterPowerLoss(PowerLoss.LoseAll), B));
            file.Write(0, "0"u8);
            file.Sync();
        }
    }

    [Fact]
    public void Threads_share_the_disk_and_none_of_their_writes_is_lost()
    {
        using var file = Open(_disk, B, []);
        Parallel.For(0, 64, i =>
        {
            using var own = Create($"/pool/own{i}");
            own.Write(0, [(byte)i]);
            for (var j = 0; j < 64; j++) file.Write(i * 6400 + j * 100, [.. Enumerable.Repeat((byte)(i + 1), 100)]);
            file.Sync();
        });
        Assert.Equal([.. Enumerable.Range(0, 64).SelectMany(i => Enumerable.Repeat((byte)(i + 1), 6400))], _disk.ReadAll(B));
        Assert.Equal(_disk.ReadAll(B), _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(B));
        Assert.Equal(66, _disk.AllFiles().Count);
        // For each of the 64: created, written, 64 writes, synced.
        Assert.Equal(1 + 64 * 67, _disk.CallCount);
    }

    [Fact]
    public void A_large_file_takes_memory_only_where_it_was_written()
    {
        using var file = Open(_disk, B, []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        file.Reserve(1L << 30);
        file.Write((1L << 30) - 1, "x"u8);
        file.Sync();
        var forks = Enumerable.Range(0, 4).Select(_ => _disk.AfterPowerLoss(PowerLoss.LoseAll)).ToArray();
        Assert.All(forks, fork => Assert.True(fork.UsedBytes >= 1L << 30));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Damage_done_by_a_test_is_on_the_disk()
    {
        _disk.WriteAll(A, [0, 0, 0]);
        _disk.FlipBit(A, 17);
        Assert.Equal([0, 0, 2], _disk.ReadAll(A));
        Assert.Equal([0, 0, 2], _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
        _disk.Truncate(A, 1);
        Assert.Equal([0], _disk.AfterPowerLoss(PowerLoss.LoseAll).ReadAll(A));
        Assert.Equal(0, _disk.CallCount);
    }

    private static IFile Open(SimulatedFileSystem disk, string path, ReadOnlySpan<byte> content)
    {
        disk.WriteAll(path, content);
        return disk.Open(path, FileOpening.ReadWrite);
    }

    private static string Text(SimulatedFileSystem disk, string path) => System.Text.Encoding.UTF8.GetString(disk.ReadAll(path));

    // Windows puts a drive before the paths and turns their slashes.
    private static IEnumerable<string> Names(SimulatedFileSystem disk) =>
        disk.AllFiles().Select(p => p[p.IndexOf("pool", StringComparison.Ordinal)..].Replace('\\', '/')).Select(p => "/" + p);

    private IFile Create(string path) => _disk.Open(path, FileOpening.CreateNew);
}
