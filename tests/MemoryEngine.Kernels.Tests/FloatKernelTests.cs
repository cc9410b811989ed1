using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests;

/// <summary>Float distances of every variant, any length and any alignment, against double precision.</summary>
public sealed unsafe class FloatKernelTests(ITestOutputHelper output)
{
    // Half a unit in the last place of a float is 2⁻²⁴; each component costs at most two of them.
    private const double Unit = 1.0 / (1 << 23);

    public static TheoryData<string> Names => Variants.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_error_stays_within_the_bound(string name)
    {
        var seed = Seed.Take(output);
        var inputs =
            from length in Gen.Choose(0, 1700)
            from misalignment in Gen.Choose(0, 15)
            from exponent in Gen.Choose(-12, 12)
            select (length, misalignment, exponent);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay((ulong)seed, 1),
            Prop.ForAll(inputs.ToArbitrary(), input => CheckOne(Variants.Get(name), seed, input.length, input.misalignment, input.exponent)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_short_length_and_every_usual_dimension_is_right(string name)
    {
        var seed = Seed.Take(output);
        foreach (var length in Enumerable.Range(0, 131).Concat([384, 768, 784, 1536, 4096]))
            CheckOne(Variants.Get(name), seed, length, length % 7, 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Many_are_what_one_after_the_other_is(string name)
    {
        var seed = Seed.Take(output);
        var kernels = Variants.Get(name);
        var random = new Random(seed);
        foreach (var length in new[] { 0, 1, 3, 7, 16, 33, 100, 131, 384 })
            for (var count = 0; count < 10; count++)
                CheckMany(kernels, random, length, length + count, count);
    }

    private static void CheckOne(KernelTable kernels, int seed, int length, int misalignment, int exponent)
    {
        var random = new Random(HashCode.Combine(seed, length, misalignment, exponent));
        var (a, b) = (Floats(random, length, exponent), Floats(random, length, exponent));
        using var first = new Poisoned<float>(a, float.NaN, misalignment);
        using var second = new Poisoned<float>(b, float.NaN, misalignment / 2);
        var (dot, magnitude, distance) = Exact(a, b);
        var share = (length + 2) * Unit;
        // What underflows on the way is lost whole; it is less than the smallest normal number for each component.
        var lost = (length + 1) * (double)1.2e-38f;
        Near(dot, kernels.Dot(first.Pointer, second.Pointer, length), (share * magnitude) + lost);
        Near(distance, kernels.SquaredL2(first.Pointer, second.Pointer, length), (share * distance) + lost);
    }

    private static void CheckMany(KernelTable kernels, Random random, int length, int stride, int count)
    {
        var (query, vectors) = (Floats(random, length, 0), Floats(random, stride * count, 0));
        using var first = new Poisoned<float>(query, float.NaN, 3);
        using var second = new Poisoned<float>(vectors, float.NaN, 5);
        using var dots = new Poisoned<float>(new float[count], -7f, 1);
        using var distances = new Poisoned<float>(new float[count], -7f, 1);
        kernels.DotMany(first.Pointer, second.Pointer, stride, count, length, dots.Pointer);
        kernels.SquaredL2Many(first.Pointer, second.Pointer, stride, count, length, distances.Pointer);
        for (var i = 0; i < count; i++)
        {
            var (dot, magnitude, distance) = Exact(query, vectors.AsSpan(i * stride, length));
            Near(dot, dots.Pointer[i], (length + 2) * Unit * magnitude);
            Near(distance, distances.Pointer[i], (length + 2) * Unit * distance);
        }
        Assert.Equal((-7f, -7f), (dots.Pointer[count], distances.Pointer[count]));
    }

    private static (double Dot, double Magnitude, double Distance) Exact(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (dot, magnitude, distance) = (0.0, 0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            var product = (double)a[i] * b[i];
            dot += product;
            magnitude += Math.Abs(product);
            distance += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }
        return (dot, magnitude, distance);
    }

    private static float[] Floats(Random random, int count, int exponent) =>
        [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * MathF.Pow(10f, exponent))];

    private static void Near(double expected, float actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{actual} is not within {tolerance} of {expected}.");
}
