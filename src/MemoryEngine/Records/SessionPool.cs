using FASTER.core;

namespace MemoryEngine.Records;

/// <summary>Lends read sessions to readers. Renting and returning allocate nothing once there are as many sessions as readers.</summary>
internal sealed class SessionPool(FasterKV<long, SpanByte> store) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ReadSession> _all = [];
    private readonly Stack<ReadSession> _free = new();
    private readonly ManualResetEventSlim _allReturned = new(true);
    private bool _closed;

    public ReadSession Rent()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(RecordStore));
            _allReturned.Reset();
            if (_free.TryPop(out var session)) return session;
            session = new ReadSession(store);
            _all.Add(session);
            _free.EnsureCapacity(_all.Count);
            return session;
        }
    }

    public void Return(ReadSession session)
    {
        session.Builder.Abandon();
        lock (_lock)
        {
            _free.Push(session);
            if (_free.Count == _all.Count) _allReturned.Set();
        }
    }

    /// <summary>Values read from mutable memory, read-only memory and disk.</summary>
    public (long Mutable, long ReadOnly, long Disk) Reads()
    {
        lock (_lock)
        {
            return (_all.Sum(static s => s.MutableReads), _all.Sum(static s => s.ReadOnlyReads), _all.Sum(static s => s.DiskReads));
        }
    }

    /// <summary>Lends no more, waits for the readers that are under way, and ends all sessions.</summary>
    public void Dispose()
    {
        lock (_lock) _closed = true;
        _allReturned.Wait();
        foreach (var session in _all) session.Dispose();
        _allReturned.Dispose();
    }
}
