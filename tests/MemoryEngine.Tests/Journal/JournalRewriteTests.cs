using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>A rewritten journal is the same journal, without what was dropped.</summary>
public sealed class JournalRewriteTests
{
    [Fact]
    public void What_is_kept_stays_as_it_is_and_what_is_dropped_leaves_a_count()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 10).ToArbitrary(), Gen.Choose(1, 3).ToArbitrary(), CheckOne);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), property);
    }

    [Fact]
    public void Nothing_is_written_when_nothing_can_go()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(1), files: 2);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var rewriter = JournalHistory.Rewriter(disk, bodies);
        var calls = disk.CallCount;
        var done = rewriter.Rewrite(1, (in _) => true, _ => Assert.Fail("nothing has moved"));
        Assert.Equal((0, 0), (done.FramesDropped, done.DeadBytes));
        Assert.DoesNotContain(disk.Trace.Skip(calls), c => c.Kind is DiskCallKind.Write or DiskCallKind.Rename or DiskCallKind.Sync);
        Assert.Empty(history.Check(disk, out _));
    }

    [Fact]
    public void The_creation_of_the_pool_is_never_dropped()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        writer.Append(EventType.PoolCreated, PoolCreatedEvent.New(JournalDisk.PoolId, 1).Encode());
        for (var id = 1; id < 6; id++) JournalDisk.Batch(writer, sync: true, (id, 900));
        writer.Seal();
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var done = JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in _) => false, _ => { });
        Assert.Equal(1, done.FramesKept);
        var types = new List<EventType>();
        JournalReader.Scan(disk, JournalDisk.Directory, (in frame) => types.Add(frame.Type));
        Assert.Equal([EventType.PoolCreated, EventType.Dropped], types.Take(2));
    }

    [Fact]
    public void What_can_go_when_estimated_and_is_wanted_when_written_stays()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, new Random(2), files: 1);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var asked = 0;
        var events = history.Events.Count(e => e.Position.File == 1);
        JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in _) => asked++ >= events, _ => Assert.Fail("nothing has moved"));
        Assert.Empty(history.Check(disk, out _));
        Assert.DoesNotContain(disk.AllFiles(), f => f.EndsWith(JournalFormat.NewSuffix, StringComparison.Ordinal));
    }

    [Fact]
    public void Batches_of_a_rewritten_file_are_bounded_and_a_large_frame_has_one_of_its_own()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, 64 << 20);
        for (var id = 1; id <= 60; id++) JournalDisk.Batch(writer, sync: false, (id, id % 20 == 0 ? 3 << 20 : 100_000));
        writer.Seal();
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var done = JournalHistory.Rewriter(disk, bodies).Rewrite(1, (in frame) => frame.Sequence > 1, _ => { });
        var batches = JournalDisk.Map(disk, 1).Pieces.Where(p => p.Kind == JournalDisk.PieceKind.BatchHeader).ToList();
        Assert.InRange(batches.Count, 8, 15);
        Assert.Equal(59, done.Moved.Count);
        foreach (var (id, position) in done.Moved) Assert.Equal(id, JournalDisk.IdOf(bodies.Read(position, id)));
    }

    [Fact]
    public void The_last_file_is_not_rewritten()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, 1 << 20);
        JournalDisk.Batch(writer, sync: true, (1, 10));
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var rewriter = JournalHistory.Rewriter(disk, bodies);
        Assert.Throws<ArgumentException>(() => rewriter.Estimate(1, (in _) => false));
        writer.Seal();
        Assert.True(rewriter.Estimate(1, (in _) => false).FramesDropped > 0);
    }

    [Fact]
    public void Sealing_puts_all_frames_into_sealed_files_and_does_nothing_twice()
    {
        var disk = JournalDisk.New();
        var writer = JournalDisk.Create(disk, 1 << 20);
        writer.Seal();
        Assert.Equal(1, writer.ActiveFile);
        JournalDisk.Batch(writer, sync: false, (1, 10), (2, 20));
        writer.Append(EventType.Remembered, JournalDisk.Payload(9, 1));
        Assert.Throws<InvalidOperationException>(writer.Seal);
        writer.Rewind(0, 0);
        writer.Seal();
        writer.Seal();
        Assert.Equal(2, writer.ActiveFile);
        Assert.Equal([1, 2], JournalDisk.Ids(disk.AfterPowerLoss(PowerLoss.LoseAll), out _));
        writer.Close();
        // The closing batches of sessions that wrote nothing are no frames.
        using (writer = JournalDisk.Reopen(disk, 1 << 20)) writer.Seal();
        Assert.Equal(2, writer.ActiveFile);
        using (writer = JournalDisk.Reopen(disk, 1 << 20))
        {
            JournalDisk.Batch(writer, sync: true, (3, 1));
            writer.Seal();
            JournalDisk.Batch(writer, sync: true, (4, 1));
            Assert.Equal(3, writer.ActiveFile);
        }
        Assert.Equal([1, 2, 3, 4], JournalDisk.Ids(disk, out _));
    }

    // Rewrites all sealed files several times, each time with more to drop; sessions go on in between.
    private static void CheckOne(int seed, int share, int rounds)
    {
        var random = new Random(seed);
        var disk = JournalDisk.New();
        var writer = JournalDisk.Create(disk, JournalHistory.FileBytes);
        var history = JournalHistory.Write(writer, random, files: 3);
        var positions = history.Events.Where(e => e.RecordId > 0).ToDictionary(e => e.RecordId, e => e.Position);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        var rewriter = JournalHistory.Rewriter(disk, bodies);
        var dropped = new SortedSet<long>();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var file in Enumerable.Range(1, writer.ActiveFile - 1))
            {
                var going = history.Events.Where(e => e.Position.File == file && random.Next(10) < share).Select(e => e.Sequence).ToHashSet();
                var estimate = rewriter.Estimate(file, (in frame) => !going.Contains(frame.Sequence));
                var done = rewriter.Rewrite(file, (in frame) => !going.Contains(frame.Sequence), moved =>
                {
                    foreach (var (id, position) in moved.Moved) positions[id] = position;
                });
                writer.NoteRewrite(done);
                if (done.FramesDropped > 0) Assert.Equal(estimate.BytesAfter, done.BytesAfter);
                Assert.Equal((estimate.FramesKept, estimate.FramesDropped), (done.FramesKept, done.FramesDropped));
                dropped.UnionWith(going);
                Assert.Equal(done.BytesAfter, disk.ReadAll(JournalDisk.PathOf(file)).Length);
            }
            Assert.Equal(dropped, history.Check(disk.AfterPowerLoss(PowerLoss.LoseAll), out _));
            if (random.Next(2) == 0)
            {
                writer.Close();
                writer = JournalDisk.Reopen(disk, JournalHistory.FileBytes);
            }
        }
        writer.Close();
        Assert.Equal(dropped, history.Check(disk, out var scan));
        Assert.True(scan.ClosedCleanly);
        Assert.Equal(scan.Bytes, writer.Bytes);
        foreach (var e in history.Events)
            if (e.RecordId > 0 && !dropped.Contains(e.Sequence)) Assert.Equal(e.Payload, bodies.Read(positions[e.RecordId], e.Sequence));
    }
}
