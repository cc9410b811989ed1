using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MemoryEngine.Storage;

/// <summary>The calls that .NET lacks, all on this page. Unix only; callers choose another way elsewhere.</summary>
internal static partial class NativeMethods
{
    public const int OpenReadOnly = 0;
    public const int NoSuchFile = 2;
    public const int NoSpace = 28;
    public const int InvalidArgument = 22;
    public const int NotSupportedOnLinux = 95;
    public const int AdviseWillNeed = 3;
    public const int AdviseHugePage = 14;
    public const int CurrentDirectory = -100;
    public const int NoFollow = 0x100;
    public const uint StatTypeModeOwner = 0x1 | 0x2 | 0x8;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int FSync(int fileDescriptor);

    // Returns the error instead of setting errno.
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int PosixFAllocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int fileDescriptor, byte* buffer, nint count);

    // Linux, where the C library has it.
    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static unsafe partial nint PReadV2(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fileDescriptor);

    // Linux takes 0 for the calling thread.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    public static partial int SetPriority(int which, int who, int niceness);

    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int MAdvise(nint address, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    // Linux: its structure is the same on every processor, unlike that of stat.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* result);

    // macOS: the structure with 64-bit inodes, which on Apple's processors is the only one.
    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int LStatArm(string path, byte* result);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int LStatIntel(string path, byte* result);

    /// <summary>struct iovec.</summary>
    public unsafe struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }
}
