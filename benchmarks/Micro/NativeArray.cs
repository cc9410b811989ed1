using System.Runtime.InteropServices;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>Memory at a cache line's boundary, filled with random values that the kernels accept.</summary>
internal sealed unsafe class NativeArray<T>(int length) : IDisposable
    where T : unmanaged
{
    public T* Pointer { get; } = (T*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(T), 64);

    public Span<T> Span => new(Pointer, length);

    public static NativeArray<float> Floats(int length, int seed)
    {
        var (array, random) = (new NativeArray<float>(length), new Random(seed));
        foreach (ref var value in array.Span) value = random.NextSingle() - 0.5f;
        return array;
    }

    public static NativeArray<sbyte> Bytes(int length, int seed)
    {
        var (array, random) = (new NativeArray<sbyte>(length), new Random(seed));
        foreach (ref var value in array.Span) value = (sbyte)random.Next(-127, 128);
        return array;
    }

    public void Dispose() => NativeMemory.AlignedFree(Pointer);
}
