namespace MemoryEngine.Testing;

/// <summary>
/// A file apart from its name, or a directory: what readers see now, what is surely on the device, and the operations
/// between the two. Open files hold on to their node, so renaming or deleting a file does not disturb them.
/// </summary>
internal sealed class SimulatedNode(bool isDirectory, SparseBytes current, SparseBytes durable)
{
    private readonly List<DataOperation> _unsynced = [];

    public bool IsDirectory { get; } = isDirectory;

    public SparseBytes Current { get; } = current;

    public SparseBytes Durable { get; } = durable;

    public IReadOnlyList<DataOperation> Unsynced => _unsynced;

    public int OpenHandles { get; set; }

    public bool IsLocked { get; set; }

    public static SimulatedNode NewFile() => new(isDirectory: false, new SparseBytes(), new SparseBytes());

    public static SimulatedNode NewDirectory() => new(isDirectory: true, new SparseBytes(), new SparseBytes());

    public void Do(DataOperation operation)
    {
        operation.ApplyTo(Current);
        _unsynced.Add(operation);
    }

    public void Sync()
    {
        foreach (var operation in _unsynced) operation.ApplyTo(Durable);
        _unsynced.Clear();
    }

    /// <summary>
    /// The kernel drops what a failed sync could not write and calls it clean: readers still see it, and no later sync
    /// brings it to the device.
    /// </summary>
    public void FailSync() => _unsynced.Clear();

    /// <summary>The same node on a fork of the disk, where nobody has it open or locked.</summary>
    public SimulatedNode Fork()
    {
        var fork = new SimulatedNode(IsDirectory, Current.Clone(), Durable.Clone());
        fork._unsynced.AddRange(_unsynced.Select(operation => operation with { Node = fork }));
        return fork;
    }
}
