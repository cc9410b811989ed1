using System.Runtime.InteropServices;

namespace MemoryEngine.Storage;

/// <summary>
/// The bytes of a sealed file where they can be read without a call. They stay until this is disposed or, at the latest, nobody
/// refers to it any more.
/// </summary>
internal abstract unsafe class MappedBytes : IDisposable
{
    public abstract byte* First { get; }

    public abstract long Length { get; }

    public abstract void Dispose();
}

/// <summary>A copy in memory, for disks that cannot be mapped.</summary>
internal sealed unsafe class CopiedBytes : MappedBytes
{
    private byte* _first;

    public CopiedBytes(IFile file)
    {
        Length = file.Length;
        _first = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(Length, 64), 4096);
        for (long at = 0; at < Length;)
        {
            var read = file.Read(at, new Span<byte>(_first + at, (int)Math.Min(1 << 24, Length - at)));
            if (read == 0) throw new CorruptionException(file.Path, at, $"{Length} bytes", "the file's end");
            at += read;
        }
    }

    ~CopiedBytes() => Free();

    public override byte* First => _first;

    public override long Length { get; }

    public override void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_first);
        _first = null;
    }
}
