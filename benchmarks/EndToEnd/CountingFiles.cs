using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>The disk, with a count of the bytes that are written to files whose path holds a name.</summary>
internal sealed class CountingFiles(string name) : IFileSystem
{
    private readonly PhysicalFileSystem _disk = PhysicalFileSystem.Instance;
    private long _written;

    public long Written => Interlocked.Read(ref _written);

    public bool FileExists(string path) => _disk.FileExists(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    public IFile Open(string path, FileOpening opening)
    {
        var file = _disk.Open(path, opening);
        return path.Contains(name, StringComparison.Ordinal) ? new CountingFile(file, this) : file;
    }

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void Delete(string path) => _disk.Delete(path);

    public void SyncDirectory(string path) => _disk.SyncDirectory(path);

    public IDisposable? TryLock(string path, ReadOnlySpan<byte> owner) => _disk.TryLock(path, owner);

    public byte[] ReadLockOwner(string path) => _disk.ReadLockOwner(path);

    public string? NetworkFileSystemOf(string path) => _disk.NetworkFileSystemOf(path);

    private sealed class CountingFile(IFile file, CountingFiles counts) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public bool TryReadAtOnce(long offset, Span<byte> buffer) => file.TryReadAtOnce(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            Interlocked.Add(ref counts._written, data.Length);
            file.Write(offset, data);
        }

        public void Sync() => file.Sync();

        public void Reserve(long length) => file.Reserve(length);

        public void SetLength(long length) => file.SetLength(length);

        public MappedBytes Map() => file.Map();

        public void Dispose() => file.Dispose();
    }
}
