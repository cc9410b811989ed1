using System.Runtime.InteropServices;

namespace MemoryEngine.Storage;

/// <summary>The real disk.</summary>
internal sealed class PhysicalFileSystem : IFileSystem
{
    public static readonly PhysicalFileSystem Instance = new();

    private static readonly string[] NetworkFileSystems =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs", "beegfs"];

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path) =>
        StorageErrors.Translate(path, "create the directory", () => Directory.CreateDirectory(path));

    public IReadOnlyList<string> List(string directory) =>
        StorageErrors.Translate(directory, "list", () =>
        {
            var names = Directory.EnumerateFileSystemEntries(directory).Select(p => System.IO.Path.GetFileName(p)!).ToArray();
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        });

    public IFile Open(string path, FileOpening opening) =>
        StorageErrors.Translate(path, "open", () =>
        {
            var mode = opening switch
            {
                FileOpening.OpenOrCreate => FileMode.OpenOrCreate,
                FileOpening.CreateNew => FileMode.CreateNew,
                _ => FileMode.Open,
            };
            var access = opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite;
            var handle = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);
            return new PhysicalFile(path, handle);
        });

    public void Rename(string from, string to) =>
        StorageErrors.Translate(from, $"rename to {to}", () => File.Move(from, to, overwrite: true));

    public void Delete(string path) => StorageErrors.Translate(path, "delete", () => File.Delete(path));

    public void SyncDirectory(string path)
    {
        // Windows makes names durable with the file system's own journal and cannot open a directory for a flush.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = NativeMethods.Open(path, NativeMethods.OpenReadOnly);
        if (descriptor < 0) throw StorageErrors.FromErrno(path, "open the directory", Marshal.GetLastPInvokeError());
        try
        {
            if (NativeMethods.FSync(descriptor) != 0)
                throw StorageErrors.FromErrno(path, "sync the directory", Marshal.GetLastPInvokeError());
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    public IDisposable? TryLock(string path, ReadOnlySpan<byte> owner)
    {
        Microsoft.Win32.SafeHandles.SafeFileHandle handle;
        try
        {
            // On Unix .NET takes flock(LOCK_EX) for FileShare.None, which the kernel drops when the process dies.
            // Windows readers must be able to open the file to learn who owns it.
            var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
        }
        catch (IOException e) when (StorageErrors.IsSharingViolation(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(path, "lock", e);
        }
        var file = new PhysicalFile(path, handle);
        try
        {
            file.SetLength(0);
            file.Write(0, owner);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return file;
    }

    public unsafe byte[] ReadLockOwner(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!File.Exists(path)) return [];
            return StorageErrors.Translate(path, "read", () =>
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                var content = new byte[Math.Min(stream.Length, 4096)];
                stream.ReadExactly(content);
                return content;
            });
        }
        // .NET's own opening would take a shared lock and fail against the owner's exclusive one.
        var descriptor = NativeMethods.Open(path, NativeMethods.OpenReadOnly);
        if (descriptor < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == NativeMethods.NoSuchFile ? [] : throw StorageErrors.FromErrno(path, "read", errno);
        }
        try
        {
            var buffer = new byte[4096];
            fixed (byte* p = buffer)
            {
                var read = NativeMethods.Read(descriptor, p, buffer.Length);
                if (read < 0) throw StorageErrors.FromErrno(path, "read", Marshal.GetLastPInvokeError());
                return buffer[..(int)read];
            }
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    public string? NetworkFileSystemOf(string path)
    {
        if (OperatingSystem.IsWindows())
            return new Uri(System.IO.Path.GetFullPath(path)).IsUnc ? "UNC share" : null;
        if (!OperatingSystem.IsLinux()) return null;
        // The mount with the longest matching prefix is the one the path lies on.
        var full = System.IO.Path.GetFullPath(path);
        var (longest, type) = (-1, "");
        foreach (var line in File.ReadLines("/proc/mounts"))
        {
            var fields = line.Split(' ');
            if (fields.Length < 3) continue;
            var mount = fields[1].Replace("\\040", " ", StringComparison.Ordinal);
            var below = mount == "/" || full == mount || full.StartsWith(mount + "/", StringComparison.Ordinal);
            if (below && mount.Length >= longest) (longest, type) = (mount.Length, fields[2]);
        }
        return NetworkFileSystems.Contains(type) ? type : null;
    }
}
