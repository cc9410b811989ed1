using System.Runtime.Intrinsics;

namespace MemoryEngine.Kernels;

/// <summary>
/// A variant: a width for floats, one for codes, and how four codes are compared. <see cref="KernelDispatch"/> names those that there are.
/// </summary>
internal readonly unsafe struct VectorKernels<TFloats, TCodes, TFours> : IKernels
    where TFloats : struct, IFloatLanes<TFloats>
    where TCodes : struct, ICodeLanes<TCodes>
    where TFours : struct, IFourCodes
{
    public static float Dot(float* a, float* b, int length) => FloatBody.One<TFloats, DotStep>(a, b, length);

    public static float SquaredL2(float* a, float* b, int length) => FloatBody.One<TFloats, SquaredL2Step>(a, b, length);

    public static void DotMany(float* query, float* vectors, int stride, int count, int length, float* results) =>
        FloatBody.Many<TFloats, DotStep>(query, vectors, stride, count, length, results);

    public static void SquaredL2Many(float* query, float* vectors, int stride, int count, int length, float* results) =>
        FloatBody.Many<TFloats, SquaredL2Step>(query, vectors, stride, count, length, results);

    public static int DotBytes(sbyte* a, sbyte* b, int length) => ByteBody.One<TCodes>(a, b, length);

    public static void DotBytesMany(sbyte* query, sbyte* codes, int stride, int count, int length, int* results) =>
        ByteBody.Many<TCodes>(query, codes, stride, count, length, results);

    public static Vector128<int> DotBytesOf4(sbyte* query, sbyte* a, sbyte* b, sbyte* c, sbyte* d, int length) =>
        TFours.Bytes(query, a, b, c, d, length);

    public static int DotNibbles(sbyte* query, byte* code, int codeBytes) => BitBody.Nibbles<TCodes>(query, code, codeBytes);

    public static Vector128<int> DotNibblesOf4(sbyte* query, byte* a, byte* b, byte* c, byte* d, int codeBytes) =>
        TFours.Nibbles(query, a, b, c, d, codeBytes);

    public static int DotPairs(sbyte* query, byte* code, int codeBytes) => BitBody.Pairs<TCodes>(query, code, codeBytes);

    public static int DotBits(sbyte* query, byte* code, int codeBytes) => BitBody.Bits<TCodes>(query, code, codeBytes);
}
