using System.Text;
using MemoryEngine.Storage;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Storage;

/// <summary>
/// What every file system behind the seam must do. The real and the simulated disk run the same tests, so that what
/// is proven on the one holds on the other.
/// </summary>
public abstract class FileSystemContractTests
{
    private protected abstract IFileSystem Files { get; }

    /// <summary>An empty directory that exists.</summary>
    private protected abstract string Root { get; }

    [Fact]
    public void Only_OpenOrCreate_and_CreateNew_create_a_file()
    {
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Open(At("a"), FileOpening.Read)));
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Open(At("a"), FileOpening.ReadWrite)));
        Assert.False(Files.FileExists(At("a")));
        Files.Open(At("a"), FileOpening.OpenOrCreate).Dispose();
        Files.Open(At("b"), FileOpening.CreateNew).Dispose();
        Assert.Equal(["a", "b"], Files.List(Root));
    }

    [Fact]
    public void CreateNew_refuses_an_existing_file_and_OpenOrCreate_keeps_its_content()
    {
        Put("a", "old"u8);
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Open(At("a"), FileOpening.CreateNew)));
        using var file = Files.Open(At("a"), FileOpening.OpenOrCreate);
        Assert.Equal(3, file.Length);
        Assert.Equal(At("a"), file.Path);
    }

    [Fact]
    public void A_missing_directory_is_a_storage_error_that_names_the_path()
    {
        var path = Path.Combine(At("missing"), "a");
        var error = Assert.Throws<MemoryEngineException>(() => Files.Open(path, FileOpening.CreateNew));
        Assert.Equal(ErrorCode.Storage, error.Code);
        Assert.StartsWith($"Could not open {path}: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.List(At("missing"))));
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Delete(path)));
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.TryLock(path, "me"u8)));
        Put("a", "x"u8);
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Rename(At("a"), path)));
    }

    [Fact]
    public void CreateDirectory_makes_those_above_and_does_not_mind_one_that_exists()
    {
        var deep = Path.Combine(Root, "x", "y");
        Files.CreateDirectory(deep);
        Files.CreateDirectory(deep);
        Assert.True(Files.DirectoryExists(At("x")));
        Assert.True(Files.DirectoryExists(deep));
        Assert.True(Files.DirectoryExists(deep + Path.DirectorySeparatorChar));
        Assert.False(Files.FileExists(deep));
        Put("a", "x"u8);
        Assert.False(Files.DirectoryExists(At("a")));
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.CreateDirectory(At("a"))));
    }

    [Fact]
    public void List_gives_names_of_files_and_directories_in_ordinal_order_and_not_what_is_below()
    {
        foreach (var name in new[] { "b", "a10", "B", "a2", "_" }) Put(name, "x"u8);
        Files.CreateDirectory(Path.Combine(Root, "a", "below"));
        Assert.Equal(["B", "_", "a", "a10", "a2", "b"], Files.List(Root));
        Assert.Equal(["below"], Files.List(At("a")));
        Assert.Empty(Files.List(Path.Combine(Root, "a", "below")));
    }

    [Fact]
    public void Reading_past_the_end_returns_what_there_is()
    {
        Put("a", "hello"u8);
        using var file = Files.Open(At("a"), FileOpening.Read);
        var buffer = new byte[8];
        Assert.Equal(5, file.Read(0, buffer));
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, 5));
        Assert.Equal(2, file.Read(3, buffer));
        Assert.Equal(0, file.Read(5, buffer));
        Assert.Equal(0, file.Read(1_000_000, buffer));
    }

    [Fact]
    public void Writing_beyond_the_end_grows_the_file_and_leaves_zeros_between()
    {
        using var file = Files.Open(At("a"), FileOpening.CreateNew);
        file.Write(0, "ab"u8);
        file.Write(10_000, "z"u8);
        Assert.Equal(10_001, file.Length);
        var expected = new byte[10_001];
        (expected[0], expected[1], expected[10_000]) = ((byte)'a', (byte)'b', (byte)'z');
        Assert.Equal(expected, Get("a"));
        file.Write(20_000, []);
        Assert.Equal(10_001, file.Length);
    }

    [Fact]
    public void A_write_is_seen_by_every_other_opening_at_once()
    {
        using var writer = Files.Open(At("a"), FileOpening.CreateNew);
        using var reader = Files.Open(At("a"), FileOpening.Read);
        var content = new byte[9_000];
        new Random(1).NextBytes(content);
        writer.Write(0, content);
        writer.Write(4_090, "overwritten"u8);
        "overwritten"u8.CopyTo(content.AsSpan(4_090));
        var seen = new byte[content.Length];
        Assert.Equal(seen.Length, reader.Read(0, seen));
        Assert.Equal(content, seen);
    }

    [Fact]
    public void A_file_opened_for_reading_refuses_a_write()
    {
        Put("a", "x"u8);
        using var file = Files.Open(At("a"), FileOpening.Read);
        Assert.Equal(ErrorCode.ReadOnly, CodeOf(() => file.Write(0, "y"u8)));
        Assert.Equal("x"u8, Get("a"));
    }

    [Fact]
    public void Reserve_grows_with_zeros_and_never_shrinks()
    {
        using var file = Files.Open(At("a"), FileOpening.CreateNew);
        file.Write(0, "ab"u8);
        file.Reserve(10_000);
        Assert.Equal(10_000, file.Length);
        file.Reserve(5_000);
        Assert.Equal(10_000, file.Length);
        Assert.Equal([.. "ab"u8, .. new byte[9_998]], Get("a"));
    }

    [Fact]
    public void SetLength_cuts_and_what_was_cut_never_comes_back()
    {
        Put("a", [.. Enumerable.Repeat((byte)7, 9_000)]);
        using var file = Files.Open(At("a"), FileOpening.ReadWrite);
        file.SetLength(100);
        Assert.Equal(100, file.Length);
        file.SetLength(9_000);
        Assert.Equal([.. Enumerable.Repeat((byte)7, 100), .. new byte[8_900]], Get("a"));
    }

    [Fact]
    public void Negative_offsets_and_lengths_are_argument_errors()
    {
        using var file = Files.Open(At("a"), FileOpening.CreateNew);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Write(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.SetLength(-1));
    }

    [Fact]
    public void Sync_of_files_and_directories_changes_nothing_that_can_be_seen()
    {
        using var file = Files.Open(At("a"), FileOpening.CreateNew);
        file.Write(0, "abc"u8);
        file.Sync();
        Files.SyncDirectory(Root);
        Assert.Equal("abc"u8, Get("a"));
        Assert.Equal(["a"], Files.List(Root));
    }

    [Fact]
    public void Rename_replaces_and_the_open_files_keep_their_content()
    {
        Put("new", "new"u8);
        Put("old", "old"u8);
        using var replaced = Files.Open(At("old"), FileOpening.Read);
        using var moved = Files.Open(At("new"), FileOpening.Read);
        Files.Rename(At("new"), At("old"));
        Assert.Equal(["old"], Files.List(Root));
        Assert.Equal("new"u8, Get("old"));
        Assert.Equal("old"u8, Content(replaced));
        Assert.Equal("new"u8, Content(moved));
    }

    [Fact]
    public void Rename_moves_between_directories_and_refuses_what_is_not_there()
    {
        Files.CreateDirectory(At("x"));
        Put("a", "a"u8);
        Files.Rename(At("a"), Path.Combine(Root, "x", "b"));
        Assert.Equal(["x"], Files.List(Root));
        Assert.Equal(["b"], Files.List(At("x")));
        Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Rename(At("a"), At("c"))));
        Files.Rename(Path.Combine(Root, "x", "b"), Path.Combine(Root, "x", "b"));
        Assert.Equal(["b"], Files.List(At("x")));
    }

    [Fact]
    public void Delete_removes_a_file_and_does_not_mind_one_that_is_not_there()
    {
        Put("a", "a"u8);
        using var file = Files.Open(At("a"), FileOpening.Read);
        Files.Delete(At("a"));
        Files.Delete(At("a"));
        Assert.False(Files.FileExists(At("a")));
        Assert.Equal("a"u8, Content(file));
    }

    [Fact]
    public void A_second_lock_is_refused_until_the_first_is_released_and_can_read_who_holds_it()
    {
        Assert.Empty(Files.ReadLockOwner(At("LOCK")));
        using (var first = Files.TryLock(At("LOCK"), "the first owner"u8))
        {
            Assert.NotNull(first);
            Assert.Null(Files.TryLock(At("LOCK"), "me"u8));
            Assert.Equal("the first owner"u8, Files.ReadLockOwner(At("LOCK")));
            Assert.Equal(ErrorCode.Storage, CodeOf(() => Files.Open(At("LOCK"), FileOpening.ReadWrite)));
        }
        using var second = Files.TryLock(At("LOCK"), "me"u8);
        Assert.NotNull(second);
        Assert.Equal("me"u8, Files.ReadLockOwner(At("LOCK")));
    }

    [Fact]
    public void A_lock_released_twice_does_not_free_the_next_owner()
    {
        var first = Files.TryLock(At("LOCK"), "a"u8)!;
        first.Dispose();
        using var second = Files.TryLock(At("LOCK"), "b"u8);
        first.Dispose();
        Assert.Null(Files.TryLock(At("LOCK"), "c"u8));
    }

    [Fact]
    public void An_open_file_cannot_be_locked()
    {
        using (Files.Open(At("a"), FileOpening.CreateNew)) Assert.Null(Files.TryLock(At("a"), "me"u8));
        using var owner = Files.TryLock(At("a"), "me"u8);
        Assert.NotNull(owner);
    }

    [Fact]
    public void A_closed_file_is_closed()
    {
        var file = Files.Open(At("a"), FileOpening.CreateNew);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Write(0, "x"u8));
        Assert.Throws<ObjectDisposedException>(() => file.Read(0, new byte[1]));
        Assert.Throws<ObjectDisposedException>(file.Sync);
        Assert.Throws<ObjectDisposedException>(() => file.Length);
    }

    [Fact]
    public void A_local_directory_lies_on_no_network_file_system() => Assert.Null(Files.NetworkFileSystemOf(Root));

    private protected static ErrorCode CodeOf(Action action) => Assert.Throws<MemoryEngineException>(action).Code;

    private static byte[] Content(IFile file)
    {
        var content = new byte[file.Length];
        Assert.Equal(content.Length, file.Read(0, content));
        return content;
    }

    private string At(string name) => Path.Combine(Root, name);

    private byte[] Get(string name)
    {
        using var file = Files.Open(At(name), FileOpening.Read);
        return Content(file);
    }

    private void Put(string name, ReadOnlySpan<byte> content)
    {
        using var file = Files.Open(At(name), FileOpening.CreateNew);
        file.Write(0, content);
    }
}

public sealed class PhysicalFileSystemContractTests : FileSystemContractTests, IDisposable
{
    private protected override IFileSystem Files => PhysicalFileSystem.Instance;

    private protected override string Root { get; } = Directory.CreateTempSubdirectory("memengine-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

public sealed class SimulatedFileSystemContractTests : FileSystemContractTests
{
    public SimulatedFileSystemContractTests() => Files.CreateDirectory(Root);

    private protected override IFileSystem Files { get; } = new SimulatedFileSystem();

    private protected override string Root => Path.GetFullPath("/pool");
}
