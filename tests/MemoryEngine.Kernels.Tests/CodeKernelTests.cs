using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace MemoryEngine.Kernels.Tests;

/// <summary>Products of codes are whole numbers: every variant gives exactly the one that the definition gives.</summary>
public sealed unsafe class CodeKernelTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => Variants.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_of_any_length_and_alignment_are_exact(string name) => ForAny(2200, name, CheckBytes);

    [Theory]
    [MemberData(nameof(Names))]
    public void Codes_of_few_bits_of_any_length_are_exact(string name) => ForAny(300, name, CheckFields);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_short_length_is_exact(string name)
    {
        var random = new Random(Seed.Take(output));
        for (var length = 0; length <= 260; length++)
        {
            CheckBytes(Variants.Get(name), random, length, length % 11);
            CheckFields(Variants.Get(name), random, length, length % 5);
        }
    }

    /// <summary>The largest products there are, at a dimension past what is allowed, neither saturate nor overflow.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_largest_codes_do_not_overflow(string name)
    {
        const int Length = 8192 + 77;
        var kernels = Variants.Get(name);
        foreach (sbyte x in new sbyte[] { 127, -127 })
            foreach (sbyte y in new sbyte[] { 127, -127 })
            {
                var (a, b) = (Enumerable.Repeat(x, Length).ToArray(), Enumerable.Repeat(y, Length).ToArray());
                fixed (sbyte* first = a, second = b)
                {
                    Assert.Equal(x * y * Length, kernels.DotBytes(first, second, Length));
                    Assert.Equal(Vector128.Create(x * y * Length), kernels.DotBytesOf4(first, second, second, second, second, Length));
                }
            }
        foreach (sbyte y in new sbyte[] { 127, -127 })
        {
            const int CodeBytes = 1024 + 5;
            var code = Enumerable.Repeat((byte)255, CodeBytes).ToArray();
            var query = Enumerable.Repeat(y, 8 * CodeBytes).ToArray();
            fixed (byte* c = code)
            fixed (sbyte* q = query)
            {
                Assert.Equal(15 * y * 2 * CodeBytes, kernels.DotNibbles(q, c, CodeBytes));
                Assert.Equal(Vector128.Create(15 * y * 2 * CodeBytes), kernels.DotNibblesOf4(q, c, c, c, c, CodeBytes));
                Assert.Equal(3 * y * 4 * CodeBytes, kernels.DotPairs(q, c, CodeBytes));
                Assert.Equal(y * 8 * CodeBytes, kernels.DotBits(q, c, CodeBytes));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Many_are_what_one_after_the_other_is(string name)
    {
        var kernels = Variants.Get(name);
        var random = new Random(Seed.Take(output));
        foreach (var length in new[] { 0, 1, 15, 16, 48, 77, 384 })
            for (var count = 0; count < 10; count++)
            {
                var stride = length + count;
                var (query, codes) = (Signed(random, length), Signed(random, stride * count));
                using var first = new Poisoned<sbyte>(query, 127, 1);
                using var second = new Poisoned<sbyte>(codes, 127, 3);
                using var results = new Poisoned<int>(new int[count], -7, 1);
                kernels.DotBytesMany(first.Pointer, second.Pointer, stride, count, length, results.Pointer);
                for (var i = 0; i < count; i++)
                    Assert.Equal(Exact(query, codes.AsSpan(i * stride, length)), results.Pointer[i]);
                Assert.Equal(-7, results.Pointer[count]);
            }
    }

    private static void CheckBytes(KernelTable kernels, Random random, int length, int misalignment)
    {
        var (a, b) = (Signed(random, length), Signed(random, length));
        using var first = new Poisoned<sbyte>(a, 127, misalignment);
        using var second = new Poisoned<sbyte>(b, 127, misalignment / 3);
        Assert.Equal(Exact(a, b), kernels.DotBytes(first.Pointer, second.Pointer, length));

        // Each of the four lies elsewhere, and differently.
        var others = Enumerable.Range(0, 3).Select(_ => Signed(random, length)).ToArray();
        using var third = new Poisoned<sbyte>(others[0], 127, misalignment / 5);
        using var fourth = new Poisoned<sbyte>(others[1], 127, misalignment / 7);
        using var fifth = new Poisoned<sbyte>(others[2], 127, misalignment / 2);
        Assert.Equal(
            Vector128.Create(Exact(a, b), Exact(a, others[0]), Exact(a, others[1]), Exact(a, others[2])),
            kernels.DotBytesOf4(first.Pointer, second.Pointer, third.Pointer, fourth.Pointer, fifth.Pointer, length));
    }

    private static void CheckFields(KernelTable kernels, Random random, int codeBytes, int misalignment)
    {
        var code = new byte[codeBytes];
        random.NextBytes(code);
        var query = Signed(random, 8 * codeBytes);
        using var c = new Poisoned<byte>(code, 255, misalignment);
        using var q = new Poisoned<sbyte>(query, 127, misalignment / 2);
        Assert.Equal(Exact(query, code, 4), kernels.DotNibbles(q.Pointer, c.Pointer, codeBytes));
        Assert.Equal(Exact(query, code, 2), kernels.DotPairs(q.Pointer, c.Pointer, codeBytes));
        Assert.Equal(Exact(query, code, 1), kernels.DotBits(q.Pointer, c.Pointer, codeBytes));

        var others = new byte[3][];
        foreach (ref var other in others.AsSpan()) random.NextBytes(other = new byte[codeBytes]);
        using var second = new Poisoned<byte>(others[0], 255, misalignment / 3);
        using var third = new Poisoned<byte>(others[1], 255, misalignment / 5);
        using var fourth = new Poisoned<byte>(others[2], 255, misalignment / 7);
        Assert.Equal(
            Vector128.Create(Exact(query, code, 4), Exact(query, others[0], 4), Exact(query, others[1], 4), Exact(query, others[2], 4)),
            kernels.DotNibblesOf4(q.Pointer, c.Pointer, second.Pointer, third.Pointer, fourth.Pointer, codeBytes));
    }

    private static int Exact(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        var sum = 0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Dimension by dimension: dimension d is in byte d mod n, in its field d / n.</summary>
    private static int Exact(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> code, int bits)
    {
        var sum = 0;
        for (var d = 0; d < code.Length * 8 / bits; d++)
            sum += query[d] * ((code[d % code.Length] >> (d / code.Length * bits)) & ((1 << bits) - 1));
        return sum;
    }

    private static sbyte[] Signed(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-127, 128))];

    private void ForAny(int longest, string name, Action<KernelTable, Random, int, int> check)
    {
        var seed = Seed.Take(output);
        var inputs = Gen.Choose(0, longest).Zip(Gen.Choose(0, 63));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay((ulong)seed, 1),
            Prop.ForAll(inputs.ToArbitrary(), input =>
            {
                var (length, misalignment) = input;
                check(Variants.Get(name), new Random(HashCode.Combine(seed, length, misalignment)), length, misalignment);
            }));
    }
}
