using System.Runtime.CompilerServices;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>Get, history, list and stats: reading by id and by walking, over one published view each.</summary>
internal sealed class Reading(Pool pool, TextEmbedder embedder)
{
    public async ValueTask<MemoryVersion?> GetAsync(Guid id, int? version, MemtableView seen, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        var view = seen.View;
        // What is live, or else the newest that was: a forgotten memory can still be looked at.
        var row = pool.Memtable.FindLive(id, view);
        if (row < 0 || version is not null) row = pool.Memtable.FindNewest(id, view);
        while (row >= 0 && version is not null && !IsVersion(row, version.Value, view)) row = pool.Memtable.Rows[row].Previous;
        var found = row < 0 ? null : await ReadAsync(row, view, cancellation).ConfigureAwait(false);
        return found is null && pool.Memtable.IsPurged(id) ? throw NotFound.Purged(id) : found;
    }

    public async ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, MemtableView seen, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        var versions = new List<MemoryVersion>();
        for (var row = pool.Memtable.FindNewest(id, seen.View); row >= 0; row = pool.Memtable.Rows[row].Previous)
        {
            // Versions that a rollback took away are no part of this history.
            if (!pool.Memtable.Rows[row].IsKnown(seen.View)) continue;
            if (await ReadAsync(row, seen.View, cancellation).ConfigureAwait(false) is { } version) versions.Add(version);
        }
        if (versions.Count == 0 && pool.Memtable.IsPurged(id)) throw NotFound.Purged(id);
        versions.Reverse();
        return versions;
    }

    public async IAsyncEnumerable<MemoryVersion> ListAsync(
        ListFilter filter, MemtableView seen, [EnumeratorCancellation] CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        // Whoever reads a list takes his time.
        using var lease = pool.Leases.Take(seen.View);
        for (var row = 0; row < seen.RowCount; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsListed(row, seen.View, filter)) continue;
            if (await ReadAsync(row, seen.View, cancellation).ConfigureAwait(false) is { } version) yield return version;
        }
    }

    public PoolStats Stats(MemtableView current)
    {
        pool.ThrowIfDisposed();
        var memtable = pool.Memtable;
        var byLevel = new SortedDictionary<MemoryLevel, long>();
        var byDomain = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var tasks = new HashSet<ulong>();
        for (var row = 0; row < current.RowCount; row++)
        {
            ref readonly var r = ref memtable.Rows[row];
            if (!r.IsLive(current.View)) continue;
            var domain = memtable.Names[r.Domain];
            byLevel[r.Level] = byLevel.GetValueOrDefault(r.Level) + 1;
            byDomain[domain] = byDomain.GetValueOrDefault(domain) + 1;
            tasks.Add(r.TaskHash);
        }
        var tiers = pool.Records?.Stats() ?? default;
        return new PoolStats
        {
            PoolId = pool.Created.PoolId,
            Memories = current.Live.Count,
            Unembedded = CountUnembedded(current),
            EmbedderProblem = embedder.Problem,
            Records = current.RowCount,
            ByLevel = byLevel,
            ByDomain = byDomain,
            Tasks = tasks.Count,
            Sequence = current.View.Last,
            JournalBytes = pool.JournalBytes,
            RecordBytes = tiers.FileBytes,
            SegmentBytes = pool.SegmentBytes,
            Spaces = [.. Enumerable.Range(0, memtable.Spaces.Count).Select(i => memtable.Spaces[i].Space)],
            Tiers =
            [
                new TierFigures("mutable", tiers.MutableBytes, tiers.MutableReads),
                new TierFigures("read-only", tiers.ReadOnlyBytes, tiers.ReadOnlyReads),
                new TierFigures("disk", tiers.DiskBytes, tiers.DiskReads),
            ],
            Health = pool.Health is "ready" && embedder.Problem is not null ? "degraded" : pool.Health,
            OpeningNotes = pool.Notes,
        };
    }

    // Vectors lie in the order of their rows, so one walk over both finds the rows that have none.
    private long CountUnembedded(MemtableView current)
    {
        var memtable = pool.Memtable;
        var space = memtable.Spaces.Find(VectorSpace.TextSpace);
        if (space is { IsDerived: true } || (space is null && !embedder.CallsGenerator)) return 0;
        var (count, slot) = (0L, 0);
        for (var row = 0; row < current.RowCount; row++)
        {
            while (space is not null && slot < space.Column.Count && space.Column.Row(slot) < row) slot++;
            var hasVector = space is not null && slot < space.Column.Count && space.Column.Row(slot) == row;
            if (!hasVector && memtable.IsLive(row, current.View)) count++;
        }
        return count;
    }

    private bool IsVersion(int row, int version, View view)
    {
        ref readonly var r = ref pool.Memtable.Rows[row];
        return r.Version == version && r.IsKnown(view);
    }

    private bool IsListed(int row, View view, ListFilter filter)
    {
        var memtable = pool.Memtable;
        ref readonly var r = ref memtable.Rows[row];
        if (filter.Level is { } level && r.Level != level) return false;
        if (filter.Domain is not null && !RowFilter.IsWithin(memtable.Names[r.Domain], filter.Domain)) return false;
        if (r.IsLive(view)) return filter.State is null or MemoryState.Active;
        // Of a forgotten memory the newest version stands for it.
        return filter.State is null or MemoryState.Tombstoned
            && memtable.FindNewest(r.MemoryId, view) == row && memtable.FindLive(r.MemoryId, view) < 0;
    }

    // Null when the row was purged since it was looked at.
    private async ValueTask<MemoryVersion?> ReadAsync(int row, View view, CancellationToken cancellation)
    {
        var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
        if (body.Status != Records.RecordStatus.Found) return null;
        var version = VersionReader.Read(pool.Memtable, row, view, body.Span, withVectors: true);
        body.Dispose();
        return version;
    }
}
