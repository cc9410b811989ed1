using System.Runtime.InteropServices;

namespace MemoryEngine.Index;

/// <summary>
/// Zeroed memory outside the collected heap. Large blocks begin where a huge page may, so that one address translation covers
/// what would otherwise need five hundred; whether the system uses them is up to the advice given.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const nint HugePage = 2 << 20;
    private byte* _first;

    public NativeBlock(nint bytes, Action<nint, nint>? advise = null)
    {
        var isLarge = bytes >= HugePage;
        Bytes = isLarge ? (bytes + HugePage - 1) & -HugePage : (bytes + 63) & -64;
        _first = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(Bytes, 64), (nuint)(isLarge ? HugePage : 64));
        // Before the first touch: pages are made when they are written to.
        if (isLarge) advise?.Invoke((nint)_first, Bytes);
        NativeMemory.Clear(_first, (nuint)Bytes);
    }

    ~NativeBlock() => Free();

    public nint Bytes { get; }

    public byte* First => _first;

    public void Dispose()
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
