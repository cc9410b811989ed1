using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemoryEngine.Storage;

/// <summary>What Unix knows of a file beside its bytes.</summary>
/// <param name="Owner">The user whose it is.</param>
/// <param name="Mode">Who may do what with it: the lowest nine bits.</param>
/// <param name="IsSocket">Whether it is a socket.</param>
/// <param name="IsDirectory">Whether it is a directory; a link to one is none.</param>
internal readonly record struct UnixFile(uint Owner, UnixFileMode Mode, bool IsSocket, bool IsDirectory)
{
    private const int StructureBytes = 256;
    private const int TypeMask = 0xF000;
    private const int Socket = 0xC000;
    private const int Directory = 0x4000;

    /// <summary>Looks at a path without following a link; null when nothing is there.</summary>
    public static unsafe UnixFile? Find(string path)
    {
        var bytes = stackalloc byte[StructureBytes];
        var isLinux = OperatingSystem.IsLinux();
        var failed = isLinux
            ? NativeMethods.StatX(NativeMethods.CurrentDirectory, path, NativeMethods.NoFollow, NativeMethods.StatTypeModeOwner, bytes)
            : RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? NativeMethods.LStatArm(path, bytes)
            : NativeMethods.LStatIntel(path, bytes);
        if (failed != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == NativeMethods.NoSuchFile ? null : throw StorageErrors.FromErrno(path, "look at", errno);
        }
        // Where the owner and the mode stand in struct statx, and in macOS's struct stat.
        var (ownerOffset, modeOffset) = isLinux ? (20, 28) : (16, 4);
        var found = new ReadOnlySpan<byte>(bytes, StructureBytes);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(found[modeOffset..]);
        return new UnixFile(
            BinaryPrimitives.ReadUInt32LittleEndian(found[ownerOffset..]), (UnixFileMode)(mode & 0x1FF), (mode & TypeMask) == Socket,
            (mode & TypeMask) == Directory);
    }
}

/// <summary>Which user a process acts for.</summary>
internal static class UnixUser
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int MacLocalLevel = 0;
    private const int MacPeerCredentials = 1;

    /// <summary>This process's.</summary>
    public static uint Current => NativeMethods.GetEffectiveUserId();

    /// <summary>That of the process at the other end of a Unix socket, when it connected.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not tell.</exception>
    public static uint Of(System.Net.Sockets.Socket socket)
    {
        Span<byte> credentials = stackalloc byte[96];
        if (OperatingSystem.IsLinux())
        {
            // pid, uid, gid.
            var size = socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
            return size >= 12 ? MemoryMarshal.Read<uint>(credentials[4..]) : throw Unknown();
        }
        if (OperatingSystem.IsMacOS())
        {
            // Version (0), uid, groups.
            var size = socket.GetRawSocketOption(MacLocalLevel, MacPeerCredentials, credentials);
            return size >= 8 && MemoryMarshal.Read<uint>(credentials) == 0 ? MemoryMarshal.Read<uint>(credentials[4..]) : throw Unknown();
        }
        throw Unknown();
    }

    private static PlatformNotSupportedException Unknown() =>
        new("This system does not tell which user is at the other end of a socket.");
}
