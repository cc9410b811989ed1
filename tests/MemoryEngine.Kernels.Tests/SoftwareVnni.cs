using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels.Tests;

/// <summary>
/// <see cref="CodeLanesVnni"/> with its one instruction done in software, so that its way through the bodies is tested on
/// processors without AVX-VNNI too: four products of unsigned by signed bytes go to each 32-bit sum, nothing saturates.
/// </summary>
internal readonly unsafe struct SoftwareVnni(Vector256<int> sums) : ICodeLanes<SoftwareVnni>
{
    private readonly Vector256<int> _sums = sums;

    public static int Count => Vector256<byte>.Count;

    public static bool TakesWholeBytes => true;

    public static SoftwareVnni AddProducts(sbyte* a, sbyte* b, SoftwareVnni sums) => AddProducts(a, b, Count, sums);

    public static SoftwareVnni AddProductsOf16(sbyte* a, sbyte* b, SoftwareVnni sums) => AddProducts(a, b, 16, sums);

    public static SoftwareVnni AddMasked(byte* code, int shift, byte mask, sbyte* query, SoftwareVnni sums) =>
        AddMasked(code, shift, mask, query, Count, sums);

    public static SoftwareVnni AddMaskedOf16(byte* code, int shift, byte mask, sbyte* query, SoftwareVnni sums) =>
        AddMasked(code, shift, mask, query, 16, sums);

    public static SoftwareVnni Add(SoftwareVnni a, SoftwareVnni b) => new(a._sums + b._sums);

    public static SoftwareVnni ShiftDown(SoftwareVnni sums, int shift) => new(sums._sums >> shift);

    public static int Sum(SoftwareVnni sums) => Vector256.Sum(sums._sums);

    private static SoftwareVnni AddProducts(sbyte* a, sbyte* b, int count, SoftwareVnni sums)
    {
        Span<byte> unsigned = stackalloc byte[Count];
        Span<sbyte> signed = stackalloc sbyte[Count];
        for (var i = 0; i < count; i++)
            (unsigned[i], signed[i]) = ((byte)Math.Abs((int)a[i]), (sbyte)(Math.Sign(a[i]) * b[i]));
        return MultiplyAndAdd(unsigned, signed, sums);
    }

    private static SoftwareVnni AddMasked(byte* code, int shift, byte mask, sbyte* query, int count, SoftwareVnni sums)
    {
        Assert.Equal(0, shift);
        Span<byte> unsigned = stackalloc byte[Count];
        Span<sbyte> signed = stackalloc sbyte[Count];
        for (var i = 0; i < count; i++) (unsigned[i], signed[i]) = ((byte)(code[i] & mask), query[i]);
        return MultiplyAndAdd(unsigned, signed, sums);
    }

    private static SoftwareVnni MultiplyAndAdd(ReadOnlySpan<byte> unsigned, ReadOnlySpan<sbyte> signed, SoftwareVnni sums)
    {
        var result = sums._sums;
        for (var lane = 0; lane < Vector256<int>.Count; lane++)
            for (var i = 4 * lane; i < 4 * (lane + 1); i++)
                result = result.WithElement(lane, result[lane] + (unsigned[i] * signed[i]));
        return new(result);
    }
}
