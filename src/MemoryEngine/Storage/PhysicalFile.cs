using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MemoryEngine.Storage;

internal sealed class PhysicalFile(string path, SafeFileHandle handle) : IFile
{
    // The journal syncs 8,000 times a second where nothing may be allocated: the hot calls translate errors in place.
    public string Path => path;

    public long Length => StorageErrors.Translate(path, "read the length of", () => RandomAccess.GetLength(handle));

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(handle, buffer[total..], offset + total);
                if (read == 0) break;
                total += read;
            }
            return total;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(path, "read", e);
        }
    }

    public bool TryReadAtOnce(long offset, Span<byte> buffer) =>
        CachedReads.AreSupported && CachedReads.TryRead(handle, offset, buffer);

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            RandomAccess.Write(handle, data, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(path, "write", e);
        }
    }

    public void Sync()
    {
        if (OperatingSystem.IsLinux())
        {
            if (NativeMethods.FDataSync(handle) != 0)
                throw StorageErrors.FromErrno(path, "sync", Marshal.GetLastPInvokeError());
            return;
        }
        // .NET asks macOS for F_FULLFSYNC and Windows for FlushFileBuffers.
        StorageErrors.Translate(path, "sync", () => RandomAccess.FlushToDisk(handle));
    }

    public void Reserve(long length)
    {
        var current = Length;
        if (length <= current) return;
        if (OperatingSystem.IsLinux())
        {
            var errno = NativeMethods.PosixFAllocate(handle, current, length - current);
            if (errno == 0) return;
            // A failed reservation may leave the file grown; what was not reserved must not look as if it were.
            SetLength(current);
            if (errno is not (NativeMethods.InvalidArgument or NativeMethods.NotSupportedOnLinux))
                throw StorageErrors.FromErrno(path, $"reserve {length - current} bytes for", errno);
        }
        // Elsewhere only written blocks are surely there.
        Span<byte> zeros = stackalloc byte[4096];
        zeros.Clear();
        try
        {
            for (var offset = current; offset < length; offset += zeros.Length)
                Write(offset, zeros[..(int)Math.Min(zeros.Length, length - offset)]);
        }
        catch (MemoryEngineException)
        {
            SetLength(current);
            throw;
        }
    }

    public void SetLength(long length) =>
        StorageErrors.Translate(path, "set the length of", () => RandomAccess.SetLength(handle, length));

    public MappedBytes Map()
    {
        var length = Length;
        // No system maps nothing.
        return length == 0 ? new CopiedBytes(this) : StorageErrors.Translate(path, "map", () => (MappedBytes)new PhysicalMapping(handle, length));
    }

    public void Dispose() => handle.Dispose();
}
