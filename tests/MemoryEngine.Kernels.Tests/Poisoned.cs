using System.Runtime.InteropServices;

namespace MemoryEngine.Kernels.Tests;

/// <summary>
/// Values at an address that no vector instruction prefers, between others that would show in any result that took them in.
/// </summary>
internal sealed unsafe class Poisoned<T> : IDisposable
    where T : unmanaged
{
    private const int Margin = 160;
    private readonly byte* _memory;

    public Poisoned(ReadOnlySpan<T> values, T poison, int misalignment)
    {
        var before = Margin + (misalignment * sizeof(T));
        var total = (2 * Margin) + before + (values.Length * sizeof(T));
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)total, 64);
        new Span<T>(_memory, total / sizeof(T)).Fill(poison);
        Pointer = (T*)(_memory + before);
        values.CopyTo(new Span<T>(Pointer, values.Length));
    }

    public T* Pointer { get; }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
