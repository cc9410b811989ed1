namespace MemoryEngine.Testing;

/// <summary>
/// What a test does to the disk behind the engine's back. None of it counts as a call, meets a fault or minds a flag;
/// all of it is durable at once.
/// </summary>
internal sealed partial class SimulatedFileSystem
{
    public byte[] ReadAll(string path)
    {
        lock (Gate) return Require(path).Current.ToArray();
    }

    /// <summary>Replaces or creates the file and the directories above it, and syncs it and them.</summary>
    public void WriteAll(string path, ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            var full = Full(path);
            if (_names.Find(full) is not { } node)
            {
                AddDirectory(new DiskCall(0, DiskCallKind.CreateDirectory, path), Path.GetDirectoryName(full)!);
                node = SimulatedNode.NewFile();
                _names.Do(new NameOperation(NextSequence(), node, From: null, full));
            }
            node.Do(new SetLengthOperation(NextSequence(), node, 0));
            node.Do(new WriteOperation(NextSequence(), node, 0, bytes.ToArray()));
            node.Sync();
            for (var above = Path.GetDirectoryName(full); above is not null; above = Path.GetDirectoryName(above))
                _names.Sync(above);
        }
    }

    /// <summary>Bit 0 is the lowest of the first byte.</summary>
    public void FlipBit(string path, long bit)
    {
        lock (Gate)
        {
            var node = Require(path);
            ArgumentOutOfRangeException.ThrowIfNegative(bit);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bit, node.Current.Length * 8);
            Span<byte> one = stackalloc byte[1];
            foreach (var content in new[] { node.Current, node.Durable })
            {
                if (content.Read(bit / 8, one) == 0) continue;
                one[0] ^= (byte)(1 << (int)(bit % 8));
                content.Write(bit / 8, one);
            }
        }
    }

    /// <summary>Cuts the file; it never grows.</summary>
    public void Truncate(string path, long length)
    {
        lock (Gate)
        {
            var node = Require(path);
            foreach (var content in new[] { node.Current, node.Durable })
                content.SetLength(Math.Min(content.Length, length));
        }
    }

    /// <summary>The full paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> AllFiles()
    {
        lock (Gate)
        {
            var paths = _names.Current.Where(p => !p.Value.IsDirectory).Select(p => p.Key).ToArray();
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
    }

    private SimulatedNode Require(string path) =>
        _names.Find(Full(path)) is { IsDirectory: false } node
            ? node
            : throw new ArgumentException($"There is no file {path} among {string.Join(", ", AllFiles())}.", nameof(path));
}
