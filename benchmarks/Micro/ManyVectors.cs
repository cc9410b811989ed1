using BenchmarkDotNet.Attributes;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>
/// One query with many vectors of 768 dimensions, in one call and one by one; in the second-level cache and far beyond it.
/// Times are for one vector.
/// </summary>
public unsafe class ManyVectors
{
    private const int Dimension = 768;
    private const int Batch = 64;
    private NativeArray<float> _query = null!;
    private NativeArray<float> _vectors = null!;
    private NativeArray<float> _results = null!;
    private KernelTable _kernels;
    private int _next;

    [Params(64, 65536)]
    public int Vectors { get; set; }

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    public static IEnumerable<string> Variants => VariantNames.Supported.Where(v => v != nameof(KernelVariant.Scalar));

    [GlobalSetup]
    public void Setup()
    {
        _query = NativeArray<float>.Floats(Dimension, 1);
        _vectors = NativeArray<float>.Floats(Dimension * Vectors, 2);
        _results = NativeArray<float>.Floats(Batch, 3);
        // The bytes of floats as codes: only −128 among them would not do.
        foreach (ref var value in new Span<sbyte>(_vectors.Pointer, 4 * Dimension * Vectors)) value = Math.Max(value, (sbyte)-127);
        foreach (ref var value in _vectors.Span) value = float.IsFinite(value) ? value : 0f;
        _kernels = VariantNames.Table(Variant);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _query.Dispose();
        _vectors.Dispose();
        _results.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void FloatsInOneCall() =>
        _kernels.SquaredL2Many(_query.Pointer, _vectors.Pointer + (Advance() * (nint)Dimension), Dimension, Batch, Dimension, _results.Pointer);

    [Benchmark(OperationsPerInvoke = Batch)]
    public void FloatsOneByOne()
    {
        var from = _vectors.Pointer + (Advance() * (nint)Dimension);
        for (var i = 0; i < Batch; i++)
            _results.Pointer[i] = _kernels.SquaredL2(_query.Pointer, from + (i * (nint)Dimension), Dimension);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void BytesInOneCall() =>
        _kernels.DotBytesMany((sbyte*)_query.Pointer, Codes(), Dimension, Batch, Dimension, (int*)_results.Pointer);

    [Benchmark(OperationsPerInvoke = Batch)]
    public void BytesOneByOne()
    {
        var from = Codes();
        for (var i = 0; i < Batch; i++)
            ((int*)_results.Pointer)[i] = _kernels.DotBytes((sbyte*)_query.Pointer, from + (i * (nint)Dimension), Dimension);
    }

    /// <summary>Codes take a quarter of the bytes, so they lie four times as densely, over a quarter of the memory.</summary>
    private sbyte* Codes() => (sbyte*)_vectors.Pointer + (Advance() * (nint)Dimension);

    private int Advance()
    {
        _next = (_next + Batch) % Vectors;
        return _next;
    }
}
