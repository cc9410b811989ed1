using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>
/// Which records somebody can still see or may come back to: in the current view, in a snapshot, or in a view that a
/// reader holds. Taken at one moment; a record that nobody wanted may be wanted later, since it can be remembered again.
/// </summary>
internal sealed class Reachability
{
    private readonly Memtable _memtable;
    private readonly View _current;
    private readonly List<View> _others;
    private readonly long _supersededBefore;

    public Reachability(Pool pool, CompactOptions options)
    {
        _memtable = pool.Memtable;
        _current = pool.Memtable.Current.View;
        _others = [.. pool.Snapshots.All.Select(s => s.View), .. pool.Leases.Held];
        _supersededBefore = options.KeepVersionsFor is { } kept
            ? pool.NowMicroseconds - (kept.Ticks / TimeSpan.TicksPerMicrosecond)
            : long.MinValue;
    }

    public bool IsWanted(int row)
    {
        ref readonly var r = ref _memtable.Rows[row];
        foreach (var view in _others)
            if (r.IsKnown(view)) return true;
        return r.IsKnown(_current) && !IsLongSuperseded(row);
    }

    // A forgotten memory can be restored: its newest version is not superseded. Versions before it are.
    private bool IsLongSuperseded(int row)
    {
        if (_supersededBefore == long.MinValue || _memtable.Rows[row].IsLive(_current)) return false;
        var successor = -1;
        for (var next = _memtable.FindNewest(_memtable.Rows[row].MemoryId, _current); next > row; next = _memtable.Rows[next].Previous)
            if (_memtable.Rows[next].IsKnown(_current)) successor = next;
        return successor >= 0 && _memtable.Rows[successor].CreatedMicroseconds < _supersededBefore;
    }
}
