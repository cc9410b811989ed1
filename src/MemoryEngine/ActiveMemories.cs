using System.Globalization;
using MemoryEngine.Evidence.State;
using MemoryEngine.Records;

namespace MemoryEngine;

/// <summary>The active memories as measures of the pool need them: live in the newest view, and not kept out by a decision.</summary>
internal static class ActiveMemories
{
    /// <summary>All of them, in the order they were remembered; their tasks by the numbers that the columns have for them.</summary>
    public static IEnumerable<ActiveMemory> Of(Pool pool)
    {
        var table = pool.Table;
        foreach (var row in RowsOf(pool))
        {
            var r = table.Rows[row];
            var task = r.TaskHash.ToString("x16", CultureInfo.InvariantCulture);
            yield return new ActiveMemory(r.MemoryId, r.Version, r.Level, table.Names[r.Domain], task, RecordCodec.Time(r.CreatedMicroseconds));
        }
    }

    /// <summary>Their rows.</summary>
    public static IEnumerable<int> RowsOf(Pool pool)
    {
        var (table, seen) = (pool.Table, pool.Table.Current);
        for (var row = 0; row < seen.RowCount; row++)
        {
            if (!table.IsLive(row, seen.View)) continue;
            if (pool.Effects.StateOf(table.Rows[row].MemoryId, table.Rows[row].Version) < MemoryState.Quarantined) yield return row;
        }
    }
}
