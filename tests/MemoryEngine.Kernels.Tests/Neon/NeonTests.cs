using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests.Neon;

/// <summary>
/// The ARM code that the compiler makes of the shipped kernels does what the scalar reference does. Each dimension is a
/// test of its own; as a length of codes it also goes through every rest.
/// </summary>
[Trait("Category", "Neon")]
public sealed unsafe class NeonTests(ITestOutputHelper output)
{
    private const int Count = 5;

    public static TheoryData<int> Dimensions => [.. Enumerable.Range(1, 130), 384, 768, 1536];

    [NeonTheory]
    [MemberData(nameof(Dimensions))]
    public void Neon_agrees_with_the_scalar_reference(int dimension)
    {
        var random = new Random(HashCode.Combine(Seed.Take(output), dimension));
        using var neon = new NeonProcess();
        CheckFloats(neon, random, dimension);
        CheckBytes(neon, random, dimension);
        CheckFields(neon, random, dimension);
    }

    private static void CheckFloats(NeonProcess neon, Random random, int length)
    {
        var stride = length + 3;
        var (query, vectors) = (Floats(random, length), Floats(random, stride * Count));
        var (dots, distances) = (new float[Count], new float[Count]);
        fixed (float* q = query, v = vectors, d = dots, l = distances)
        {
            ScalarKernels.DotMany(q, v, stride, Count, length, d);
            ScalarKernels.SquaredL2Many(q, v, stride, Count, length, l);
        }
        // Both round; components are below a half, so a term is below a quarter, and a squared difference below one.
        var tolerance = 2f * (length + 2) * length * MathF.ScaleB(1f, -23);
        Near(dots[..1], neon.Run<float, float, float>(0, length, 0, 1, query, vectors[..length]), tolerance);
        Near(distances[..1], neon.Run<float, float, float>(1, length, 0, 1, query, vectors[..length]), tolerance);
        Near(dots, neon.Run<float, float, float>(6, length, stride, Count, query, vectors), tolerance);
        Near(distances, neon.Run<float, float, float>(7, length, stride, Count, query, vectors), tolerance);
    }

    private static void CheckBytes(NeonProcess neon, Random random, int length)
    {
        var stride = length + 3;
        var (query, codes) = (Signed(random, length), Signed(random, stride * Count));
        var products = new int[Count];
        fixed (sbyte* q = query, c = codes)
        fixed (int* p = products)
            ScalarKernels.DotBytesMany(q, c, stride, Count, length, p);
        Assert.Equal(products[0], neon.Run<int, sbyte, sbyte>(2, length, 0, 1, query, codes[..length])[0]);
        Assert.Equal(products, neon.Run<int, sbyte, sbyte>(8, length, stride, Count, query, codes));
        Assert.Equal(products[..4], neon.Run<int, sbyte, sbyte>(9, length, stride, 4, query, codes));
    }

    private static void CheckFields(NeonProcess neon, Random random, int codeBytes)
    {
        var code = new byte[codeBytes];
        random.NextBytes(code);
        var query = Signed(random, 8 * codeBytes);
        fixed (sbyte* q = query)
        fixed (byte* c = code)
        {
            Assert.Equal(ScalarKernels.DotNibbles(q, c, codeBytes), neon.Run<int, sbyte, byte>(3, codeBytes, 0, 1, query, code)[0]);
            Assert.Equal(ScalarKernels.DotPairs(q, c, codeBytes), neon.Run<int, sbyte, byte>(4, codeBytes, 0, 1, query, code)[0]);
            Assert.Equal(ScalarKernels.DotBits(q, c, codeBytes), neon.Run<int, sbyte, byte>(5, codeBytes, 0, 1, query, code)[0]);
        }
        var four = new byte[4 * codeBytes];
        random.NextBytes(four);
        var products = new int[4];
        fixed (sbyte* q = query)
        fixed (byte* c = four)
            for (var i = 0; i < products.Length; i++) products[i] = ScalarKernels.DotNibbles(q, c + (i * codeBytes), codeBytes);
        Assert.Equal(products, neon.Run<int, sbyte, byte>(10, codeBytes, codeBytes, 4, query, four));
    }

    private static void Near(float[] expected, float[] actual, float tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance, $"{actual[i]} is not within {tolerance} of {expected[i]}.");
    }

    private static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    /// <summary>The largest bytes come up often: they are where a sum of 16 bits would overflow.</summary>
    private static sbyte[] Signed(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (sbyte)Math.Clamp(random.Next(-190, 191), -127, 127))];
}
