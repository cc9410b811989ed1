using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>One pair of float vectors in the cache: each variant beside System.Numerics.Tensors, which chooses its own width.</summary>
public unsafe class FloatPairs
{
    private NativeArray<float> _a = null!;
    private NativeArray<float> _b = null!;
    private KernelTable _kernels;

    [Params(384, 768, 1536)]
    public int Dimension { get; set; }

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    public static IEnumerable<string> Variants => [.. VariantNames.Supported, "Tensors"];

    [GlobalSetup]
    public void Setup()
    {
        (_a, _b) = (NativeArray<float>.Floats(Dimension, 1), NativeArray<float>.Floats(Dimension, 2));
        _kernels = VariantNames.Table(Variant);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Benchmark]
    public float Dot() => Variant == "Tensors"
        ? TensorPrimitives.Dot<float>(_a.Span, _b.Span)
        : _kernels.Dot(_a.Pointer, _b.Pointer, Dimension);

    [Benchmark]
    public float SquaredL2()
    {
        if (Variant != "Tensors") return _kernels.SquaredL2(_a.Pointer, _b.Pointer, Dimension);
        var distance = TensorPrimitives.Distance<float>(_a.Span, _b.Span);
        return distance * distance;
    }
}
