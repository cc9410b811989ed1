using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Which records somebody can still see or may come back to: in the current view, in a snapshot, or in a view that a
/// reader holds. The newest version of a memory that lives in any of these is wanted as well, though a rollback may have
/// hidden it from all of them: it tells which numbers have been given. Taken at one moment; a record that nobody wanted may be
/// wanted later, since it can be remembered again.
/// </summary>
internal sealed class Reachability
{
    private readonly RowTable _table;
    private readonly View _current;
    private readonly List<View> _others;
    private readonly long _supersededBefore;

    public Reachability(Pool pool, CompactOptions options)
    {
        _table = pool.Table;
        _current = pool.Table.Current.View;
        _others = [.. pool.Snapshots.All.Select(s => s.View), .. pool.Leases.Held];
        _supersededBefore = options.KeepVersionsFor is { } kept
            ? pool.NowMicroseconds - (kept.Ticks / TimeSpan.TicksPerMicrosecond)
            : long.MinValue;
    }

    public bool IsWanted(int row)
    {
        ref readonly var r = ref _table.Rows[row];
        if (IsKnownElsewhere(r)) return true;
        if (r.IsKnown(_current)) return !IsLongSuperseded(row);
        if (_table.FindNewest(r.MemoryId) != row) return false;
        for (var earlier = r.Previous; earlier >= 0; earlier = _table.Rows[earlier].Previous)
            if (IsKnownElsewhere(_table.Rows[earlier]) || _table.Rows[earlier].IsKnown(_current)) return true;
        return false;
    }

    private bool IsKnownElsewhere(in Row row)
    {
        foreach (var view in _others)
            if (row.IsKnown(view)) return true;
        return false;
    }

    // A forgotten memory can be restored: its newest version is not superseded. Versions before it are.
    private bool IsLongSuperseded(int row)
    {
        if (_supersededBefore == long.MinValue || _table.Rows[row].IsLive(_current)) return false;
        var successor = -1;
        for (var next = _table.FindNewest(_table.Rows[row].MemoryId, _current); next > row; next = _table.Rows[next].Previous)
            if (_table.Rows[next].IsKnown(_current)) successor = next;
        return successor >= 0 && _table.Rows[successor].CreatedMicroseconds < _supersededBefore;
    }
}
