using BenchmarkDotNet.Attributes;
using MemoryEngine.Kernels;

namespace MemoryEngine.Benchmarks.Micro;

/// <summary>One query with four codes at once, and with one after the other; the codes lie one behind the other. Times are for one code.</summary>
public unsafe class FourCodes
{
    private const int Batch = 64;
    private NativeArray<sbyte> _query = null!;
    private NativeArray<sbyte> _codes = null!;
    private KernelTable _kernels;
    private int _next;

    [Params(384, 768, 1536)]
    public int Dimension { get; set; }

    [Params(64, 8192)]
    public int Codes { get; set; }

    [ParamsSource(nameof(Variants))]
    public string Variant { get; set; } = "";

    public static IEnumerable<string> Variants =>
        VariantNames.Supported.Where(v => v is nameof(KernelVariant.Vector256) or nameof(KernelVariant.Vector512));

    [GlobalSetup]
    public void Setup()
    {
        (_query, _codes) = (NativeArray<sbyte>.Bytes(Dimension, 1), NativeArray<sbyte>.Bytes(Dimension * Codes, 2));
        _kernels = VariantNames.Table(Variant);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _query.Dispose();
        _codes.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int EightBitsAtOnce()
    {
        var code = Next(Dimension);
        var sum = 0;
        for (var i = 0; i < Batch; i += 4, code += 4 * Dimension)
            sum += _kernels.DotBytesOf4(_query.Pointer, code, code + Dimension, code + (2 * Dimension), code + (3 * Dimension), Dimension)[0];
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int EightBitsOneByOne()
    {
        var code = Next(Dimension);
        var sum = 0;
        for (var i = 0; i < Batch; i++, code += Dimension) sum += _kernels.DotBytes(_query.Pointer, code, Dimension);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int FourBitsAtOnce()
    {
        var bytes = Dimension / 2;
        var code = (byte*)Next(bytes);
        var sum = 0;
        for (var i = 0; i < Batch; i += 4, code += 4 * bytes)
            sum += _kernels.DotNibblesOf4(_query.Pointer, code, code + bytes, code + (2 * bytes), code + (3 * bytes), bytes)[0];
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int FourBitsOneByOne()
    {
        var bytes = Dimension / 2;
        var code = (byte*)Next(bytes);
        var sum = 0;
        for (var i = 0; i < Batch; i++, code += bytes) sum += _kernels.DotNibbles(_query.Pointer, code, bytes);
        return sum;
    }

    private sbyte* Next(int bytes)
    {
        _next = (_next + Batch) % Codes;
        return _codes.Pointer + (_next * (nint)bytes);
    }
}
