using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Journal;

namespace MemoryEngine.Tests.Journal;

/// <summary>The events of snapshots, rollbacks, purges and dropped frames: each has one form, and nothing else is one.</summary>
public sealed class JournalEventsTests
{
    private const string NameCharacters = "abcxyzABCXYZ0123456789-_.";

    private static Gen<string> Names =>
        from length in Gen.Frequency((8, Gen.Choose(1, 20)), (1, Gen.Constant(64)))
        from characters in Gen.ArrayOf(Gen.Elements(NameCharacters.ToCharArray()), length)
        select new string(characters);

    private static Gen<View> Views =>
        from steps in Gen.NonEmptyListOf(Gen.Choose(1, 1_000_000).Two())
        select View.Of(Ranges(steps));

    [Fact]
    public void Events_come_back_as_they_were()
    {
        var property = Prop.ForAll(
            Names.Two().ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            Views.Two().ToArbitrary(),
            (names, time, views) =>
            {
                var created = new SnapshotCreatedEvent(names.Item1, time, views.Item1);
                var back = SnapshotCreatedEvent.Decode(created.Encode())!;
                Assert.Equal((created.Name, created.CreatedMicroseconds, created.Sequence), (back.Name, back.CreatedMicroseconds, back.Sequence));
                Assert.True(created.View.Ranges.SequenceEqual(back.View.Ranges));

                var dropped = new SnapshotDroppedEvent(names.Item1);
                Assert.Equal(dropped, SnapshotDroppedEvent.Decode(dropped.Encode()));

                var rolled = new RolledBackEvent(names.Item1, names.Item2, time, views.Item1, views.Item2);
                var rolledBack = RolledBackEvent.Decode(rolled.Encode())!;
                Assert.Equal(
                    (rolled.Name, rolled.UndoName, rolled.CreatedMicroseconds),
                    (rolledBack.Name, rolledBack.UndoName, rolledBack.CreatedMicroseconds));
                Assert.True(rolled.Previous.Ranges.SequenceEqual(rolledBack.Previous.Ranges));
                Assert.True(rolled.Past.Ranges.SequenceEqual(rolledBack.Past.Ranges));
            });
        Check.One(Config.QuickThrowOnFailure, property);
    }

    [Fact]
    public void Fragments_and_more_than_the_event_are_refused()
    {
        var view = View.Of((1, 5), (9, 20));
        var purged = new PurgedEvent(Guid.NewGuid());
        Assert.Equal(purged, PurgedEvent.Decode(purged.Encode()));
        CheckLengths(purged.Encode(), p => PurgedEvent.Decode(p) is not null);
        CheckLengths(new SnapshotCreatedEvent("a", 1, view).Encode(), p => SnapshotCreatedEvent.Decode(p) is not null);
        CheckLengths(new SnapshotDroppedEvent("name").Encode(), p => SnapshotDroppedEvent.Decode(p) is not null);
        CheckLengths(new RolledBackEvent("a", "undo", 1, view, view).Encode(), p => RolledBackEvent.Decode(p) is not null);
        CheckLengths(new DroppedEvent(300, 7, 2).Encode(), p => DroppedEvent.Decode(p) is not null);
    }

    [Theory]
    [InlineData("before-2.0_x", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    [InlineData("a\0", false)]
    public void Names_are_checked(string name, bool isName)
    {
        Assert.Equal(isName, SnapshotEvents.IsName(name));
        Assert.Equal(isName, SnapshotDroppedEvent.Decode(new SnapshotDroppedEvent(name).Encode()) is not null);
        Assert.Equal(isName, RolledBackEvent.Decode(new RolledBackEvent("a", name, 1, View.Through(1), View.Through(1)).Encode()) is not null);
        Assert.False(SnapshotEvents.IsName(new string('a', 65)));
    }

    [Fact]
    public void Ranges_that_no_view_has_are_refused()
    {
        // Behind the name (2 bytes) and the time: sequence at 10, count at 18, ranges from 19.
        var bytes = new SnapshotCreatedEvent("a", 1, View.Of((1, 5), (9, 20))).Encode();
        Assert.NotNull(SnapshotCreatedEvent.Decode(bytes));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(10, 19)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(18, 0)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(18, 1)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(18, 3)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(19, 0)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(19, 6)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(26, 0x80)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(27, 9)));
        Assert.Null(SnapshotCreatedEvent.Decode(Put(35, 5)));
        Assert.NotNull(SnapshotCreatedEvent.Decode(Put(35, 6)));

        byte[] Put(int at, byte value)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] = value;
            return changed;
        }
    }

    [Theory]
    [InlineData(1, 0, 0, true)]
    [InlineData(3, 5, 3, true)]
    [InlineData(DroppedEvent.MostSequences, 1, DroppedEvent.MostSequences, true)]
    [InlineData(DroppedEvent.MostSequences + 1, 0, 0, false)]
    [InlineData(0, 0, 0, false)]
    [InlineData(3, 5, 4, false)]
    [InlineData(3, 5, 0, false)]
    [InlineData(3, 0, 1, false)]
    [InlineData(3, -5, 1, false)]
    [InlineData(3, long.MaxValue, 1, false)]
    public void Counts_of_dropped_events_must_be_possible(int sequences, long firstRecord, int records, bool isSound)
    {
        var dropped = new DroppedEvent(sequences, firstRecord, records);
        Assert.Equal(isSound, dropped.IsSound());
        Assert.Equal(isSound ? dropped : null, DroppedEvent.Decode(dropped.Encode()));
    }

    [Fact]
    public void Dropped_events_join_when_their_records_follow_each_other()
    {
        Assert.Equal(new DroppedEvent(5, 7, 2), Join(new(2, 0, 0), new(3, 7, 2)));
        Assert.Equal(new DroppedEvent(5, 7, 2), Join(new(2, 7, 2), new(3, 0, 0)));
        Assert.Equal(new DroppedEvent(5, 7, 4), Join(new(2, 7, 2), new(3, 9, 2)));
        Assert.Null(Join(new(2, 7, 2), new(3, 10, 2)));
        Assert.Null(Join(new(DroppedEvent.MostSequences, 0, 0), new(1, 0, 0)));
        Assert.Equal(new DroppedEvent(DroppedEvent.MostSequences, 0, 0), Join(new(DroppedEvent.MostSequences - 1, 0, 0), new(1, 0, 0)));

        static DroppedEvent? Join(DroppedEvent first, DroppedEvent next) => first.TryJoin(next, out var joined) ? joined : null;
    }

    private static (long, long)[] Ranges(IEnumerable<(int Gap, int Length)> steps)
    {
        var (ranges, last) = (new List<(long, long)>(), 0L);
        foreach (var (gap, length) in steps)
        {
            ranges.Add((last + gap, last + gap + length - 1));
            last += gap + length - 1;
        }
        return [.. ranges];
    }

    private static void CheckLengths(byte[] bytes, Func<byte[], bool> accepts)
    {
        for (var length = 0; length < bytes.Length + 30; length++)
        {
            var resized = (byte[])bytes.Clone();
            Array.Resize(ref resized, length);
            Assert.Equal(length == bytes.Length, accepts(resized));
        }
    }
}
