using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>One component after the other, as the definition says: the reference for the other variants, and for processors without any.</summary>
internal readonly unsafe struct ScalarKernels : IKernels
{
    public static float Dot(float* a, float* b, int length)
    {
        var sum = 0f;
        for (var i = 0; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    public static float SquaredL2(float* a, float* b, int length)
    {
        var sum = 0f;
        for (var i = 0; i < length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    public static void DotMany(float* query, float* vectors, int stride, int count, int length, float* results)
    {
        for (var i = 0; i < count; i++) results[i] = Dot(query, vectors + ((nint)i * stride), length);
    }

    public static void SquaredL2Many(float* query, float* vectors, int stride, int count, int length, float* results)
    {
        for (var i = 0; i < count; i++) results[i] = SquaredL2(query, vectors + ((nint)i * stride), length);
    }

    public static int DotBytes(sbyte* a, sbyte* b, int length)
    {
        var sum = 0;
        for (var i = 0; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    public static void DotBytesMany(sbyte* query, sbyte* codes, int stride, int count, int length, int* results)
    {
        for (var i = 0; i < count; i++) results[i] = DotBytes(query, codes + ((nint)i * stride), length);
    }

    public static Vector128<int> DotBytesOf4(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length) =>
        Vector128.Create(DotBytes(query, a, length), DotBytes(query, b, length), DotBytes(query, c, length), DotBytes(query, d, length));

    public static int DotNibbles(sbyte* query, byte* code, int codeBytes) => DotFields(query, code, codeBytes, 4);

    public static Vector128<int> DotNibblesOf4(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) => Vector128.Create(
        DotNibbles(query, a, codeBytes), DotNibbles(query, b, codeBytes), DotNibbles(query, c, codeBytes), DotNibbles(query, d, codeBytes));

    public static int DotPairs(sbyte* query, byte* code, int codeBytes) => DotFields(query, code, codeBytes, 2);

    public static int DotBits(sbyte* query, byte* code, int codeBytes) => DotFields(query, code, codeBytes, 1);

    private static int DotFields(sbyte* query, byte* code, int codeBytes, int bits)
    {
        var sum = 0;
        for (var field = 0; field < 8 / bits; field++)
            for (var i = 0; i < codeBytes; i++)
                sum += ((code[i] >> (field * bits)) & ((1 << bits) - 1)) * query[(field * codeBytes) + i];
        return sum;
    }
}
