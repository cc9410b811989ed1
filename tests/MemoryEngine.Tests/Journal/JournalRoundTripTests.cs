using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Journal;

namespace MemoryEngine.Tests.Journal;

/// <summary>What goes into a journal comes out of it, however it is cut into batches, files and sessions.</summary>
public sealed class JournalRoundTripTests
{
    public enum After
    {
        Go,
        Close,
        Kill,
    }

    [Fact]
    public void Frames_come_back_in_order_whatever_the_batches_files_and_sessions()
    {
        var length = Gen.Frequency((4, Gen.Choose(0, 64)), (3, Gen.Choose(0, 2_000)), (1, Gen.Choose(4_000, 40_000)));
        var batch = from lengths in Gen.ListOf(length)
                    from after in Gen.Frequency((6, Gen.Constant(After.Go)), (1, Gen.Constant(After.Close)), (1, Gen.Constant(After.Kill)))
                    select (Lengths: lengths.ToArray(), After: after);
        var property = Prop.ForAll(
            Gen.ListOf(batch).Select(b => b.ToArray()).ToArbitrary(),
            Gen.Elements(4_096, 4_500, 9_000, 100_000).ToArbitrary(),
            CheckOne);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), property);
    }

    [Fact]
    public void A_frame_or_a_batch_too_large_is_refused_and_the_writer_goes_on()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, 1 << 20);
        Assert.Throws<ArgumentException>(() => writer.Append(EventType.Remembered, new byte[JournalFormat.MaxPayloadBytes + 1]));
        writer.Append(EventType.Remembered, new byte[JournalFormat.MaxPayloadBytes]);
        Assert.Throws<ArgumentException>(() => writer.Append(EventType.Remembered, new byte[JournalFormat.MaxPayloadBytes]));
        writer.Rewind(0, 0);
        JournalDisk.Batch(writer, sync: true, (1, 10));
        Assert.Equal([1], JournalDisk.Ids(disk, out _));
    }

    [Fact]
    public void Frames_behind_a_mark_can_be_dropped()
    {
        var disk = JournalDisk.New();
        using var writer = JournalDisk.Create(disk, 1 << 20);
        writer.Append(EventType.Remembered, JournalDisk.Payload(1, 100));
        var (bytes, frames) = (writer.PendingBytes, writer.PendingFrames);
        writer.Append(EventType.Remembered, JournalDisk.Payload(2, 100));
        writer.Rewind(bytes, frames);
        writer.Append(EventType.Remembered, JournalDisk.Payload(3, 100));
        Assert.Equal(2, writer.LastSequence);
        writer.Write();
        Assert.Equal([1, 3], JournalDisk.Ids(disk, out _));
    }

    [Fact]
    public void The_bytes_in_use_are_the_same_before_and_after_a_torn_tail_is_cut()
    {
        var disk = JournalDisk.New();
        using (var writer = JournalDisk.Create(disk, 1 << 20)) JournalDisk.Batch(writer, sync: true, (1, 1_000));
        var end = JournalDisk.Map(disk, 1).End;
        disk.FlipBit(JournalDisk.PathOf(1), (end + 64) * 8);
        using var reopened = JournalDisk.Reopen(disk, 1 << 20);
        Assert.Equal(end, reopened.Bytes);
    }

    private static void CheckOne((int[] Lengths, After After)[] batches, int fileBytes)
    {
        var disk = JournalDisk.New();
        var writer = JournalDisk.Create(disk, fileBytes);
        var positions = new List<JournalPosition>();
        var next = 0;
        foreach (var (lengths, after) in batches)
        {
            foreach (var length in lengths) positions.Add(writer.Append(EventType.Remembered, JournalDisk.Payload(next++, length)));
            writer.Write();
            if (after == After.Go) continue;
            if (after == After.Close)
            {
                writer.Close();
                JournalDisk.Ids(disk, out var closed);
                Assert.True(closed.ClosedCleanly);
            }
            else
            {
                writer.Dispose();
                disk = disk.AfterProcessKill();
            }
            writer = JournalDisk.Reopen(disk, fileBytes);
        }
        writer.Close();
        Assert.Equal(Enumerable.Range(0, next), JournalDisk.Ids(disk, out var scan));
        Assert.Null(scan.Torn);
        Assert.Equal(JournalDisk.PoolId, scan.PoolId);
        using var bodies = new JournalBodies(disk, JournalDisk.Directory);
        for (var i = 0; i < next; i++) Assert.Equal(i, JournalDisk.IdOf(bodies.Read(positions[i], i + 1)));
    }
}
