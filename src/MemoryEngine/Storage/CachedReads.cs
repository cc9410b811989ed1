using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MemoryEngine.Storage;

/// <summary>
/// Reads what the system holds in its page cache and nothing else, so that the caller never waits for a device: Linux's
/// <c>preadv2</c> with <c>RWF_NOWAIT</c>. File systems that cannot say refuse it.
/// </summary>
internal static class CachedReads
{
    private const int NoWait = 0x8;

    /// <summary>Whether this system can be asked. C libraries have the call since 2017 (glibc) and 2024 (musl).</summary>
    public static bool AreSupported { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", typeof(CachedReads).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, "preadv2", out _);

    /// <summary>Fills the buffer, or false: not all of it is cached, the file ends before, or it cannot be told.</summary>
    public static unsafe bool TryRead(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var vector = new NativeMethods.IoVector { Start = start, Length = (nuint)buffer.Length };
            return NativeMethods.PReadV2(file, &vector, 1, offset, NoWait) == buffer.Length;
        }
    }
}
