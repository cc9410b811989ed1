namespace MemoryEngine.Snapshots;

/// <summary>The views that readers hold on to: what counts in one of them stays, whatever else is given up. Thread-safe.</summary>
internal sealed class LeaseTable
{
    private readonly Lock _gate = new();
    private readonly List<View> _held = [];

    public IReadOnlyList<View> Held
    {
        get
        {
            lock (_gate) return [.. _held];
        }
    }

    /// <summary>Holds a view until the lease is disposed.</summary>
    public IDisposable Take(View view)
    {
        lock (_gate) _held.Add(view);
        return new Lease(this, view);
    }

    private void Return(View view)
    {
        lock (_gate) _held.RemoveAt(_held.FindIndex(v => ReferenceEquals(v, view)));
    }

    private sealed class Lease(LeaseTable table, View view) : IDisposable
    {
        private int _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) table.Return(view);
        }
    }
}
