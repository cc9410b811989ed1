using System.Text;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Storage;

public sealed class PhysicalFileSystemTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("memengine-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_second_lock_is_refused_and_can_read_who_owns_it()
    {
        var files = PhysicalFileSystem.Instance;
        var path = Path.Combine(_directory, "LOCK");
        using (var first = files.TryLock(path, "me"u8))
        {
            Assert.NotNull(first);
            Assert.Null(files.TryLock(path, "you"u8));
            Assert.Equal("me", Encoding.UTF8.GetString(files.ReadLockOwner(path)));
        }
        using var again = files.TryLock(path, "you"u8);
        Assert.NotNull(again);
    }

    [Fact]
    public void Reserve_grows_and_never_shrinks()
    {
        using var file = PhysicalFileSystem.Instance.Open(Path.Combine(_directory, "f"), FileOpening.CreateNew);
        file.Reserve(10_000);
        Assert.Equal(10_000, file.Length);
        file.Reserve(5_000);
        Assert.Equal(10_000, file.Length);
    }
}
