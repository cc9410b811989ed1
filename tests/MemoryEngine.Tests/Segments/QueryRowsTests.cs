using MemoryEngine.Index;
using MemoryEngine.Segments;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Segments;

/// <summary>Which rows a query may find, against looking at each of them.</summary>
public sealed class QueryRowsTests
{
    // Above every level: nothing comes.
    private const MemoryLevel Nothing = (MemoryLevel)byte.MaxValue;

    [Fact]
    public void A_row_is_reachable_when_its_level_is_not_below_the_least_of_its_domain()
    {
        var random = new Random(TestSeed.Value);
        for (var round = 0; round < 60; round++)
        {
            var table = RandomTable.Of(random.Next(1, 400), random);
            table.Publish(table.Rows[table.RowCount - 1].Birth);
            var least = new Dictionary<string, MemoryLevel>();
            var usual = Level(random);
            var query = new RecallQuery { Text = "any", MinLevel = random.Next(2) == 0 ? MemoryLevel.Trace : MemoryLevel.Insight };
            using var rows = QueryRows.Of(table, table.Current, query, 0, LeastFrom);
            for (var row = 0; row < table.RowCount; row++)
            {
                ref readonly var r = ref table.Rows[row];
                var isWanted = BitWords.Has(rows.Live, row) && r.Level >= query.MinLevel && r.Level >= LeastFrom(table.Names[r.Domain]);
                Assert.Equal(isWanted, BitWords.Has(rows.Match, row));
            }

            MemoryLevel LeastFrom(string domain)
            {
                if (!least.TryGetValue(domain, out var level)) least[domain] = level = random.Next(3) == 0 ? Level(random) : usual;
                return level;
            }
        }
    }

    private static MemoryLevel Level(Random random) => random.Next(5) is var level and < 4 ? (MemoryLevel)(level + 1) : Nothing;
}
