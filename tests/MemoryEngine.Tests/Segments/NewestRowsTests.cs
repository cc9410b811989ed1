using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Index;
using MemoryEngine.Segments;

namespace MemoryEngine.Tests.Segments;

/// <summary>The table of ids, against a dictionary, and with a reader beside its writer.</summary>
public sealed class NewestRowsTests
{
    [Fact]
    public void It_answers_as_a_dictionary_does()
    {
        // Few ids and long runs, so that ids come, change, go and come again, and the table grows over removed ones.
        var step = from id in Gen.Choose(0, 3_000) from kind in Gen.Choose(0, 3) select (id, kind);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(Gen.ArrayOf(step, 6_000).ToArbitrary(), steps =>
        {
            var (rows, expected) = (new AppendOnlyList<Row>(), new Dictionary<Guid, int>());
            var table = new NewestRows(rows);
            foreach (var (number, kind) in steps)
            {
                var id = Id(number);
                var before = expected.GetValueOrDefault(id, -1);
                Assert.Equal(before, table.Find(id));
                if (kind == 0)
                {
                    table.Remove(id);
                    expected.Remove(id);
                }
                else
                {
                    var row = rows.Add(new Row { MemoryId = id });
                    Assert.Equal(before, table.Set(id, row));
                    expected[id] = row;
                }
            }
            for (var number = 0; number <= 3_001; number++)
                Assert.Equal(expected.GetValueOrDefault(Id(number), -1), table.Find(Id(number)));
        }));
    }

    [Fact]
    public void Room_that_was_reserved_loses_nothing_that_is_there()
    {
        var rows = new AppendOnlyList<Row>();
        var table = new NewestRows(rows);
        for (var n = 0; n < 700; n++) _ = table.Set(Id(n), rows.Add(new Row { MemoryId = Id(n) }));
        table.Reserve(100_000);
        for (var n = 0; n < 700; n++) Assert.Equal(n, table.Find(Id(n)));
        Assert.Equal(-1, table.Find(Id(700)));
    }

    [Fact]
    public async Task A_reader_finds_what_was_there_before_it_looked_and_never_another_memory()
    {
        const int Memories = 60_000;
        var rows = new AppendOnlyList<Row>();
        var table = new NewestRows(rows);
        var filed = 0;
        var reader = Task.Run(() =>
        {
            var (random, reads) = (new Random(1), 0);
            for (var seen = 0; seen < Memories; seen = Volatile.Read(ref filed), reads++)
            {
                var number = random.Next(Memories);
                var row = table.Find(Id(number));
                if (number < seen) Assert.True(row >= 0);
                if (row >= 0) Assert.Equal(Id(number), rows[row].MemoryId);
            }
            return reads;
        });
        for (var n = 0; n < Memories; n++)
        {
            _ = table.Set(Id(n), rows.Add(new Row { MemoryId = Id(n) }));
            Volatile.Write(ref filed, n + 1);
        }
        Assert.True(await reader > 0);
    }

    // Neighbours, as ids that are counted up are.
    private static Guid Id(int number) => new(number, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
