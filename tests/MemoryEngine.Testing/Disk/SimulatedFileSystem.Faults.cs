using MemoryEngine.Storage;

namespace MemoryEngine.Testing;

/// <summary>What can go wrong on purpose: the n-th call, a full disk, a disk that takes no writes, a network disk.</summary>
internal sealed partial class SimulatedFileSystem
{
    private long _capacityBytes = long.MaxValue;
    private bool _readOnly;

    internal FaultPlan Faults { get; } = new();

    /// <summary>Calls that reached the disk so far, failed ones included.</summary>
    public int CallCount
    {
        get { lock (Gate) return Faults.CallCount; }
    }

    /// <summary>Every call so far, in order.</summary>
    public IReadOnlyList<DiskCall> Trace
    {
        get { lock (Gate) return Faults.Trace; }
    }

    /// <summary>The last call that a planned fault made fail; null while none did.</summary>
    public DiskCall? LastFault
    {
        get { lock (Gate) return Faults.LastFault; }
    }

    /// <summary>Beyond it, growth meets a full disk. Files take whole blocks of 4 KiB, holes take nothing.</summary>
    public long CapacityBytes
    {
        get { lock (Gate) return _capacityBytes; }
        set { lock (Gate) _capacityBytes = value; }
    }

    /// <summary>What the files that have a name take.</summary>
    public long UsedBytes
    {
        get { lock (Gate) return _names.Current.Values.Sum(node => node.Current.AllocatedBytes); }
    }

    /// <summary>While it is set, calls that change something are refused.</summary>
    public bool ReadOnly
    {
        get { lock (Gate) return _readOnly; }
        set { lock (Gate) _readOnly = value; }
    }

    /// <summary>The network file system that this disk claims to be; null for a local one.</summary>
    public string? NetworkFileSystem { get; set; }

    internal long FreeBytes => _capacityBytes == long.MaxValue ? long.MaxValue : Math.Max(0, _capacityBytes - UsedBytes);

    /// <summary>
    /// Makes a coming call fail once. Calls are numbered from 1 over the life of this object, so the next one is
    /// <see cref="CallCount"/> + 1. When that call cannot meet such a fault, nothing happens.
    /// </summary>
    public void FailCall(int n, FaultKind kind)
    {
        lock (Gate) Faults.Add(n, kind);
    }

    /// <summary>
    /// Calls <paramref name="watcher"/> before each coming call, with the disk held still: it may ask what a crash at this
    /// very moment would leave.
    /// </summary>
    public void Watch(Action<DiskCall>? watcher)
    {
        lock (Gate) Faults.Watcher = watcher;
    }

    internal void RefuseIfReadOnly(DiskCall call)
    {
        if (_readOnly) throw StorageErrors.ReadOnly(call.Path, call.What, null);
    }

    internal void RefuseIfFull(DiskCall call, long neededBytes)
    {
        if (neededBytes > FreeBytes) throw StorageErrors.DiskFull(call.Path, call.What, null);
    }
}
