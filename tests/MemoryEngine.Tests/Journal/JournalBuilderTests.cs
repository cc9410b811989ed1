using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Journal;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Journal;

/// <summary>A journal written anew from what is left of another is whole, and keeps sequences and record ids.</summary>
public sealed class JournalBuilderTests
{
    [Fact]
    public void What_is_left_of_a_journal_makes_a_whole_one()
    {
        var property = Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 10).ToArbitrary(),
            Gen.Elements(4_100, 6_000, 1 << 20).ToArbitrary(), CheckOne);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), property);
    }

    [Fact]
    public void Records_that_are_missing_are_known_before_an_event_names_them()
    {
        var target = JournalDisk.New();
        Build(target, [
            (1, EventType.Remembered, Record(1)),
            // 2 and 3 are missing, with record 2 or more.
            (4, EventType.Forgotten, new LifeEvent(2, JournalDisk.PoolId).Encode()),
            // 5 and 6 are missing.
            (7, EventType.Remembered, Record(5)),
        ], through: 9);
        var dropped = new List<(long, DroppedEvent)>();
        var scan = JournalReader.Scan(target, JournalDisk.Directory, (in frame) =>
        {
            if (frame.Type == EventType.Dropped) dropped.Add((frame.Sequence, DroppedEvent.Decode(frame.Payload)!.Value));
        });
        Assert.Equal([(2, new(2, 2, 2)), (5, new(2, 4, 1)), (8, new DroppedEvent(2, 0, 0))], dropped);
        Assert.Equal(9, scan.LastSequence);
    }

    [Fact]
    public void Events_that_cannot_follow_each_other_are_refused()
    {
        Refuse((1, EventType.Remembered, Record(2)));
        Refuse((1, EventType.Remembered, Record(1)), (2, EventType.Remembered, Record(1)));
        Refuse((1, EventType.Remembered, Record(1)), (1, EventType.Remembered, Record(2)));
        Refuse((1, EventType.Remembered, Record(1)), (3, EventType.Remembered, Record(4)));
        Refuse((1, EventType.Forgotten, new LifeEvent(1, JournalDisk.PoolId).Encode()));
        Build(JournalDisk.New(), [(2, EventType.Remembered, Record(2))], through: 0);

        static void Refuse(params (long, EventType, byte[])[] events)
        {
            var e = Assert.Throws<MemoryEngineException>(() => Build(JournalDisk.New(), events, through: 0));
            Assert.Equal(ErrorCode.Corruption, e.Code);
        }
    }

    [Fact]
    public void A_directory_that_holds_a_journal_is_left_alone()
    {
        var disk = JournalDisk.New();
        using (var writer = JournalDisk.Create(disk, 1 << 20)) JournalDisk.Batch(writer, sync: true, (1, 10));
        Assert.Throws<ArgumentException>(() => Build(disk, [], through: 0));
        Assert.Equal([1], JournalDisk.Ids(disk, out _));
    }

    private static void CheckOne(int seed, int share, int fileBytes)
    {
        var random = new Random(seed);
        var disk = JournalDisk.New();
        JournalHistory history;
        using (var writer = JournalDisk.Create(disk, JournalHistory.FileBytes)) history = JournalHistory.Write(writer, random, files: 2);
        var left = history.Events.Where(_ => random.Next(10) >= share).ToList();
        var target = JournalDisk.New();
        var events = left.Select(e => (e.Sequence, e.Type, e.Payload)).ToList();
        Build(target, events, history.Events.Count, fileBytes);
        var after = target.AfterPowerLoss(PowerLoss.LoseAll);
        var (found, records) = (new List<(long, EventType, string)>(), 0L);
        var scan = JournalReader.Scan(after, JournalDisk.Directory, (in frame) =>
        {
            if (frame.Type == EventType.Dropped)
            {
                var dropped = DroppedEvent.Decode(frame.Payload)!.Value;
                if (dropped.Records > 0) Assert.Equal(records + 1, dropped.FirstRecordId);
                records += dropped.Records;
                return;
            }
            if (frame.Type == EventType.Remembered) Assert.Equal(++records, JournalDisk.IdOf(frame.Payload));
            if (frame.Type == EventType.Forgotten) Assert.True(LifeEvent.Decode(frame.Payload)!.Value.RecordId <= records);
            found.Add((frame.Sequence, frame.Type, Convert.ToHexString(frame.Payload)));
        });
        Assert.Equal(events.Select(e => (e.Sequence, e.Type, Convert.ToHexString(e.Payload))), found);
        Assert.True(scan.ClosedCleanly);
        Assert.Equal(history.Events.Count, scan.LastSequence);
        using (var writer = JournalDisk.Reopen(after, fileBytes)) JournalDisk.Batch(writer, sync: true, (1, 10));
    }

    private static byte[] Record(int id) => JournalDisk.Payload(id, 50);

    private static void Build(
        SimulatedFileSystem disk, IReadOnlyList<(long Sequence, EventType Type, byte[] Payload)> events, long through, int fileBytes = 1 << 20)
    {
        var builder = new JournalBuilder(disk, JournalDisk.Directory, JournalDisk.PoolId, fileBytes, TimeProvider.System);
        builder.Build(
            visit =>
            {
                foreach (var (sequence, type, payload) in events) visit(new JournalFrame(sequence, type, payload, default));
            },
            JournalHistory.RecordIdOf,
            through);
    }
}
