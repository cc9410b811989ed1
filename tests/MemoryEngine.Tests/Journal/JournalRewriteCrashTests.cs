using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>Power losses, kills, failing calls and flipped bits around the rewriting and the sealing of files.</summary>
public sealed class JournalRewriteCrashTests
{
    [Fact]
    public void A_power_loss_at_any_call_of_a_rewrite_leaves_the_old_file_or_the_new()
    {
        var random = new Random(1);
        for (var n = 1; ; n++)
        {
            using var pool = new Scene(seed: 5);
            pool.Disk.FailCall(pool.Disk.CallCount + n, FaultKind.Io);
            var failed = pool.TryRewrite(2) is not null;
            foreach (var loss in Losses(pool.Disk, random)) CheckOldOrNew(pool, pool.Disk.AfterPowerLoss(loss), loss.ToString());
            CheckOldOrNew(pool, pool.Disk.AfterProcessKill(), "kill");
            if (failed) continue;
            Assert.True(n > 8, $"only {n} calls");
            Assert.Equal(pool.Going, pool.History.Check(pool.Disk.AfterPowerLoss(PowerLoss.LoseAll), out _));
            break;
        }
    }

    [Theory]
    [InlineData(nameof(FaultKind.Io))]
    [InlineData(nameof(FaultKind.DiskFull))]
    [InlineData(nameof(FaultKind.ShortWrite))]
    [InlineData(nameof(FaultKind.FailedSync))]
    public void Every_call_of_a_rewrite_may_fail_once(string kind)
    {
        int calls;
        using (var whole = new Scene(seed: 6))
        {
            var before = whole.Disk.CallCount;
            Assert.Null(whole.TryRewrite(2));
            calls = whole.Disk.CallCount - before;
        }
        Assert.True(calls > 8);
        for (var n = 1; n <= calls; n++)
        {
            using var pool = new Scene(seed: 6);
            pool.Disk.FailCall(pool.Disk.CallCount + n, Enum.Parse<FaultKind>(kind));
            var error = pool.TryRewrite(2);
            // The bodies are where the positions say, whatever failed.
            pool.CheckBodies();
            var dropped = pool.History.Check(pool.Disk, out _);
            Assert.Equal(pool.HasMoved, dropped.Count > 0);
            if (error is null) Assert.True(pool.HasMoved);
            if (error is not null && pool.HasMoved) CheckOldOrNew(pool, pool.Disk.AfterPowerLoss(PowerLoss.LoseAll), pool.Disk.LastFault!.ToString());
            // And it can be done again.
            Assert.Null(pool.TryRewrite(2));
            Assert.Equal(pool.Going, pool.History.Check(pool.Disk, out _));
            pool.CheckBodies();
        }
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_nothing_beside_it()
    {
        var refused = 0;
        for (var free = 0L; free < 16_384; free += 1_024)
        {
            using var pool = new Scene(seed: 7);
            pool.Disk.CapacityBytes = pool.Disk.UsedBytes + free;
            var error = pool.TryRewrite(2);
            Assert.DoesNotContain(pool.Disk.AllFiles(), f => f.EndsWith(JournalFormat.NewSuffix, StringComparison.Ordinal));
            pool.CheckBodies();
            if (error is null) continue;
            Assert.Equal(ErrorCode.DiskFull, error.Code);
            Assert.Empty(pool.History.Check(pool.Disk, out _));
            refused++;
        }
        Assert.InRange(refused, 1, 15);
    }

    [Fact]
    public void A_power_loss_at_any_call_of_sealing_keeps_every_frame()
    {
        var random = new Random(3);
        for (var n = 1; ; n++)
        {
            using var pool = new Scene(seed: 8);
            pool.Disk.FailCall(pool.Disk.CallCount + n, FaultKind.Io);
            var failed = Try(pool.Writer.Seal) is not null;
            foreach (var loss in Losses(pool.Disk, random)) CheckContinues(pool, pool.Disk.AfterPowerLoss(loss), loss.ToString());
            if (failed && pool.Writer.Poison is null)
            {
                // The writer goes on where it was, or in the new file.
                pool.History.Batch(pool.Writer, random);
                Assert.Null(Try(pool.Writer.Seal));
                pool.History.Batch(pool.Writer, random);
                foreach (var loss in Losses(pool.Disk, random)) CheckContinues(pool, pool.Disk.AfterPowerLoss(loss), loss.ToString());
            }
            if (failed) continue;
            Assert.True(n > 6, $"only {n} calls");
            break;
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_rewritten_file_is_refused_or_does_no_harm()
    {
        using var pool = new Scene(seed: 9);
        Assert.Null(pool.TryRewrite(2));
        var path = JournalDisk.PathOf(2);
        var (refused, harmless) = (0, 0);
        for (var bit = 0L; bit < Bits(pool, path); bit += bit < JournalFormat.HeaderUsedBytes * 8 ? 1 : bit < JournalFormat.HeaderBytes * 8 ? 509 : 7)
        {
            pool.Disk.FlipBit(path, bit);
            try
            {
                Assert.Equal(pool.Going, pool.History.Check(pool.Disk, out _));
                harmless++;
            }
            catch (CorruptionException e)
            {
                Assert.Equal(path, e.File);
                Assert.True(e.Offset <= bit / 8, $"bit {bit} was reported at {e.Offset}");
                refused++;
            }
            catch (MemoryEngineException e)
            {
                Assert.Equal(ErrorCode.NewerFormat, e.Code);
                refused++;
            }
            // A rewrite takes no damage over.
            Assert.NotNull(Try(() => pool.Rewriter.Rewrite(2, (in _) => false, _ => { })));
            pool.Disk.FlipBit(path, bit);
        }
        Assert.Equal(0, harmless);
        Assert.True(refused > 2_000, $"only {refused} flips");
        Assert.Equal(pool.Going, pool.History.Check(pool.Disk, out _));

        static long Bits(Scene pool, string path) => pool.Disk.ReadAll(path).Length * 8L;
    }

    [Fact]
    public void What_a_crash_left_of_a_rewrite_is_gone_for_good_before_anything_is_written()
    {
        using var pool = new Scene(seed: 10);
        var leftover = JournalDisk.PathOf(2) + JournalFormat.NewSuffix;
        var stranger = JournalDisk.PathOf(2) + ".old";
        pool.Disk.WriteAll(leftover, "half"u8);
        pool.Disk.WriteAll(stranger, "not ours"u8);
        var killed = pool.Disk.AfterProcessKill();
        pool.History.Check(killed, out _);
        Assert.True(killed.FileExists(leftover));
        JournalDisk.Reopen(killed, JournalHistory.FileBytes).Dispose();
        Assert.False(killed.AfterPowerLoss(PowerLoss.LoseAll).FileExists(leftover));
        Assert.True(killed.FileExists(stranger));
    }

    private static void CheckOldOrNew(Scene pool, SimulatedFileSystem after, string what)
    {
        var dropped = pool.History.Check(after, out _);
        Assert.True(dropped.Count == 0 || dropped.SetEquals(pool.Going), $"{what}: {dropped.Count} events are gone");
        CheckContinues(pool, after, what);
    }

    private static void CheckContinues(Scene pool, SimulatedFileSystem after, string what)
    {
        var dropped = pool.History.Check(after, out var scan);
        Assert.True(scan.LastSequence == pool.History.Events.Count, $"{what}: {scan.LastSequence} events of {pool.History.Events.Count}");
        using (var writer = JournalDisk.Reopen(after, JournalHistory.FileBytes)) JournalDisk.Batch(writer, sync: true, (7_777, 10));
        Assert.DoesNotContain(after.AllFiles(), f => f.EndsWith(JournalFormat.NewSuffix, StringComparison.Ordinal));
        var last = 0;
        JournalReader.Scan(after.AfterPowerLoss(PowerLoss.LoseAll), JournalDisk.Directory, (in frame) => last = JournalDisk.IdOf(frame.Payload));
        Assert.Equal(7_777, last);
        Assert.True(dropped.Count == 0 || dropped.SetEquals(pool.Going), what);
    }

    private static IEnumerable<PowerLoss> Losses(SimulatedFileSystem disk, Random random) =>
        Enumerable.Range(0, disk.UnsyncedOperationCount + 1).Select(PowerLoss.Prefix)
            .Concat(Enumerable.Range(0, disk.UnsyncedOperationCount).Select(i => PowerLoss.TornPrefix(i, random.Next())))
            .Concat(Enumerable.Range(0, 6).Select(_ => PowerLoss.Random(random.Next())));

    private static MemoryEngineException? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (MemoryEngineException e)
        {
            return e;
        }
    }

    /// <summary>A journal of some files, and a set of events of the second that are to go.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly Dictionary<long, JournalPosition> _positions;
        private readonly JournalBodies _bodies;

        public Scene(int seed)
        {
            var random = new Random(seed);
            Writer = JournalDisk.Create(Disk, JournalHistory.FileBytes);
            History = JournalHistory.Write(Writer, random, files: 2);
            Going = [.. History.Events.Where(e => e.Position.File == 2 && random.Next(2) == 0).Select(e => e.Sequence)];
            _positions = History.Events.Where(e => e.RecordId > 0).ToDictionary(e => e.RecordId, e => e.Position);
            _bodies = new JournalBodies(Disk, JournalDisk.Directory);
            Rewriter = JournalHistory.Rewriter(Disk, _bodies);
        }

        public SimulatedFileSystem Disk { get; } = JournalDisk.New();

        public JournalWriter Writer { get; }

        public JournalHistory History { get; }

        public SortedSet<long> Going { get; }

        public JournalRewriter Rewriter { get; }

        public bool HasMoved { get; private set; }

        public MemoryEngineException? TryRewrite(int file) => Try(() => Rewriter.Rewrite(file, (in frame) => !Going.Contains(frame.Sequence), done =>
        {
            foreach (var (id, position) in done.Moved) _positions[id] = position;
            HasMoved = true;
        }));

        public void CheckBodies()
        {
            foreach (var e in History.Events.Where(e => e.RecordId > 0 && !Going.Contains(e.Sequence)))
                Assert.Equal(e.Payload, _bodies.Read(_positions[e.RecordId], e.Sequence));
        }

        public void Dispose()
        {
            _bodies.Dispose();
            Writer.Dispose();
        }
    }
}
