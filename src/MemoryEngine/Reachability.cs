using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Which records somebody can still see or may come back to: in the current view, in a snapshot, or in a view that a
/// reader holds. Taken at one moment; a record that nobody wanted may be wanted later, since it can be remembered again.
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
        foreach (var view in _others)
            if (r.IsKnown(view)) return true;
        return r.IsKnown(_current) && !IsLongSuperseded(row);
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
