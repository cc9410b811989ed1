using System.Buffers;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests.MessagePack;

/// <summary>Every first byte that the specification knows, with the smallest, largest and unusual values of each.</summary>
public sealed class FormatTests
{
    /// <summary>Values in every form, also longer than they need be: a reader takes any width.</summary>
    public static TheoryData<string, string> Vectors => new()
    {
        { "00", "0" }, { "7f", "127" }, { "ff", "-1" }, { "e0", "-32" },
        { "cc 00", "0" }, { "cc ff", "255" }, { "cd 0000", "0" }, { "cd ffff", "65535" },
        { "ce 00000001", "1" }, { "ce ffffffff", "4294967295" },
        { "cf 0000000000000001", "1" }, { "cf ffffffffffffffff", "18446744073709551615" },
        { "d0 80", "-128" }, { "d0 7f", "127" }, { "d1 8000", "-32768" }, { "d1 7fff", "32767" },
        { "d2 80000000", "-2147483648" }, { "d2 ffffffff", "-1" },
        { "d3 8000000000000000", "-9223372036854775808" }, { "d3 7fffffffffffffff", "9223372036854775807" },
        { "c0", "nil" }, { "c2", "false" }, { "c3", "true" },
        { "ca 3fc00000", "1.5f" }, { "ca 7f800000", "Infinityf" }, { "ca 80000000", "-0f" },
        { "cb 3ff8000000000000", "1.5" }, { "cb fff0000000000000", "-Infinity" }, { "cb 7ff8000000000000", "NaN" },
        { "a0", "\"\"" }, { "a3 616263", "\"abc\"" }, { "d9 01 61", "\"a\"" }, { "da 0001 61", "\"a\"" }, { "db 00000001 61", "\"a\"" },
        { "a2 c3a9", "\"\u00e9\"" }, { "a4 f09f9880", "\"\ud83d\ude00\"" }, { "bf " + Repeat("62", 31), $"\"{new string('b', 31)}\"" },
        { "c4 00", "h''" }, { "c4 02 00ff", "h'00ff'" }, { "c5 0001 aa", "h'aa'" }, { "c6 00000001 aa", "h'aa'" },
        { "90", "[]" }, { "92 01 c0", "[1, nil]" }, { "dc 0001 c3", "[true]" }, { "dd 00000001 90", "[[]]" },
        { "9f " + Repeat("01", 15), $"[{string.Join(", ", Enumerable.Repeat("1", 15))}]" },
        { "80", "{}" }, { "81 a1 61 01", "{\"a\": 1}" }, { "de 0001 01 c0", "{1: nil}" }, { "df 00000001 80 80", "{{}: {}}" },
        { "d4 05 aa", "ext(5, h'aa')" }, { "d5 05 aabb", "ext(5, h'aabb')" }, { "d6 80 aabbccdd", "ext(-128, h'aabbccdd')" },
        { "d7 7f 0011223344556677", "ext(127, h'0011223344556677')" }, { "d8 00 " + Repeat("0f", 16), $"ext(0, h'{Repeat("0f", 16)}')" },
        { "c7 00 05", "ext(5, h'')" }, { "c7 03 05 aabbcc", "ext(5, h'aabbcc')" }, { "c8 0001 05 aa", "ext(5, h'aa')" },
        { "c9 00000001 05 aa", "ext(5, h'aa')" },
        { "d6 ff 00000000", "time(0, 0)" }, { "d6 ff ffffffff", "time(4294967295, 0)" },
        { "d7 ff 0000000400000000", "time(0, 1)" }, { "d7 ff ee6b27ffffffffff", "time(17179869183, 999999999)" },
        { "c7 0c ff 3b9ac9ff ffffffffffffffff", "time(-1, 999999999)" },
        { "c7 0c ff 00000000 8000000000000000", "time(-9223372036854775808, 0)" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Every_form_is_read(string hex, string expected)
    {
        var bytes = Bytes.Hex(hex);
        Assert.Equal(expected, Notation.Of(Bytes.Whole(bytes)));
        Assert.Equal(expected, Notation.Of(Bytes.InPieces(bytes, 1)));
        var reader = new MessagePackReader(new ReadOnlySequence<byte>([.. bytes, 0xC0]), ProtocolLimits.Default);
        Assert.Equal(bytes, reader.ReadRaw().ToArray());
        Assert.True(reader.TryReadNil());
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Cut_anywhere_it_is_incomplete_and_nothing_else(string hex, string expected)
    {
        var bytes = Bytes.Hex(hex);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            var problem = Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.Whole(cut))).Problem;
            Assert.True(problem == ProtocolProblem.Incomplete, $"{expected} cut at {length} is {problem}.");
            Assert.Equal(ProtocolProblem.Incomplete, Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.InPieces(cut, 1))).Problem);
            Assert.Equal(ProtocolProblem.Incomplete, Assert.Throws<ProtocolException>(() => Skip(cut)).Problem);
            Assert.False(new MessageScanner(ProtocolLimits.Default).Scan(Bytes.Whole(cut), out _));
        }
    }

    [Fact]
    public void The_vectors_have_every_first_byte_but_the_one_that_is_never_used()
    {
        var kinds = Vectors.Select(v => Kind(Bytes.Hex((string)v[0])[0])).ToHashSet();
        var missing = Enumerable.Range(0, 256).Select(b => Kind((byte)b)).Distinct().Where(k => !kinds.Contains(k));
        Assert.Equal([0xC1], missing.Select(k => (int)k));
    }

    [Fact]
    public void The_byte_that_is_never_used_is_malformed()
    {
        var error = Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.Whole(Bytes.Hex("92 01 c1"))));
        Assert.Equal(ProtocolProblem.Malformed, error.Problem);
        Assert.Equal("byte 2 is 0xc1, which begins no value", error.Message);
        Assert.Equal(error.Message, Assert.Throws<ProtocolException>(() => Skip(Bytes.Hex("92 01 c1"))).Message);
    }

    [Theory]
    [InlineData("a1 80")]
    [InlineData("a2 c080")]
    [InlineData("a3 eda080")]
    [InlineData("a2 c3 41")]
    [InlineData("a1 c3")]
    [InlineData("d9 04 f4908080")]
    public void Text_that_is_not_utf8_is_malformed(string hex)
    {
        var bytes = Bytes.Hex(hex);
        Assert.Equal(ProtocolProblem.Malformed, Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.Whole(bytes))).Problem);
        Assert.Equal(ProtocolProblem.Malformed, Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.InPieces(bytes, 1))).Problem);
        Assert.Equal(ProtocolProblem.Malformed, Assert.Throws<ProtocolException>(() => Skip(bytes)).Problem);
    }

    [Theory]
    [InlineData("c7 00 ff")]
    [InlineData("d4 ff 00")]
    [InlineData("c7 0d ff 00000000000000000000000000")]
    [InlineData("d7 ff ee6b280000000000")]
    [InlineData("c7 0c ff 3b9aca00 0000000000000000")]
    public void A_timestamp_of_another_size_or_with_too_many_nanoseconds_is_malformed(string hex) =>
        Assert.Equal(ProtocolProblem.Malformed, Assert.Throws<ProtocolException>(() => Notation.Of(Bytes.Whole(Bytes.Hex(hex)))).Problem);

    private static void Skip(byte[] bytes)
    {
        var reader = new MessagePackReader(Bytes.Whole(bytes), ProtocolLimits.Default);
        reader.Skip();
    }

    // First bytes that hold their value or length themselves are one kind together.
    private static byte Kind(byte first) => first switch
    {
        <= 0x7F => 0x00,
        <= 0x8F => 0x80,
        <= 0x9F => 0x90,
        <= 0xBF => 0xA0,
        >= 0xE0 => 0xE0,
        _ => first,
    };

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
