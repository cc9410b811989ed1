using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Records;

/// <summary>The real disk, with calls that can be made to fail, and a count of the writes that made a file longer.</summary>
internal sealed class FaultyFiles : IFileSystem
{
    private readonly PhysicalFileSystem _disk = PhysicalFileSystem.Instance;

    /// <summary>Given the file's path; what it returns is thrown.</summary>
    public volatile Func<string, Exception?>? OnWrite;
    public volatile Func<string, Exception?>? OnRead;
    public volatile Func<string, Exception?>? OnSync;
    public volatile Func<string, Exception?>? OnReserve;

    private int _growingWrites;

    public int GrowingLogWrites => Volatile.Read(ref _growingWrites);

    public static Exception Failure(string path) => new MemoryEngineException(ErrorCode.Storage, $"Could not use {path}: made to fail.");

    public bool FileExists(string path) => _disk.FileExists(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    public IFile Open(string path, FileOpening opening) => new FaultyFile(this, _disk.Open(path, opening));

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void Delete(string path) => _disk.Delete(path);

    public void SyncDirectory(string path) => _disk.SyncDirectory(path);

    public IDisposable? TryLock(string path, ReadOnlySpan<byte> owner) => _disk.TryLock(path, owner);

    public byte[] ReadLockOwner(string path) => _disk.ReadLockOwner(path);

    public string? NetworkFileSystemOf(string path) => _disk.NetworkFileSystemOf(path);

    private sealed class FaultyFile(FaultyFiles owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            ThrowIf(owner.OnRead);
            return file.Read(offset, buffer);
        }

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            ThrowIf(owner.OnWrite);
            if (Path.Contains("log.", StringComparison.Ordinal) && offset + data.Length > file.Length)
                Interlocked.Increment(ref owner._growingWrites);
            file.Write(offset, data);
        }

        public void Sync()
        {
            ThrowIf(owner.OnSync);
            file.Sync();
        }

        public void Reserve(long length)
        {
            ThrowIf(owner.OnReserve);
            file.Reserve(length);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();

        private void ThrowIf(Func<string, Exception?>? fault)
        {
            if (fault?.Invoke(Path) is { } e) throw e;
        }
    }
}
