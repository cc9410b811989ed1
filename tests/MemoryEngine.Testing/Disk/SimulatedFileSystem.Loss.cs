namespace MemoryEngine.Testing;

/// <summary>
/// What is left after a crash. Each answer is a new disk that shares nothing with this one: this one goes on as if
/// nothing had happened, so that a test can try every outcome of the same moment.
/// </summary>
internal sealed partial class SimulatedFileSystem
{
    /// <summary>How many operations a power loss could undo now; prefixes run from none of them to all.</summary>
    public int UnsyncedOperationCount
    {
        get { lock (Gate) return UnsyncedOperations().Count; }
    }

    /// <summary>
    /// The disk as it could look if the power failed now: all that was synced, and the chosen ones of the operations
    /// that were not. A synced file whose name was not synced may be gone as a whole.
    /// </summary>
    public SimulatedFileSystem AfterPowerLoss(PowerLoss choice)
    {
        lock (Gate)
        {
            var names = new Dictionary<string, SimulatedNode>(_names.Durable, StringComparer.Ordinal);
            var contents = ReachableNodes().ToDictionary(node => node, node => node.Durable.Clone());
            foreach (var operation in choice.Survivors(UnsyncedOperations()))
            {
                if (operation is DataOperation data) data.ApplyTo(contents[data.Node]);
                if (operation is NameOperation name) NameTable.Apply(names, name);
            }
            var settled = NameTable.WithoutOrphans(names).ToDictionary(
                p => p.Key,
                p => new SimulatedNode(p.Value.IsDirectory, contents[p.Value].Clone(), contents[p.Value]));
            return Successor(new NameTable(settled));
        }
    }

    /// <summary>
    /// The disk after the process was killed: everything handed over is there and can still be lost to a later power
    /// loss; locks and open files are gone.
    /// </summary>
    public SimulatedFileSystem AfterProcessKill()
    {
        lock (Gate)
        {
            var forks = new Dictionary<SimulatedNode, SimulatedNode>();
            var successor = Successor(_names.Fork(Fork));
            successor._sequence = _sequence;
            return successor;

            SimulatedNode Fork(SimulatedNode node)
            {
                if (!forks.TryGetValue(node, out var fork)) forks[node] = fork = node.Fork();
                return fork;
            }
        }
    }

    private SimulatedFileSystem Successor(NameTable names) => new(names)
    {
        _capacityBytes = _capacityBytes,
        _readOnly = _readOnly,
        NetworkFileSystem = NetworkFileSystem,
    };

    private List<UnsyncedOperation> UnsyncedOperations()
    {
        List<UnsyncedOperation> operations = [.. _names.Unsynced, .. ReachableNodes().SelectMany(node => node.Unsynced)];
        operations.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        return operations;
    }

    /// <summary>The nodes that some power loss leaves with a name; no other matters.</summary>
    private HashSet<SimulatedNode> ReachableNodes() =>
        [.. _names.Durable.Values, .. _names.Unsynced.Select(operation => operation.Node)];
}
