using MemoryEngine.Storage;

namespace MemoryEngine.Testing;

/// <summary>
/// The in-memory twin of the real disk, behind the same seam and held to the same contract tests. It remembers what is
/// durable beside what is visible, so that a test can ask what the disk may look like after the power failed, and it
/// makes chosen calls fail. Safe for many threads; calls happen one at a time.
/// </summary>
internal sealed partial class SimulatedFileSystem : IFileSystem
{
    private readonly NameTable _names;
    private long _sequence;

    public SimulatedFileSystem()
        : this(new NameTable(new Dictionary<string, SimulatedNode>()))
    {
    }

    private SimulatedFileSystem(NameTable names) => _names = names;

    internal object Gate { get; } = new();

    public bool FileExists(string path)
    {
        lock (Gate) return _names.Find(Full(path)) is { IsDirectory: false };
    }

    public bool DirectoryExists(string path)
    {
        lock (Gate) return _names.DirectoryExists(Full(path));
    }

    public void CreateDirectory(string path)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.CreateDirectory, path);
            var full = Full(path);
            if (_names.DirectoryExists(full)) return;
            RefuseIfReadOnly(call);
            Faults.MeetDiskFull(call);
            AddDirectory(call, full);
        }
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.List, directory);
            RequireDirectory(call, Full(directory));
            return _names.In(Full(directory));
        }
    }

    public IFile Open(string path, FileOpening opening)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.Open, path);
            var node = FindFile(call, path);
            if (node is not null && opening == FileOpening.CreateNew) throw Refused(call, "the file exists already");
            if (node is null && opening is FileOpening.Read or FileOpening.ReadWrite) throw NoSuchFile(call);
            if (opening != FileOpening.Read) RefuseIfReadOnly(call);
            node ??= AddFile(call, Full(path));
            if (node.IsLocked) throw Refused(call, "another owner has locked it");
            return new SimulatedFile(this, node, path, isWritable: opening != FileOpening.Read);
        }
    }

    public void Rename(string from, string to)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.Rename, from);
            var node = FindFile(call, from) ?? throw NoSuchFile(call);
            RequireDirectory(call, Path.GetDirectoryName(Full(to)));
            if (_names.DirectoryExists(Full(to))) throw Refused(call, $"{to} is a directory");
            RefuseIfReadOnly(call);
            if (Full(from) != Full(to)) _names.Do(new NameOperation(NextSequence(), node, Full(from), Full(to)));
        }
    }

    public void Delete(string path)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.Delete, path);
            if (FindFile(call, path) is not { } node) return;
            RefuseIfReadOnly(call);
            _names.Do(new NameOperation(NextSequence(), node, Full(path), To: null));
        }
    }

    public void SyncDirectory(string path)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.SyncDirectory, path);
            RequireDirectory(call, Full(path));
            if (Faults.IsMet(call, FaultKind.FailedSync))
            {
                _names.FailSync(Full(path));
                throw FaultPlan.DeviceError(call);
            }
            _names.Sync(Full(path));
        }
    }

    public IDisposable? TryLock(string path, ReadOnlySpan<byte> owner)
    {
        lock (Gate)
        {
            var call = Faults.Begin(DiskCallKind.Lock, path);
            var node = FindFile(call, path);
            RefuseIfReadOnly(call);
            // On the real disk every open file carries a shared lock.
            if (node is { IsLocked: true } or { OpenHandles: > 0 }) return null;
            node ??= AddFile(call, Full(path));
            Faults.MeetDiskFull(call);
            RefuseIfFull(call, node.Current.BytesToAllocate(0, owner.Length));
            node.Do(new SetLengthOperation(NextSequence(), node, 0));
            if (!owner.IsEmpty) node.Do(new WriteOperation(NextSequence(), node, 0, owner.ToArray()));
            return new SimulatedLock(this, node);
        }
    }

    public byte[] ReadLockOwner(string path)
    {
        lock (Gate)
        {
            Faults.Begin(DiskCallKind.ReadLockOwner, path);
            return _names.Find(Full(path)) is { IsDirectory: false } node ? node.Current.ToArray() : [];
        }
    }

    /// <summary>What <see cref="NetworkFileSystem"/> says, for every path.</summary>
    public string? NetworkFileSystemOf(string path) => NetworkFileSystem;

    internal long NextSequence() => ++_sequence;

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static MemoryEngineException Refused(DiskCall call, string why) =>
        new(ErrorCode.Storage, $"Could not {call.What} {call.Path}: {why}.");

    private static MemoryEngineException NoSuchFile(DiskCall call) => Refused(call, "there is no such file");

    /// <summary>Null when there is no such file; a directory in its place, or no directory to look in, is an error.</summary>
    private SimulatedNode? FindFile(DiskCall call, string path)
    {
        RequireDirectory(call, Path.GetDirectoryName(Full(path)));
        // .NET reports a directory where a file is meant as denied access, so the real disk calls it read-only.
        return _names.Find(Full(path)) is { IsDirectory: true } ? throw StorageErrors.ReadOnly(path, call.What, null)
            : _names.Find(Full(path));
    }

    private void RequireDirectory(DiskCall call, string? directory)
    {
        if (directory is not null && !_names.DirectoryExists(directory))
            throw Refused(call, $"there is no directory {directory}");
    }

    private SimulatedNode AddFile(DiskCall call, string full)
    {
        Faults.MeetDiskFull(call);
        RefuseIfFull(call, 1);
        var node = SimulatedNode.NewFile();
        _names.Do(new NameOperation(NextSequence(), node, From: null, full));
        return node;
    }

    private void AddDirectory(DiskCall call, string full)
    {
        if (_names.DirectoryExists(full)) return;
        if (_names.Find(full) is not null) throw Refused(call, $"{full} is a file");
        AddDirectory(call, Path.GetDirectoryName(full)!);
        _names.Do(new NameOperation(NextSequence(), SimulatedNode.NewDirectory(), From: null, full));
    }

    private sealed class SimulatedLock : IDisposable
    {
        private readonly SimulatedFileSystem _disk;
        private SimulatedNode? _node;

        public SimulatedLock(SimulatedFileSystem disk, SimulatedNode node)
        {
            (_disk, _node) = (disk, node);
            node.IsLocked = true;
        }

        public void Dispose()
        {
            lock (_disk.Gate)
            {
                if (_node is not null) _node.IsLocked = false;
                _node = null;
            }
        }
    }
}
