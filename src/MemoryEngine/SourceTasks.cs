using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// How many source tasks a pool has: distinct pairs of domain and task with an active memory, counted up to what a size tier can tell
/// apart. Counted again when a sixty-fourth of the pool has changed, so a recall in between may be that much behind.
/// </summary>
internal sealed class SourceTasks
{
    private const int ChangedShare = 64;
    private Count _last = new(0, -1, 0, 0);

    /// <param name="table">The rows.</param>
    /// <param name="seen">The view.</param>
    /// <param name="enough">Counting ends beyond it.</param>
    public int CountUpTo(RowTable table, PoolView seen, int enough)
    {
        var last = Volatile.Read(ref _last);
        var changes = Math.Abs(seen.RowCount - last.Rows) + Math.Abs(seen.Live.Count - last.Live);
        var isSamePast = last.Ranges == seen.View.Ranges.Length;
        if (isSamePast && (changes == 0 || changes < last.Rows / ChangedShare)) return last.Tasks;
        var tasks = new HashSet<ulong>();
        for (var row = seen.RowCount - 1; row >= 0 && tasks.Count <= enough; row--)
            if (table.IsLive(row, seen.View)) tasks.Add(table.Rows[row].TaskHash);
        Volatile.Write(ref _last, new Count(tasks.Count, seen.View.Ranges.Length, seen.RowCount, seen.Live.Count));
        return tasks.Count;
    }

    // Rolling back changes the ranges of the view; transfers and outcomes change none of it.
    private sealed record Count(int Tasks, int Ranges, int Rows, long Live);
}
