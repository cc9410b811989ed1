using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>Compares two views, memory by memory.</summary>
internal static class SnapshotDiffing
{
    public static SnapshotDiff Compare(RowTable table, View earlier, View later)
    {
        List<Guid> added = [], revised = [], removed = [], changed = [];
        var rows = table.Current.RowCount;
        for (var row = 0; row < rows; row++)
        {
            ref readonly var r = ref table.Rows[row];
            // A memory is looked at where its chain begins, whichever of its versions the views know.
            if (r.Previous >= 0 || r.IsErased) continue;
            var (before, after) = (table.FindLive(r.MemoryId, earlier), table.FindLive(r.MemoryId, later));
            if (before < 0 && after >= 0) added.Add(r.MemoryId);
            if (before >= 0 && after < 0) removed.Add(r.MemoryId);
            if (before >= 0 && after >= 0 && before != after) revised.Add(r.MemoryId);
            var known = table.FindNewest(r.MemoryId, earlier) >= 0 && table.FindNewest(r.MemoryId, later) >= 0;
            if (known && before >= 0 != after >= 0) changed.Add(r.MemoryId);
        }
        return new SnapshotDiff(added, revised, removed, changed);
    }
}
