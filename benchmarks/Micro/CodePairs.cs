using BenchmarkDotNet.Attributes;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>A query and a code in the cache, at each number of bits, in each variant.</summary>
public unsafe class CodePairs
{
    private NativeArray<sbyte> _query = null!;
    private NativeArray<sbyte> _code = null!;
    private KernelTable _kernels;

    [Params(384, 768, 1536)]
    public int Dimension { get; set; }

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    public static IEnumerable<string> Variants => VariantNames.Supported;

    [GlobalSetup]
    public void Setup()
    {
        (_query, _code) = (NativeArray<sbyte>.Bytes(Dimension, 1), NativeArray<sbyte>.Bytes(Dimension, 2));
        _kernels = VariantNames.Table(Variant);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _query.Dispose();
        _code.Dispose();
    }

    [Benchmark]
    public int EightBits() => _kernels.DotBytes(_query.Pointer, _code.Pointer, Dimension);

    [Benchmark]
    public int FourBits() => _kernels.DotNibbles(_query.Pointer, (byte*)_code.Pointer, Dimension / 2);

    [Benchmark]
    public int TwoBits() => _kernels.DotPairs(_query.Pointer, (byte*)_code.Pointer, Dimension / 4);

    [Benchmark]
    public int OneBit() => _kernels.DotBits(_query.Pointer, (byte*)_code.Pointer, Dimension / 8);
}
