using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Server.Transport;

namespace MemoryEngine.Server.Tests;

/// <summary>Who may be where the socket is, and what becomes of what lies there.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PlaceTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly MemoryStoreOptions Store = new() { Durability = Durability.Process, RecordMemoryBytes = 16 << 20 };

    private readonly string _root = Directory.CreateTempSubdirectory("memengine-place-").FullName;

    private string Pool => Path.Combine(_root, "pool");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_socket_lies_in_the_pool_for_its_owner_alone_and_the_lock_names_it()
    {
        await using var server = await PipeServer.StartAsync(Pool, Store);
        Assert.Equal(Path.Combine(Pool, "pipe"), server.Address);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Address));
        Assert.Equal(server.Address, MemoryStore.FindOwner(Pool)?.Pipe);
    }

    [Fact]
    public async Task Two_servers_of_one_pool_are_impossible_and_the_second_leaves_the_firsts_socket_alone()
    {
        await using var first = await PipeServer.StartAsync(Pool, Store);
        var busy = await Assert.ThrowsAsync<MemoryEngineException>(() => PipeServer.StartAsync(Pool, Store));
        Assert.Equal(ErrorCode.PoolBusy, busy.Code);
        using var client = new RawClient(first.Address);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    [Fact]
    public async Task A_dead_owners_socket_is_replaced()
    {
        Directory.CreateDirectory(Pool);
        await (await MemoryStore.OpenAsync(Pool, Store)).DisposeAsync();
        LeaveSocket(Path.Combine(Pool, "pipe"));
        await using var server = await PipeServer.StartAsync(Pool, Store);
        using var client = new RawClient(server.Address);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    [Fact]
    public async Task A_stale_socket_is_left_alone_by_whoever_does_not_own_the_pool()
    {
        await using var owner = await MemoryStore.OpenAsync(Pool, Store);
        var stale = Path.Combine(Pool, "pipe");
        LeaveSocket(stale);
        var busy = await Assert.ThrowsAsync<MemoryEngineException>(() => PipeServer.StartAsync(Pool, Store));
        Assert.Equal(ErrorCode.PoolBusy, busy.Code);
        Assert.True(File.Exists(stale));
    }

    [Fact]
    public async Task Another_file_at_the_place_is_left_alone()
    {
        await (await MemoryStore.OpenAsync(Pool, Store)).DisposeAsync();
        var path = Path.Combine(Pool, "pipe");
        await File.WriteAllTextAsync(path, "mine");
        await RefusedAsync(null, "another file is there");
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Another_pools_server_keeps_its_socket()
    {
        var shared = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "own"), Private).FullName, "s");
        await using var other = await PipeServer.StartAsync(Path.Combine(_root, "other"), Store, new PipeServerOptions { Address = shared });
        await RefusedAsync(shared, "another pool answers there");
        using var client = new RawClient(other.Address);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    [Fact]
    public async Task A_directory_that_others_can_reach_into_is_refused_and_one_that_is_not_there_is_made_for_the_owner_alone()
    {
        var open = Path.Combine(Directory.CreateDirectory(Path.Combine(_root, "open"), Private | UnixFileMode.OtherExecute).FullName, "s");
        await RefusedAsync(open, "others can reach into");
        var made = Path.Combine(_root, "made", "s");
        await using var server = await PipeServer.StartAsync(Pool, Store, new PipeServerOptions { Address = made });
        Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(_root, "made")));
    }

    [Fact]
    public async Task A_link_in_place_of_the_directory_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real"), Private);
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.Combine(_root, "real"));
        await RefusedAsync(Path.Combine(_root, "link", "s"), "is no directory");
    }

    [Fact]
    public async Task A_path_of_more_than_107_bytes_is_refused_and_never_chosen()
    {
        var tooLong = Path.Combine(_root, new string('x', 107 - Encoding.UTF8.GetByteCount(_root)));
        await RefusedAsync(tooLong, "takes 108 bytes");
        Assert.Equal(Path.Combine(_root, "pipe"), PipeAddress.Unix(_root, "/run/user/1/memengine"));
        var chosen = PipeAddress.Unix(tooLong, "/run/user/1/memengine");
        Assert.StartsWith("/run/user/1/memengine/", chosen, StringComparison.Ordinal);
        Assert.NotEqual(chosen, PipeAddress.Unix(tooLong + "x", "/run/user/1/memengine"));
    }

    [Fact]
    public void A_windows_address_is_the_name_of_a_pipe()
    {
        Assert.Matches(@"^\\\\\.\\pipe\\memengine-[0-9a-f]{16}$", PipeAddress.Windows(Pool));
        Assert.Equal("memengine-x", PipeAddress.WindowsName(@"\\.\pipe\memengine-x"));
        Assert.Null(PipeAddress.WindowsName("/tmp/x"));
        Assert.Null(PipeAddress.WindowsName(@"\\.\pipe\"));
    }

    [RootFact]
    public async Task Another_users_process_cannot_connect()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        await using var server = await PipeServer.StartAsync(Pool, Store);
        Assert.Equal("refused", ConnectAsNobody(server.Address));
        // Where the file's mode does not keep it out, the server does, and answers nothing.
        File.SetUnixFileMode(server.Address, (UnixFileMode)0b110_110_110);
        Assert.Equal("closed", ConnectAsNobody(server.Address));
        using var client = new RawClient(server.Address);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    private static void LeaveSocket(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var elsewhere = path + ".bound";
        socket.Bind(new UnixDomainSocketEndPoint(elsewhere));
        // .NET would take it away with the socket: a process that is killed does not.
        File.Move(elsewhere, path);
    }

    private async Task RefusedAsync(string? address, string why)
    {
        var refused = await Assert.ThrowsAsync<MemoryEngineException>(
            () => PipeServer.StartAsync(Pool, Store, new PipeServerOptions { Address = address }));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        // The pool was closed again.
        await (await MemoryStore.OpenAsync(Pool, Store)).DisposeAsync();
    }

    private static string ConnectAsNobody(string address)
    {
        const string Script = """
            use Socket; $) = 65534; $> = 65534; socket(S, PF_UNIX, SOCK_STREAM, 0) or die;
            unless (connect(S, sockaddr_un($ARGV[0]))) { print "refused"; exit }
            syswrite(S, pack("H*", "940007ab6d656d6f72792e70696e679180"));
            print sysread(S, my $b, 1) ? "answered" : "closed";
            """;
        var start = new ProcessStartInfo("perl") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add(address);
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said;
    }
}
