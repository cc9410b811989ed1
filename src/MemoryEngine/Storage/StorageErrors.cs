using System.Runtime.InteropServices;

namespace MemoryEngine.Storage;

/// <summary>Turns what the operating system says into <see cref="MemoryEngineException"/>s that say what to do.</summary>
internal static class StorageErrors
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int ReadOnlyFileSystem = 30;
    private const int DiskQuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int PermissionDenied = 13;
    private const int NotPermitted = 1;

    public static bool IsSharingViolation(IOException e) =>
        e.HResult is SharingViolation or WouldBlock or WouldBlockOnMac;

    public static void Translate(string path, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw From(path, what, e);
        }
    }

    public static T Translate<T>(string path, string what, Func<T> function)
    {
        try
        {
            return function();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw From(path, what, e);
        }
    }

    public static MemoryEngineException From(string path, string what, Exception e) => e switch
    {
        UnauthorizedAccessException => ReadOnly(path, what, e),
        // .NET carries the raw errno in HResult on Unix.
        _ when e.HResult is ReadOnlyFileSystem => ReadOnly(path, what, e),
        _ when e.HResult is NativeMethods.NoSpace or DiskQuotaExceeded or WindowsDiskFull => DiskFull(path, what, e),
        _ => new(ErrorCode.Storage, $"Could not {what} {path}: {e.Message}", e),
    };

    public static MemoryEngineException FromErrno(string path, string what, int errno) => errno switch
    {
        NativeMethods.NoSpace or DiskQuotaExceeded => DiskFull(path, what, null),
        ReadOnlyFileSystem or PermissionDenied or NotPermitted => ReadOnly(path, what, null),
        _ => new(ErrorCode.Storage, $"Could not {what} {path}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})."),
    };

    public static MemoryEngineException DiskFull(string path, string what, Exception? inner) => new(
        ErrorCode.DiskFull,
        $"Could not {what} {path}: the disk or the quota is full. Nothing that was acknowledged is lost; free some space and try again.",
        inner);

    public static MemoryEngineException ReadOnly(string path, string what, Exception? inner) => new(
        ErrorCode.ReadOnly,
        $"Could not {what} {path}: the disk or the permissions do not allow it. Nothing was changed; " +
        "make it writable, or open the pool read-only.",
        inner);
}
