using MemoryEngine.Index;
using MemoryEngine.Testing;

namespace MemoryEngine.Tests.Index.Lexical;

public sealed unsafe class PostingBlockTests
{
    [Fact]
    public void Numbers_of_every_width_come_back()
    {
        var random = new Random(TestSeed.Value);
        for (var bits = 0; bits <= PostingBlock.MostRowBits; bits++)
        {
            var values = Enumerable.Range(0, PostingBlock.Size).Select(_ => (uint)random.NextInt64(1L << bits)).ToArray();
            if (bits > 0) values[random.Next(values.Length)] = (1u << bits) - 1;
            Assert.Equal(bits, PostingBlock.BitsOf(values));
            var packed = new byte[PostingBlock.Bytes(bits)];
            PostingBlock.Pack(values, bits, packed);
            using var guarded = new GuardedBytes(packed);
            var source = guarded.At(0, guarded.Length);
            var found = new int[PostingBlock.Size];
            fixed (int* target = found)
            {
                PostingBlock.UnpackFrequencies(source, bits, target);
                Assert.Equal(values.Select(v => (int)v + 1), found);
                PostingBlock.UnpackRows(source, bits, 1000, target);
            }
            var row = 1000L;
            for (var i = 0; i < values.Length; i++)
            {
                row += values[i] + 1;
                Assert.Equal((uint)row, (uint)found[i]);
                Assert.Equal(values[i], PostingBlock.At(source, bits, i));
            }
        }
    }

    [Fact]
    public void The_first_bits_lie_side_by_side_in_four_lanes()
    {
        var values = new uint[PostingBlock.Size];
        (values[0], values[1], values[4], values[127]) = (1, 2, 3, 1);
        var packed = new byte[PostingBlock.Bytes(2)];
        PostingBlock.Pack(values, 2, packed);
        // Lane 0 has 1 and, two bits further, 3; lane 1 has 2; the last number ends the second word of lane 3.
        Assert.Equal(0b1101, packed[0]);
        Assert.Equal(0b0010, packed[4]);
        Assert.Equal(0b0100_0000, packed[31]);
        Assert.Equal(3, packed.Count(b => b != 0));
    }
}
