using System.Runtime.CompilerServices;
using MemoryEngine.Segments;

namespace MemoryEngine;

/// <summary>Get, history, list and stats: reading by id and by walking, over one published view each.</summary>
internal sealed class Reading(Pool pool, TextEmbedder embedder)
{
    public async ValueTask<MemoryVersion?> GetAsync(Guid id, int? version, PoolView seen, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        var view = seen.View;
        // What is live, or else the newest that was: a forgotten memory can still be looked at.
        var row = pool.Table.FindLive(id, view);
        if (row < 0 || version is not null) row = pool.Table.FindNewest(id, view);
        while (row >= 0 && version is not null && !IsVersion(row, version.Value, view)) row = pool.Table.Rows[row].Previous;
        var found = row < 0 ? null : await ReadAsync(row, view, cancellation).ConfigureAwait(false);
        return found is null && pool.Table.IsPurged(id) ? throw NotFound.Purged(id) : found;
    }

    public async ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, PoolView seen, CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        var versions = new List<MemoryVersion>();
        for (var row = pool.Table.FindNewest(id, seen.View); row >= 0; row = pool.Table.Rows[row].Previous)
        {
            // Versions that a rollback took away are no part of this history.
            if (!pool.Table.Rows[row].IsKnown(seen.View)) continue;
            if (await ReadAsync(row, seen.View, cancellation).ConfigureAwait(false) is { } version) versions.Add(version);
        }
        if (versions.Count == 0 && pool.Table.IsPurged(id)) throw NotFound.Purged(id);
        versions.Reverse();
        return versions;
    }

    public async IAsyncEnumerable<MemoryVersion> ListAsync(
        ListFilter filter, PoolView seen, [EnumeratorCancellation] CancellationToken cancellation)
    {
        pool.ThrowIfDisposed();
        // Whoever reads a list takes his time.
        using var lease = pool.Leases.Take(seen.View);
        for (var row = (int)Math.Clamp(filter.AfterRecord, 0, seen.RowCount); row < seen.RowCount; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!IsListed(row, seen.View, filter)) continue;
            if (await ReadAsync(row, seen.View, cancellation).ConfigureAwait(false) is { } version) yield return version;
        }
    }

    public string Health => pool.Health is "ready" && embedder.Problem is not null ? "degraded" : pool.Health;

    public PoolStats Stats(PoolView current)
    {
        pool.ThrowIfDisposed();
        var table = pool.Table;
        var byLevel = new SortedDictionary<MemoryLevel, long>();
        var byDomain = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var (tasks, memories) = (new HashSet<ulong>(), 0L);
        for (var row = 0; row < current.RowCount; row++)
        {
            ref readonly var r = ref table.Rows[row];
            if (!r.IsLive(current.View) || pool.Effects.StateOf(r.MemoryId, r.Version) >= MemoryState.Quarantined) continue;
            memories++;
            var domain = table.Names[r.Domain];
            byLevel[r.Level] = byLevel.GetValueOrDefault(r.Level) + 1;
            byDomain[domain] = byDomain.GetValueOrDefault(domain) + 1;
            tasks.Add(r.TaskHash);
        }
        var tiers = pool.Records?.Stats() ?? default;
        return new PoolStats
        {
            PoolId = pool.Created.PoolId,
            Memories = memories,
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
            Spaces = [.. Enumerable.Range(0, table.Spaces.Count).Select(i => table.Spaces[i].Space)],
            Tiers =
            [
                new TierFigures("mutable", tiers.MutableBytes, tiers.MutableReads),
                new TierFigures("read-only", tiers.ReadOnlyBytes, tiers.ReadOnlyReads),
                new TierFigures("disk", tiers.DiskBytes, tiers.DiskReads),
            ],
            Health = Health,
            OpeningNotes = pool.Notes,
        };
    }

    private long CountUnembedded(PoolView current)
    {
        var table = pool.Table;
        var space = table.Spaces.Find(VectorSpace.TextSpace);
        if (space is { IsDerived: true } || (space is null && !embedder.CallsGenerator)) return 0;
        if (space is null) return current.Live.Count;
        var epoch = table.Parts.Readers.Enter();
        try
        {
            var (parts, count) = (table.Parts.Current, 0L);
            for (var row = 0; row < current.RowCount; row++)
                if (table.IsLive(row, current.View) && !parts.Has(space.Id, row)) count++;
            return count;
        }
        finally
        {
            table.Parts.Readers.Exit(epoch);
        }
    }

    private bool IsVersion(int row, int version, View view)
    {
        ref readonly var r = ref pool.Table.Rows[row];
        return r.Version == version && r.IsKnown(view);
    }

    private bool IsListed(int row, View view, ListFilter filter)
    {
        var table = pool.Table;
        ref readonly var r = ref table.Rows[row];
        if (filter.Level is { } level && r.Level != level) return false;
        if (filter.Domain is not null && !QueryRows.IsWithin(table.Names[r.Domain], filter.Domain)) return false;
        if (r.IsLive(view)) return filter.State is not { } wanted || IsInState(pool.StateOf(row, view), wanted);
        // Of a forgotten memory the newest version stands for it.
        return filter.State is null or MemoryState.Tombstoned
            && table.FindNewest(r.MemoryId, view) == row && table.FindLive(r.MemoryId, view) < 0;
    }

    // A suspect may be recalled like any other.
    private static bool IsInState(MemoryState state, MemoryState wanted) =>
        state == wanted || (wanted == MemoryState.Active && state == MemoryState.Suspect);

    // Null when the row was purged since it was looked at.
    private async ValueTask<MemoryVersion?> ReadAsync(int row, View view, CancellationToken cancellation)
    {
        var body = await pool.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
        if (body.Status != Records.RecordStatus.Found) return null;
        var version = VersionReader.Read(pool.Table, row, view, body.Span, withVectors: true, pool.StateOf(row, view));
        body.Dispose();
        return version;
    }
}
