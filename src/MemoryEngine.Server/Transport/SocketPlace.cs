using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using MemoryEngine.Storage;

namespace MemoryEngine.Server.Transport;

/// <summary>
/// Makes sure that a socket's place is safe: that nobody else can put another socket there. It lies in the pool, or in a directory
/// that nobody but its owner can enter.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class SocketPlace
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Checks the directory, making it when it is not there, and removes what a dead owner of the pool left at the path.</summary>
    /// <exception cref="MemoryEngineException">The place is not safe, or someone is there.</exception>
    public static void Prepare(string path, string pool)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes > PipeAddress.MaxUnixBytes)
            throw Refused(path, $"its path takes {bytes} bytes, and a socket's can take {PipeAddress.MaxUnixBytes}. Choose a shorter one.");
        var directory = Path.GetDirectoryName(path) ?? throw Refused(path, "it is no path of a file.");
        if (UnixFile.Find(directory) is null) Directory.CreateDirectory(directory, OwnerOnly);
        CheckDirectory(path, directory, isPool: Path.GetFullPath(pool) == directory);
        RemoveStale(path);
    }

    private static void CheckDirectory(string path, string directory, bool isPool)
    {
        var found = UnixFile.Find(directory) ?? throw Refused(path, $"{directory} is gone.");
        if (!found.IsDirectory) throw Refused(path, $"{directory} is no directory.");
        if (found.Owner != UnixUser.Current)
            throw Refused(path, $"{directory} belongs to user {found.Owner}, who could put another socket there. Choose a directory of your own.");
        // Whoever may write into the pool has it in hand anyway, but for users of whom its owner knows nothing.
        var forbidden = isPool ? UnixFileMode.OtherWrite : Others;
        if ((found.Mode & forbidden) != 0)
        {
            throw Refused(
                path,
                $"others can reach into {directory} (mode {Convert.ToString((int)found.Mode, 8)}). Use one of mode 700, or the pool's own, " +
                "which is the default.");
        }
    }

    private static void RemoveStale(string path)
    {
        if (UnixFile.Find(path) is not { } found) return;
        if (!found.IsSocket) throw Refused(path, "another file is there. It was left alone; choose another path.");
        if (Answers(path)) throw Refused(path, "a server of another pool answers there. Choose another path.");
        File.Delete(path);
    }

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }

    private static MemoryEngineException Refused(string path, string why) =>
        new(ErrorCode.Storage, $"The pipe cannot be at {path}: {why}");
}
