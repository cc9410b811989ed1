namespace MemoryEngine.Testing;

/// <summary>
/// Which names a file system has: those that readers see, those surely on the device, and the changes between the two.
/// A file has one name at most: there are no hard links. Roots always exist and are not listed.
/// </summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, SimulatedNode> _current;
    private readonly Dictionary<string, SimulatedNode> _durable;
    private readonly List<NameOperation> _unsynced = [];

    public NameTable(IReadOnlyDictionary<string, SimulatedNode> names)
    {
        _current = new(names, StringComparer.Ordinal);
        _durable = new(names, StringComparer.Ordinal);
    }

    private NameTable(NameTable original, Func<SimulatedNode, SimulatedNode> fork)
    {
        _current = original._current.ToDictionary(p => p.Key, p => fork(p.Value), StringComparer.Ordinal);
        _durable = original._durable.ToDictionary(p => p.Key, p => fork(p.Value), StringComparer.Ordinal);
        _unsynced.AddRange(original._unsynced.Select(o => o with { Node = fork(o.Node) }));
    }

    public IReadOnlyDictionary<string, SimulatedNode> Current => _current;

    public IReadOnlyDictionary<string, SimulatedNode> Durable => _durable;

    public IReadOnlyList<NameOperation> Unsynced => _unsynced;

    public SimulatedNode? Find(string path) => _current.GetValueOrDefault(path);

    public bool DirectoryExists(string path) =>
        Path.GetDirectoryName(path) is null || Find(path) is { IsDirectory: true };

    public IReadOnlyList<string> In(string directory)
    {
        var names = _current.Keys.Where(p => Path.GetDirectoryName(p) == directory).Select(p => Path.GetFileName(p)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public void Do(NameOperation operation)
    {
        Apply(_current, operation);
        _unsynced.Add(operation);
    }

    /// <summary>
    /// A rename between two directories becomes durable as a whole when either is synced, and what happened before it
    /// in the other one with it: a name that it replaced must not come back later.
    /// </summary>
    public void Sync(string directory)
    {
        foreach (var operation in TakeUnsynced(directory)) Apply(_durable, operation);
    }

    /// <summary>As with a file: readers still see the names, and no later sync brings them to the device.</summary>
    public void FailSync(string directory) => TakeUnsynced(directory);

    public NameTable Fork(Func<SimulatedNode, SimulatedNode> fork) => new(this, fork);

    /// <summary>Leaves out what lies in a directory that is not there.</summary>
    public static Dictionary<string, SimulatedNode> WithoutOrphans(IReadOnlyDictionary<string, SimulatedNode> names)
    {
        return names.Where(p => IsReachable(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

        bool IsReachable(string path) =>
            Path.GetDirectoryName(path) is not { } parent
            || Path.GetDirectoryName(parent) is null
            || (names.TryGetValue(parent, out var node) && node.IsDirectory && IsReachable(parent));
    }

    /// <summary>
    /// Operations before this one may be missing. A rename then takes the file from whatever name it has, and a deletion
    /// removes the name only while it means the same file.
    /// </summary>
    public static void Apply(Dictionary<string, SimulatedNode> names, NameOperation operation)
    {
        if (operation.From is { } from && names.GetValueOrDefault(from) == operation.Node) names.Remove(from);
        if (operation.To is not { } to) return;
        var otherName = operation.From is null ? null : names.FirstOrDefault(p => p.Value == operation.Node).Key;
        if (otherName is not null) names.Remove(otherName);
        names[to] = operation.Node;
    }

    private List<NameOperation> TakeUnsynced(string directory)
    {
        HashSet<string> synced = [directory];
        List<NameOperation> taken = [];
        for (var i = _unsynced.Count - 1; i >= 0; i--)
        {
            var operation = _unsynced[i];
            if (!operation.Directories().Any(synced.Contains)) continue;
            synced.UnionWith(operation.Directories());
            taken.Add(operation);
            _unsynced.RemoveAt(i);
        }
        taken.Reverse();
        return taken;
    }
}
