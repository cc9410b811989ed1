using System.Security.Cryptography;
using System.Text;
using MemoryEngine.Storage;

namespace MemoryEngine.Server.Transport;

/// <summary>Where a pool's server listens.</summary>
internal static class PipeAddress
{
    /// <summary>A socket's path on Linux, without the zero behind it.</summary>
    public const int MaxUnixBytes = 107;

    private const string WindowsPrefix = @"\\.\pipe\";

    /// <summary>The address of a pool for which none was chosen.</summary>
    public static string Default(string pool) => OperatingSystem.IsWindows() ? Windows(pool) : Unix(pool, RuntimeDirectory());

    /// <summary>In the pool, or where its path is too long for a socket, in a directory of the user's own.</summary>
    public static string Unix(string pool, string runtimeDirectory)
    {
        var inPool = Path.Combine(Path.GetFullPath(pool), "pipe");
        return Encoding.UTF8.GetByteCount(inPool) <= MaxUnixBytes ? inPool : Path.Combine(runtimeDirectory, $"{Mark(pool)}.pipe");
    }

    /// <summary>A name that follows from the pool's path.</summary>
    public static string Windows(string pool) => $"{WindowsPrefix}memengine-{Mark(pool)}";

    /// <summary>The name by which .NET knows a pipe; null when the address is none.</summary>
    public static string? WindowsName(string address) =>
        address.StartsWith(WindowsPrefix, StringComparison.OrdinalIgnoreCase) && address.Length > WindowsPrefix.Length
            ? address[WindowsPrefix.Length..]
            : null;

    private static string RuntimeDirectory() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own
            ? Path.Combine(own, "memengine")
            : Path.Combine(Path.GetTempPath(), $"memengine-{UnixUser.Current}");

    private static string Mark(string pool) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(pool))).AsSpan(0, 8));
}
