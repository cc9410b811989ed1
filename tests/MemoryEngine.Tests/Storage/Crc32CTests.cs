using FsCheck;
using FsCheck.Fluent;
using MemoryEngine.Storage;

namespace MemoryEngine.Tests.Storage;

public sealed class Crc32CTests
{
    [Fact]
    public void It_is_the_standard_checksum()
    {
        Assert.Equal(0u, Crc32C.Compute([]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
    }

    [Fact]
    public void Any_length_and_any_cut_give_what_bit_by_bit_gives() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(Gen.Choose(0, 10_000).Two().ToArbitrary(), both =>
            {
                var (length, cut) = both;
                var data = new byte[length];
                new Random(length).NextBytes(data);
                cut %= length + 1;
                var expected = BitByBit(data);
                Assert.Equal(expected, Crc32C.Compute(data));
                Assert.Equal(expected, Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)));
            }));

    private static uint BitByBit(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
