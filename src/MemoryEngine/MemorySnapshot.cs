using MemoryEngine.Segments;
using MemoryEngine.Snapshots;

namespace MemoryEngine;

/// <summary>
/// The pool as it was when a snapshot was made, for reading while the pool goes on. Expiry is judged as of then. What it
/// needs stays until it is disposed, also when the snapshot is dropped meanwhile; only a purge reaches into it.
/// Thread-safe.
/// </summary>
public sealed class MemorySnapshot : IMemoryReader, IDisposable
{
    private readonly NamedView _named;
    private readonly RowTable _table;
    private PoolView _seen;
    private readonly IDisposable _lease;
    private readonly Recall _recall;
    private readonly Reading _reading;
    private int _disposed;

    internal MemorySnapshot(Pool pool, NamedView named, Recall recall, Reading reading)
    {
        (_named, _recall, _reading) = (named, recall, reading);
        // Held before it is looked at: between the two nothing may be given up.
        _lease = pool.Leases.Take(named.View);
        _table = pool.Table;
        _seen = _table.Seen(named.View, named.Live);
    }

    /// <summary>The snapshot.</summary>
    public SnapshotInfo Info => SnapshotRules.Info(_named);

    /// <inheritdoc/>
    public ValueTask<RecallResult> RecallAsync(RecallQuery query, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        // A purge has reached into it.
        if (_table.IsOutdated(_seen)) _seen = _table.Seen(_named.View, _named.Live);
        return _recall.RunAsync(query, _seen, _named.CreatedMicroseconds, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<MemoryVersion?> GetAsync(Guid id, int? version = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _reading.GetAsync(id, version, _seen, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MemoryVersion>> HistoryAsync(Guid id, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _reading.HistoryAsync(id, _seen, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<MemoryVersion> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return _reading.ListAsync(filter ?? new ListFilter(), _seen, cancellationToken);
    }

    /// <summary>The figures of the snapshot; bytes are those of the whole pool.</summary>
    public PoolStats Stats()
    {
        ThrowIfDisposed();
        return _reading.Stats(_seen);
    }

    /// <inheritdoc/>
    ValueTask<PoolStats> IMemoryReader.StatsAsync(CancellationToken cancellationToken) => new(Stats());

    /// <summary>Lets go of what it needed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _lease.Dispose();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
