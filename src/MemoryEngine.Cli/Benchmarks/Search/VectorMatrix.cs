using System.Runtime.InteropServices;
using MemoryEngine.Index;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>Float vectors in memory of their own, more of them than an array may hold.</summary>
internal sealed unsafe class VectorMatrix(int count, int dimension, Metric metric) : IDisposable
{
    private float* _first = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, (long)count * dimension) * sizeof(float), 64);

    public VectorRows Rows => new(_first, count, dimension, metric);

    public Span<float> this[int row] => new(Rows[row], dimension);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_first);
        _first = null;
    }
}
