using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests.MessagePack;

/// <summary>What is asked for decides: any width that fits is read, everything else is refused by name.</summary>
public sealed class ReaderTests
{
    private delegate object Read(ref MessagePackReader reader);

    [Fact]
    public void Integers_are_read_into_each_type_up_to_its_bounds_and_not_beyond()
    {
        Bounds(static (ref r) => r.ReadSByte(), sbyte.MinValue, (ulong)sbyte.MaxValue);
        Bounds(static (ref r) => r.ReadByte(), 0, byte.MaxValue);
        Bounds(static (ref r) => r.ReadInt16(), short.MinValue, (ulong)short.MaxValue);
        Bounds(static (ref r) => r.ReadUInt16(), 0, ushort.MaxValue);
        Bounds(static (ref r) => r.ReadInt32(), int.MinValue, int.MaxValue);
        Bounds(static (ref r) => r.ReadUInt32(), 0, uint.MaxValue);
        Bounds(static (ref r) => r.ReadInt64(), long.MinValue, long.MaxValue);
        Bounds(static (ref r) => r.ReadUInt64(), 0, ulong.MaxValue);
    }

    [Fact]
    public void A_number_may_come_as_an_integer_or_in_either_width()
    {
        Assert.Equal(3.0, One("03", static (ref r) => r.ReadDouble()));
        Assert.Equal(-3.0, One("fd", static (ref r) => r.ReadDouble()));
        Assert.Equal(18446744073709551615.0, One("cfffffffffffffffff", static (ref r) => r.ReadDouble()));
        Assert.Equal(1.5, One("ca3fc00000", static (ref r) => r.ReadDouble()));
        Assert.Equal(0.1f, One("cb3fb999999999999a", static (ref r) => r.ReadSingle()));
        Assert.Equal(float.PositiveInfinity, One("cb7ff0000000000000", static (ref r) => r.ReadSingle()));
        Refused("cb7fefffffffffffff", static (ref r) => r.ReadSingle(), "expected a number within float32, found 1.7976931348623157E+308");
    }

    [Fact]
    public void Another_type_is_refused_with_what_was_expected_and_found()
    {
        Refused("90", static (ref r) => r.ReadString(), "expected a string, found an array");
        Refused("a161", static (ref r) => r.ReadBinary(), "expected bytes, found a string");
        Refused("c40161", static (ref r) => r.ReadString(), "expected a string, found bytes");
        Refused("c0", static (ref r) => r.ReadInt32(), "expected an integer, found nil");
        Refused("ca00000000", static (ref r) => r.ReadInt32(), "expected an integer, found a float");
        Refused("01", static (ref r) => r.ReadBoolean(), "expected a boolean, found an integer");
        Refused("c3", static (ref r) => r.ReadDouble(), "expected a number, found a boolean");
        Refused("80", static (ref r) => r.ReadArrayHeader(), "expected an array, found a map");
        Refused("90", static (ref r) => r.ReadMapHeader(), "expected a map, found an array");
        Refused("d40500", static (ref r) => r.ReadMapHeader(), "expected a map, found an extension");
        Refused("80", static (ref r) => r.ReadExtension(), "expected an extension, found a map");
        Refused("d40500", static (ref r) => r.ReadTimestamp(), "expected a timestamp, found an extension of type 5");
        Refused("00", static (ref r) => r.ReadTimestamp(), "expected a timestamp, found an integer");
        Refused("cd0100", static (ref r) => r.ReadByte(), "expected an integer from 0 to 255, found 256");
        Refused("05", static (ref r) => r.ReadInteger(1, 4), "expected an integer from 1 to 4, found 5");
    }

    [Theory]
    [InlineData("dd ffffffff 0000000000")]
    [InlineData("df ffffffff 0000000000")]
    public void A_head_that_claims_more_than_the_limits_is_refused(string hex)
    {
        var error = Assert.Throws<ProtocolException>(() => Container(hex, ProtocolLimits.Default));
        Assert.Equal(ProtocolProblem.OverLimit, error.Problem);
        Assert.Contains("4294967295 elements; 65536 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dc 0006 0000000000")]
    [InlineData("de 0003 0000000000")]
    public void A_head_that_claims_more_than_its_bytes_can_hold_is_incomplete(string hex) =>
        Assert.Equal(ProtocolProblem.Incomplete, Assert.Throws<ProtocolException>(() => Container(hex, ProtocolLimits.Default)).Problem);

    [Fact]
    public void A_head_that_its_bytes_can_just_hold_is_read()
    {
        Assert.Equal(5, Container("dc 0005 0000000000", ProtocolLimits.Default));
        Assert.Equal(2, Container("de 0002 0000000000", ProtocolLimits.Default));
    }

    [Fact]
    public void A_text_or_bytes_longer_than_the_input_are_incomplete()
    {
        string[] heads = ["dbffffffff61", "c6ffffffff61", "c9ffffffff0561"];
        foreach (var head in heads)
            Assert.Equal(ProtocolProblem.Incomplete, Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.Whole(Bytes.Hex(head)))).Problem);
    }

    [Fact]
    public void Passing_over_a_value_keeps_to_the_limits()
    {
        var limits = new ProtocolLimits { MaxDepth = 3, MaxElements = 4 };
        Skip("93 01 91 90 c0", limits);
        Skip("94 01010101", limits);
        Assert.Equal(ProtocolProblem.OverLimit, Assert.Throws<ProtocolException>(() => Skip("91 91 91 90", limits)).Problem);
        Assert.Equal(ProtocolProblem.OverLimit, Assert.Throws<ProtocolException>(() => Skip("95 0101010101", limits)).Problem);
    }

    private static void Skip(string hex, ProtocolLimits limits)
    {
        var reader = new MessagePackReader(Bytes.Whole(Bytes.Hex(hex)), limits);
        reader.Skip();
        Assert.True(reader.AtEnd);
    }

    private static int Container(string hex, ProtocolLimits limits)
    {
        var bytes = Bytes.Hex(hex);
        var reader = new MessagePackReader(Bytes.Whole(bytes), limits);
        return bytes[0] is 0xDC or 0xDD ? reader.ReadArrayHeader() : reader.ReadMapHeader();
    }

    private static object One(string hex, Read read)
    {
        var reader = new MessagePackReader(Bytes.InPieces(Bytes.Hex(hex), 1), ProtocolLimits.Default);
        var value = read(ref reader);
        Assert.True(reader.AtEnd);
        return value;
    }

    private static void Refused(string hex, Read read, string message)
    {
        var error = Assert.Throws<ProtocolException>(() => One(hex, read));
        Assert.Equal((ProtocolProblem.Unexpected, message), (error.Problem, error.Message));
    }

    private static void Bounds(Read read, long least, ulong most)
    {
        string[] fits = [Number(least), Number(0), Number((long)Math.Min(most, long.MaxValue)), Bytes.Hex(Bytes.Encode(w => w.WriteInteger(most)))];
        foreach (var hex in fits) One(hex, read);
        if (least > long.MinValue) Assert.Throws<ProtocolException>(() => One(Number(least - 1), read));
        if (most < ulong.MaxValue)
            Assert.Throws<ProtocolException>(() => One(Bytes.Hex(Bytes.Encode(w => w.WriteInteger(most + 1))), read));

        static string Number(long value) => Bytes.Hex(Bytes.Encode(w => w.WriteInteger(value)));
    }
}
