namespace MemoryEngine.Segments;

/// <summary>Which segments stay as they are when a checkpoint writes the rows that none of them has.</summary>
internal static class SegmentPlan
{
    /// <summary>Three segments and the next one, none of the three this many times as large, become one.</summary>
    private const int Ratio = 4;

    /// <summary>
    /// How many of the segments stay; one new segment takes the rows behind them. So a pool has a few segments of each
    /// size, and a row is written again when what it lies in has become about four times as large.
    /// </summary>
    /// <param name="segments">The segments, in the order of their rows.</param>
    /// <param name="rowCount">Rows there are by now.</param>
    /// <param name="erasedIn">How many rows of a range hold nothing by now.</param>
    public static int Stay(IReadOnlyList<SegmentInfo> segments, int rowCount, Func<int, int, int> erasedIn)
    {
        var stay = segments.Count;
        // What was erased must be in no file any more.
        for (var i = 0; i < stay; i++)
            if (erasedIn(segments[i].FirstRow, segments[i].Rows) != segments[i].ErasedRows) stay = i;
        if (Pending() == 0) return stay;
        while (stay >= Ratio - 1 && segments[stay - (Ratio - 1)].Rows < (long)Ratio * Pending()) stay -= Ratio - 1;
        return stay;

        int Pending() => rowCount - (stay == 0 ? 0 : segments[stay - 1].EndRow);
    }
}
