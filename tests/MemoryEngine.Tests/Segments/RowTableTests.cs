using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Records;
using MemoryEngine.Segments;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Segments;

/// <summary>What is live in a view, whatever the births, deaths and restorations, and whatever the ranges of the view.</summary>
public sealed class RowTableTests
{
    [Fact]
    public void Events_of_a_record_that_holds_nothing_change_nothing()
    {
        var table = new RowTable();
        table.AddErased(1, 3_000);
        foreach (var record in new[] { 1, 1_500, 3_000 })
        {
            table.Restore(record, 10);
            table.Forget(record, 11);
        }
        table.Publish(11);
        Assert.Equal(default, table.Current.Live);
        for (var row = 0; row < 3_000; row++) Assert.True(table.Rows[row].IsErased);
    }

    [Fact]
    public void A_row_is_live_when_its_newest_event_that_counts_is_a_birth()
    {
        // Gaps between events; births and deaths take turns, as a pool's do, or come twice.
        var events = Gen.ListOf(from gap in Gen.Choose(1, 4) from birth in Gen.Elements(true, false) select (gap, birth));
        var ranges = Gen.ListOf(from gap in Gen.Choose(1, 5) from length in Gen.Choose(0, 8) select (gap, length));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(events.ToArbitrary(), ranges.ToArbitrary(), (steps, parts) =>
        {
            var sequence = 1L;
            var row = new Row { Birth = sequence };
            var history = new List<(long Sequence, bool Birth)> { (1, true) };
            foreach (var (gap, birth) in steps)
            {
                sequence += gap;
                row.Note(birth ? sequence : -sequence);
                history.Add((sequence, birth));
            }
            var live = new HashSet<long>();
            var view = View.Of(Ranges(parts, live));
            var expected = history.LastOrDefault(e => live.Contains(e.Sequence)).Birth;
            Assert.Equal(expected, row.IsLive(view));
            Assert.Equal(history[^1].Birth, row.IsLive(View.Through(long.MaxValue)));
            for (var s = 0L; s < 60; s++) Assert.Equal(live.Contains(s), view.Contains(s));
        }));
    }

    [Fact]
    public void Overlapping_or_descending_ranges_are_no_view()
    {
        Assert.Throws<ArgumentException>(() => View.Of((1, 5), (5, 6)));
        Assert.Throws<ArgumentException>(() => View.Of((3, 2)));
        Assert.Throws<ArgumentException>(() => View.Of((5, 6), (1, 2)));
        Assert.Equal(0, View.Of().Last);
        Assert.False(View.Of().Contains(1));
    }

    [Fact]
    public void A_table_knows_what_is_live_as_of_every_sequence()
    {
        var operation = from memory in Gen.Choose(0, 4) from kind in Gen.Choose(0, 2) select (memory, kind);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.ListOf(operation).ToArbitrary(), operations =>
        {
            var table = new RowTable();
            var ids = Enumerable.Range(1, 5).Select(i => new Guid(i, 0, 0, new byte[8])).ToArray();
            var newest = new Dictionary<Guid, (int Row, bool Live)>();
            var asOf = new List<Dictionary<Guid, int>> { new() };
            var sequence = 0L;
            foreach (var (memory, kind) in operations)
            {
                var id = ids[memory];
                var known = newest.TryGetValue(id, out var state);
                if (kind == 0) newest[id] = (Remember(table, ++sequence, id, known ? state.Row + 1 : 0), true);
                else if (known && state.Live && kind == 1) newest[id] = Forget(table, ++sequence, state.Row);
                else if (known && !state.Live && kind == 2) newest[id] = Restore(table, ++sequence, state.Row);
                else continue;
                table.Publish(sequence);
                asOf.Add(newest.Where(n => n.Value.Live).ToDictionary(n => n.Key, n => n.Value.Row));
                Assert.Equal(asOf[^1].Count, table.Current.Live.Count);
                Assert.Equal(asOf[^1].Values.Sum(row => (long)table.Lengths[row]), table.Current.Live.Length);
            }
            for (var s = 0; s < asOf.Count; s++)
                foreach (var id in ids) Assert.Equal(asOf[s].GetValueOrDefault(id, -1), table.FindLive(id, View.Through(s)));
        }));
    }

    private static (int Row, bool Live) Forget(RowTable table, long sequence, int row)
    {
        table.Forget(row + 1, sequence);
        return (row, false);
    }

    private static (int Row, bool Live) Restore(RowTable table, long sequence, int row)
    {
        table.Restore(row + 1, sequence);
        return (row, true);
    }

    private static int Remember(RowTable table, long sequence, Guid id, long supersedes)
    {
        var writer = new ByteWriter();
        RecordCodec.Encode(new MemoryDraft { Text = $"text of event {sequence} {new string('a', (int)sequence % 7)} b" }, _ => 0, null, 0, writer);
        RecordCodec.Place(writer.Written, new RecordPlace(table.RowCount + 1, supersedes, 1, id, 0));
        Assert.True(RecordReader.TryOpen(writer.Written, out var record, out _));
        table.Remember(sequence, 0, record, RowDraft.Of(record, -1));
        return table.RowCount - 1;
    }

    private static (long, long)[] Ranges(IEnumerable<(int Gap, int Length)> parts, HashSet<long> live)
    {
        var (ranges, at) = (new List<(long, long)>(), 0L);
        foreach (var (gap, length) in parts)
        {
            var first = at + gap;
            at = first + length;
            ranges.Add((first, at));
            for (var s = first; s <= at; s++) live.Add(s);
        }
        return [.. ranges];
    }
}
