namespace MemoryEngine.Segments;

/// <summary>Which neighbouring segments become one.</summary>
internal static class SegmentPlan
{
    /// <summary>So many neighbours, none this many times as large as the last of them, become one.</summary>
    private const int Ratio = 4;

    /// <summary>
    /// The next segments to make one of; null when there is nothing to do. So a pool has a few segments of each size, and a
    /// row is written again when what it lies in has become about four times as large.
    /// </summary>
    /// <param name="rows">How many rows each segment has, in their order.</param>
    public static Range? Next(ReadOnlySpan<int> rows)
    {
        for (var end = rows.Length; end >= Ratio; end--)
        {
            if (rows[end - Ratio] >= (long)Ratio * rows[end - 1]) continue;
            var start = end - Ratio;
            // What is as small as they are comes along.
            while (start > 0 && rows[start - 1] < (long)Ratio * rows[end - 1]) start--;
            return start..end;
        }
        return null;
    }
}
