using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests.MessagePack;

/// <summary>Every value takes its shortest form; the bounds between the forms are where that can go wrong.</summary>
public sealed class WriterTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65535, "cdffff")]
    [InlineData(65536, "ce00010000")]
    [InlineData(4294967295, "ceffffffff")]
    [InlineData(4294967296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32768, "d18000")]
    [InlineData(-32769, "d2ffff7fff")]
    [InlineData(int.MinValue, "d280000000")]
    [InlineData(int.MinValue - 1L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Integers(long value, string hex) => Assert.Equal(hex, Bytes.Hex(Bytes.Encode(w => w.WriteInteger(value))));

    [Fact]
    public void The_largest_integer() =>
        Assert.Equal("cfffffffffffffffff", Bytes.Hex(Bytes.Encode(w => w.WriteInteger(ulong.MaxValue))));

    [Fact]
    public void Nil_booleans_and_floats() =>
        Assert.Equal(
            "c0c2c3ca3fc00000cbbff8000000000000",
            Bytes.Hex(Bytes.Encode(w =>
            {
                w.WriteNil();
                w.WriteBoolean(false);
                w.WriteBoolean(true);
                w.WriteSingle(1.5f);
                w.WriteDouble(-1.5);
            })));

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65535, "daffff")]
    [InlineData(65536, "db00010000")]
    public void Texts(int length, string head) =>
        Assert.Equal(head + Repeat("61", length), Bytes.Hex(Bytes.Encode(w => w.WriteString(new string('a', length)))));

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65535, "c5ffff")]
    [InlineData(65536, "c600010000")]
    public void Binaries(int length, string head) =>
        Assert.Equal(head + Repeat("00", length), Bytes.Hex(Bytes.Encode(w => w.WriteBinary(new byte[length]))));

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65535, "dcffff", "deffff")]
    [InlineData(65536, "dd00010000", "df00010000")]
    public void Heads_of_containers(int count, string array, string map)
    {
        Assert.Equal(array, Bytes.Hex(Bytes.Encode(w => w.WriteArrayHeader(count))));
        Assert.Equal(map, Bytes.Hex(Bytes.Encode(w => w.WriteMapHeader(count))));
    }

    [Theory]
    [InlineData(0, "c70007")]
    [InlineData(1, "d407")]
    [InlineData(2, "d507")]
    [InlineData(3, "c70307")]
    [InlineData(4, "d607")]
    [InlineData(8, "d707")]
    [InlineData(16, "d807")]
    [InlineData(17, "c71107")]
    [InlineData(256, "c8010007")]
    [InlineData(65536, "c90001000007")]
    public void Extensions(int length, string head) =>
        Assert.Equal(head + Repeat("00", length), Bytes.Hex(Bytes.Encode(w => w.WriteExtension(7, new byte[length]))));

    [Theory]
    [InlineData(0, 0, "d6ff00000000")]
    [InlineData(4294967295, 0, "d6ffffffffff")]
    [InlineData(4294967296, 0, "d7ff0000000100000000")]
    [InlineData(1, 1, "d7ff0000000400000001")]
    [InlineData((1L << 34) - 1, 999_999_999, "d7ffee6b27ffffffffff")]
    [InlineData(1L << 34, 0, "c70cff000000000000000400000000")]
    [InlineData(-1, 999_999_999, "c70cff3b9ac9ffffffffffffffffff")]
    public void Timestamps(long seconds, uint nanoseconds, string hex) =>
        Assert.Equal(hex, Bytes.Hex(Bytes.Encode(w => w.WriteTimestamp(new MessagePackTimestamp(seconds, nanoseconds)))));

    [Fact]
    public void A_vector_is_little_endian() =>
        Assert.Equal("c4080000803f000000c0", Bytes.Hex(Bytes.Encode(w => w.WriteVector([1f, -2f]))));

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => Bytes.Encode(w => w.WriteString("a\ud800")));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
