using MemoryEngine.Storage;

namespace MemoryEngine.Testing;

/// <summary>An open file of a <see cref="SimulatedFileSystem"/>; it outlives the name by which it was opened.</summary>
internal sealed class SimulatedFile : IFile
{
    private readonly SimulatedFileSystem _disk;
    private readonly SimulatedNode _node;
    private readonly bool _isWritable;
    private bool _isDisposed;

    public SimulatedFile(SimulatedFileSystem disk, SimulatedNode node, string path, bool isWritable)
    {
        (_disk, _node, Path, _isWritable) = (disk, node, path, isWritable);
        _node.OpenHandles++;
    }

    public string Path { get; }

    public long Length
    {
        get
        {
            lock (_disk.Gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                return _node.Current.Length;
            }
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_disk.Gate)
        {
            Begin(DiskCallKind.Read);
            return _node.Current.Read(offset, buffer);
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_disk.Gate)
        {
            var call = BeginChange(DiskCallKind.Write);
            if (_node.Current.BytesToAllocate(offset, offset + data.Length) > 0) _disk.Faults.MeetDiskFull(call);
            if (_disk.Faults.IsMet(call, FaultKind.ShortWrite))
            {
                Put(offset, data[..(data.Length / 2)]);
                throw FaultPlan.DeviceError(call);
            }
            // A real disk takes what still fits before it says that it is full.
            var fitting = FittingLength(offset, data.Length);
            Put(offset, data[..fitting]);
            if (fitting < data.Length) throw StorageErrors.DiskFull(Path, call.What, null);
        }
    }

    public void Sync()
    {
        lock (_disk.Gate)
        {
            var call = Begin(DiskCallKind.Sync);
            if (_disk.Faults.IsMet(call, FaultKind.FailedSync))
            {
                _node.FailSync();
                throw FaultPlan.DeviceError(call);
            }
            _node.Sync();
        }
    }

    public void Reserve(long length)
    {
        lock (_disk.Gate)
        {
            var call = BeginChange(DiskCallKind.Reserve);
            var current = _node.Current.Length;
            if (length <= current) return;
            _disk.Faults.MeetDiskFull(call);
            _disk.RefuseIfFull(call, _node.Current.BytesToAllocate(current, length));
            // As on the real disk, holes made before stay holes.
            _node.Do(new ReserveOperation(_disk.NextSequence(), _node, current, length));
        }
    }

    public void SetLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        lock (_disk.Gate)
        {
            var call = BeginChange(DiskCallKind.SetLength);
            var growth = length - _node.Current.Length;
            if (growth > 0)
            {
                // Some file systems want the space at once and some give only a hole: the worse of both.
                _disk.Faults.MeetDiskFull(call);
                _disk.RefuseIfFull(call, growth);
            }
            _node.Do(new SetLengthOperation(_disk.NextSequence(), _node, length));
        }
    }

    public void Dispose()
    {
        lock (_disk.Gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _node.OpenHandles--;
        }
    }

    private DiskCall Begin(DiskCallKind kind)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _disk.Faults.Begin(kind, Path);
    }

    private DiskCall BeginChange(DiskCallKind kind)
    {
        var call = Begin(kind);
        _disk.RefuseIfReadOnly(call);
        if (!_isWritable) throw StorageErrors.ReadOnly(Path, call.What, null);
        return call;
    }

    private void Put(long offset, ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty) _node.Do(new WriteOperation(_disk.NextSequence(), _node, offset, data.ToArray()));
    }

    private int FittingLength(long offset, int length)
    {
        if (_node.Current.BytesToAllocate(offset, offset + length) <= _disk.FreeBytes) return length;
        var fitting = 0;
        while (true)
        {
            var blockEnd = ((offset + fitting) / SparseBytes.BlockSizeBytes + 1) * SparseBytes.BlockSizeBytes;
            if (_node.Current.BytesToAllocate(offset, blockEnd) > _disk.FreeBytes) return fitting;
            fitting = (int)(blockEnd - offset);
        }
    }
}
