using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index.Lexical;

/// <summary>
/// A section in memory whose end is the end of what may be read: on Linux the next page cannot be touched, so that a read
/// past the section ends the test run. A request outside the section fails everywhere.
/// </summary>
internal sealed unsafe partial class GuardedBytes : IVerifiedBytes, IDisposable
{
    private const int Page = 4096;
    private const int ReadAndWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly nint _mapped;
    private readonly nint _mappedBytes;
    private readonly byte* _first;

    public GuardedBytes(ReadOnlySpan<byte> bytes)
    {
        Length = bytes.Length;
        var room = (bytes.Length + Page - 1) / Page * Page;
        _mappedBytes = room + Page;
        if (OperatingSystem.IsLinux())
        {
            _mapped = Map(0, _mappedBytes, ReadAndWrite, PrivateAnonymous, -1, 0);
            Assert.NotEqual(-1, _mapped);
            Assert.Equal(0, Protect(_mapped + room, Page, 0));
        }
        else _mapped = (nint)NativeMemory.Alloc((nuint)_mappedBytes);
        _first = (byte*)_mapped + room - bytes.Length;
        bytes.CopyTo(new Span<byte>(_first, bytes.Length));
    }

    public long Length { get; }

    /// <summary>How often a part was asked for.</summary>
    public int Requests { get; private set; }

    /// <summary>The bytes, to be damaged.</summary>
    public Span<byte> Content => new(_first, (int)Length);

    public byte* At(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length) Assert.Fail($"{length} bytes at {offset} of {Length} were asked for.");
        Requests++;
        return _first + offset;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) Assert.Equal(0, Unmap(_mapped, _mappedBytes));
        else NativeMemory.Free((void*)_mapped);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint bytes);
}
