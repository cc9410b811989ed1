using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Index;

namespace MemoryEngine.Tests.Index.Hnsw;

public sealed class RowBitsTests
{
    [Fact]
    public void Rows_are_counted_and_listed_once_each_in_order() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
        Gen.Choose(0, 4).SelectMany(kind => Gen.Choose(0, 41).SelectMany(n => Word(kind).ArrayOf(n))).ToArbitrary(),
        words =>
        {
            var expected = Enumerable.Range(0, words.Length * 64).Where(row => ((words[row / 64] >> (row % 64)) & 1) != 0).ToList();
            var bits = new RowBits(words);
            var (listed, at) = (new List<int>(), 0);
            var target = new int[RowBits.LeastListed + 70];
            while (at < words.Length)
            {
                var before = at;
                var count = bits.List(ref at, target);
                Assert.True(at > before);
                listed.AddRange(target[..count]);
            }
            Assert.Equal(expected, listed);
            Assert.Equal(expected.Count, bits.Count());
            Assert.Equal(expected.Count(row => row < 100), bits.CountOf(100));
        }));

    // None, all, few, half, or now and then one of them.
    private static Gen<ulong> Word(int kind) => kind switch
    {
        0 => Gen.Constant(0UL),
        1 => Gen.Constant(ulong.MaxValue),
        2 => Gen.Choose(0, 63).Select(bit => 1UL << bit),
        3 => Gen.Choose(int.MinValue, int.MaxValue).Select(seed => (ulong)seed * 0x9E3779B97F4A7C15UL),
        _ => Gen.Frequency((9, Gen.Constant(0UL)), (1, Gen.Choose(0, 63).Select(bit => BitOperations.RotateLeft(3UL, bit)))),
    };
}
