using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index;

/// <summary>Vectors whose rows were added in no order.</summary>
public sealed class UnorderedColumnTests
{
    [Fact]
    public void All_that_match_are_found_and_nothing_behind_the_view()
    {
        var column = new VectorColumn(4, Metric.L2);
        int[] rows = [700, 3, 64, 2, 1, 130];
        foreach (var row in rows) column.Add(row, [row, 1, 0, 0]);
        // The view ends before row 192; row 64 does not match.
        var match = new ulong[3];
        foreach (var row in rows.Where(r => r < 192 && r != 64)) match[row >> 6] |= 1UL << row;
        var hits = new TopHits(new Hit[10]);
        column.SearchUnordered([2, 1, 0, 0], match, ref hits, out var matching);
        Assert.Equal(4, matching);
        Assert.Equal([2, 1, 3, 130], hits.Best.ToArray().Select(h => h.Row));
    }
}
