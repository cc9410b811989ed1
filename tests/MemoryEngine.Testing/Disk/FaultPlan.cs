using MemoryEngine.Storage;

namespace MemoryEngine.Testing;

/// <summary>
/// Counts the calls to one simulated disk and makes chosen ones fail, each once. A fault planned for a call that
/// cannot meet it does nothing.
/// </summary>
internal sealed class FaultPlan
{
    private readonly Dictionary<int, FaultKind> _planned = [];
    private readonly List<DiskCall> _trace = [];

    // The fault planned for the call under way; one call is under way at a time.
    private FaultKind? _next;

    public int CallCount => _trace.Count;

    public IReadOnlyList<DiskCall> Trace => [.. _trace];

    public DiskCall? LastFault { get; private set; }

    /// <summary>Told of every call before anything of it happens, on the thread that calls, with the disk held still.</summary>
    public Action<DiskCall>? Watcher { get; set; }

    public void Add(int call, FaultKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(call, CallCount);
        _planned[call] = kind;
    }

    public DiskCall Begin(DiskCallKind kind, string path)
    {
        var call = new DiskCall(_trace.Count + 1, kind, path);
        _trace.Add(call);
        Watcher?.Invoke(call);
        _next = _planned.Remove(call.Number, out var fault) ? fault : null;
        if (IsMet(call, FaultKind.Io)) throw DeviceError(call);
        return call;
    }

    /// <summary>Whether the call under way is to fail so; asked only where it can.</summary>
    public bool IsMet(DiskCall call, FaultKind kind)
    {
        if (_next != kind) return false;
        _next = null;
        LastFault = call;
        return true;
    }

    public void MeetDiskFull(DiskCall call)
    {
        if (IsMet(call, FaultKind.DiskFull)) throw StorageErrors.DiskFull(call.Path, call.What, null);
    }

    public static MemoryEngineException DeviceError(DiskCall call) =>
        new(ErrorCode.Storage, $"Could not {call.What} {call.Path}: the device failed (simulated, call {call.Number}).");
}
