namespace MemoryEngine.Storage;

/// <summary>
/// The one seam to the operating system. Everything the engine does to a disk goes through it, so that tests can put
/// a disk behind it that loses unsynced writes, tears sectors and fails on the n-th call.
/// </summary>
/// <remarks>
/// Guarantees asked of an implementation: a write that returned is seen by every later read of the same process;
/// after <see cref="IFile.Sync"/> the file's bytes and length survive a power loss; after <see cref="SyncDirectory"/>
/// the names in that directory do. Nothing else survives for certain, and unsynced writes may survive in any order.
/// All failures are <see cref="MemoryEngineException"/>s with a storage code.
/// </remarks>
internal interface IFileSystem
{
    bool FileExists(string path);

    bool DirectoryExists(string path);

    /// <summary>Creates a directory and those above it.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the files and directories in a directory, in ordinal order.</summary>
    IReadOnlyList<string> List(string directory);

    IFile Open(string path, FileOpening opening);

    /// <summary>Replaces <paramref name="to"/> if it exists.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; one that is not there is no error.</summary>
    void Delete(string path);

    /// <summary>Makes creations, renames and deletions in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Takes the exclusive lock on a file, creating it, and writes <paramref name="owner"/> into it; null when another owner holds it.
    /// </summary>
    IDisposable? TryLock(string path, ReadOnlySpan<byte> owner);

    /// <summary>What the holder of a lock wrote into its file; empty when there is none.</summary>
    byte[] ReadLockOwner(string path);

    /// <summary>The name of the network file system that the path lies on, or null when it is local or cannot be told.</summary>
    string? NetworkFileSystemOf(string path);
}

internal enum FileOpening
{
    /// <summary>An existing file, for reading.</summary>
    Read,

    /// <summary>An existing file, for reading and writing.</summary>
    ReadWrite,

    /// <summary>A file for reading and writing, created empty when it is not there.</summary>
    OpenOrCreate,

    /// <summary>A file for reading and writing that must not exist yet.</summary>
    CreateNew,
}

/// <summary>An open file. Reads and writes name their offset, so threads may share it.</summary>
internal interface IFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns the number of bytes read.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>
    /// Fills the buffer if that takes no wait for the device; else false, and the buffer holds anything. False says nothing more: a file
    /// may always say so, and <see cref="Read"/> tells what is the matter.
    /// </summary>
    bool TryReadAtOnce(long offset, Span<byte> buffer) => false;

    void Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>fdatasync: bytes and length reach the device.</summary>
    void Sync();

    /// <summary>
    /// Grows the file to a length and reserves the space on the device, so that writing within it cannot meet a full disk.
    /// Never shrinks.
    /// </summary>
    void Reserve(long length);

    void SetLength(long length);

    /// <summary>The file's bytes for reading in place. It must be sealed: nothing may change or shorten it from now on.</summary>
    MappedBytes Map() => new CopiedBytes(this);
}
