namespace MemoryEngine.Kernels;

/// <summary>A variant: a width for floats and one for codes. <see cref="KernelDispatch"/> names the pairs that there are.</summary>
internal readonly unsafe struct VectorKernels<TFloats, TCodes> : IKernels
    where TFloats : struct, IFloatLanes<TFloats>
    where TCodes : struct, ICodeLanes<TCodes>
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

    public static int DotNibbles(sbyte* query, byte* code, int codeBytes) => BitBody.Nibbles<TCodes>(query, code, codeBytes);

    public static int DotPairs(sbyte* query, byte* code, int codeBytes) => BitBody.Pairs<TCodes>(query, code, codeBytes);

    public static int DotBits(sbyte* query, byte* code, int codeBytes) => BitBody.Bits<TCodes>(query, code, codeBytes);
}
