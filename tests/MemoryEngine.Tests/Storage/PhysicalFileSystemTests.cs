using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Storage;

/// <summary>
/// What the kernel answers when a disk is full or takes no writes, told apart by code. Linux offers places that behave
/// so for every user, root included; elsewhere there is nothing to ask and these tests check nothing.
/// </summary>
public sealed class PhysicalFileSystemTests
{
    private const string SharedMemory = "/dev/shm";

    [Fact]
    public void A_write_that_meets_a_full_disk_says_so()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var file = PhysicalFileSystem.Instance.Open("/dev/full", FileOpening.ReadWrite);
        var error = Assert.Throws<MemoryEngineException>(() => file.Write(0, "x"u8));
        Assert.Equal(ErrorCode.DiskFull, error.Code);
        Assert.StartsWith("Could not write /dev/full: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reservation_that_does_not_fit_says_so_and_leaves_the_file_as_it_was()
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(SharedMemory)) return;
        // A memory file system refuses more than it has before it takes any of it, so this disturbs nobody.
        var tooMuch = new DriveInfo(SharedMemory).TotalSize + (1L << 30);
        var path = Path.Combine(SharedMemory, Path.GetRandomFileName());
        try
        {
            using var file = PhysicalFileSystem.Instance.Open(path, FileOpening.CreateNew);
            file.Write(0, "kept"u8);
            var error = Assert.Throws<MemoryEngineException>(() => file.Reserve(tooMuch));
            Assert.Equal(ErrorCode.DiskFull, error.Code);
            Assert.Equal(4, file.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A file system that cannot tell refuses, so what is asked for is only that an answer is right, and none made up.</summary>
    [Fact]
    public void What_is_read_at_once_is_what_was_written_and_nothing_past_the_end_is()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var written = new byte[20_000];
            new Random(3).NextBytes(written);
            using var file = PhysicalFileSystem.Instance.Open(path, FileOpening.CreateNew);
            file.Write(0, written);
            var buffer = new byte[5_000];
            foreach (var offset in new[] { 0, 1, 4_095, 15_000 })
                if (file.TryReadAtOnce(offset, buffer)) Assert.True(buffer.AsSpan().SequenceEqual(written.AsSpan(offset, buffer.Length)));
            foreach (var offset in new[] { 15_001, 19_999, 20_000, 1 << 30 }) Assert.False(file.TryReadAtOnce(offset, buffer));
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => file.Read(0, buffer));
            if (OperatingSystem.IsLinux()) Assert.Throws<ObjectDisposedException>(() => file.TryReadAtOnce(0, buffer));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_directory_that_takes_no_files_is_read_only()
    {
        if (!OperatingSystem.IsLinux()) return;
        var error = Assert.Throws<MemoryEngineException>(
            () => PhysicalFileSystem.Instance.Open("/sys/memengine", FileOpening.CreateNew));
        Assert.Equal(ErrorCode.ReadOnly, error.Code);
        error = Assert.Throws<MemoryEngineException>(() => PhysicalFileSystem.Instance.TryLock("/sys/LOCK", "me"u8));
        Assert.Equal(ErrorCode.ReadOnly, error.Code);
    }
}
