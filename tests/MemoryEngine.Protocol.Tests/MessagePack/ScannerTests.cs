using System.Buffers;
using MemoryEngine.Protocol.MessagePack;

namespace MemoryEngine.Protocol.Tests.MessagePack;

/// <summary>Where a message ends, however its bytes arrive, at a cost that depends on the bytes alone.</summary>
public sealed class ScannerTests
{
    [Fact]
    public void Messages_are_found_one_behind_the_other()
    {
        var scanner = new MessageScanner(ProtocolLimits.Default);
        var stream = Bytes.Whole(Bytes.Hex("93 02 a1 61 90  c0  81 01 92 02 03  d9 05 61"));
        var lengths = new List<long>();
        while (scanner.Scan(stream, out var end))
        {
            lengths.Add(scanner.Length);
            Assert.False(scanner.IsWithinMessage);
            Assert.Equal(scanner.Length, stream.Slice(0, end).Length);
            stream = stream.Slice(end);
        }
        Assert.Equal([5, 1, 5], lengths);
        Assert.True(scanner.IsWithinMessage);
        Assert.Equal(3, scanner.Length);
        Assert.True(scanner.Scan(Bytes.Whole(Bytes.Hex("61616161 c0")), out _));
        Assert.Equal(7, scanner.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    public void A_message_in_pieces_costs_as_many_steps_as_in_one(int size)
    {
        var message = LargeMessage();
        var whole = new MessageScanner(ProtocolLimits.Default);
        Assert.True(whole.Scan(Bytes.Whole(message), out _));
        Assert.Equal(message.Length, whole.Length);
        Assert.InRange(whole.Steps, message.Length, 2 * message.Length);

        var scanner = new MessageScanner(ProtocolLimits.Default);
        for (var at = 0; at < message.Length; at += size)
        {
            var piece = message.AsMemory(at, Math.Min(size, message.Length - at));
            Assert.Equal(at + piece.Length == message.Length, scanner.Scan(new ReadOnlySequence<byte>(piece), out var end));
            Assert.Equal(piece.Length, end.GetInteger() - new ReadOnlySequence<byte>(piece).Start.GetInteger());
        }
        Assert.Equal(whole.Steps, scanner.Steps);
        Assert.Equal(message.Length, scanner.Length);
    }

    [Fact]
    public void A_message_may_be_as_long_as_the_limit_and_not_longer()
    {
        var limits = new ProtocolLimits { MaxMessageBytes = 10 };
        Assert.True(Scan("c4 08 0000000000000000", limits));
        Assert.True(Scan("99 000000000000000000", limits));
        Refused("c4 09", limits, "the message takes more than 10 bytes");
        Refused("9a", limits, "the message takes more than 10 bytes");
        Refused("92 c4 07", limits, "the message takes more than 10 bytes");
        Refused("85", limits, "the message takes more than 10 bytes");
        Refused("92 01 c9 ffffffff", limits, "the message takes more than 10 bytes");
    }

    [Theory]
    [InlineData("dd ffffffff")]
    [InlineData("df ffffffff")]
    [InlineData("dd 00010001")]
    [InlineData("db 01000000")]
    [InlineData("c6 ffffffff")]
    [InlineData("c9 ffffffff")]
    public void What_cannot_fit_is_refused_at_its_head(string head)
    {
        Refused(head, ProtocolLimits.Default, null);
        Assert.False(Scan(head[..^2], ProtocolLimits.Default));
    }

    [Fact]
    public void Nesting_goes_down_to_the_limit_and_not_deeper()
    {
        var limits = ProtocolLimits.Default;
        Assert.True(Scan(string.Concat(Enumerable.Repeat("91", limits.MaxDepth - 1)) + "90", limits));
        Assert.True(Scan(string.Concat(Enumerable.Repeat("8101", limits.MaxDepth - 1)) + "80", limits));
        Refused(string.Concat(Enumerable.Repeat("91", limits.MaxDepth)) + "90", limits, "containers are nested deeper than 32");
        // Beside each other is not within each other.
        Assert.True(Scan("dc 0100" + string.Concat(Enumerable.Repeat("9190", 256)), limits with { MaxDepth = 3 }));
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("92 00 c1")]
    [InlineData("a1 ff")]
    [InlineData("a2 c3 c3")]
    [InlineData("d9 02 e282")]
    public void What_is_no_messagepack_is_malformed(string hex)
    {
        var bytes = Bytes.Hex(hex);
        foreach (var size in new[] { 1, 2, bytes.Length })
        {
            var scanner = new MessageScanner(ProtocolLimits.Default);
            var error = Assert.Throws<ProtocolException>(() => scanner.Scan(Bytes.InPieces(bytes, size), out _));
            Assert.Equal(ProtocolProblem.Malformed, error.Problem);
        }
    }

    [Fact]
    public void Broken_text_is_refused_where_it_breaks_not_where_it_ends()
    {
        var scanner = new MessageScanner(ProtocolLimits.Default);
        Assert.False(scanner.Scan(Bytes.Whole(Bytes.Hex("db 00100000 6161")), out _));
        Assert.Throws<ProtocolException>(() => scanner.Scan(Bytes.Whole(Bytes.Hex("ff")), out _));
    }

    [Fact]
    public void Limits_are_checked_when_they_are_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtocolLimits { MaxDepth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtocolLimits { MaxDepth = ProtocolLimits.DeepestNesting + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtocolLimits { MaxMessageBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProtocolLimits { MaxElements = 0 });
    }

    // Many small values, deep nesting, long text with characters of every length.
    private static byte[] LargeMessage() => Bytes.Encode(w =>
    {
        w.WriteArrayHeader(4);
        w.WriteArrayHeader(3000);
        for (var i = 0; i < 3000; i++) w.WriteInteger((long)i);
        for (var i = 0; i < 20; i++) w.WriteArrayHeader(1);
        w.WriteNil();
        w.WriteString(string.Concat(Enumerable.Repeat("a\u00e9\u20ac\ud83d\ude00", 5000)));
        w.WriteBinary(new byte[5000]);
    });

    private static bool Scan(string hex, ProtocolLimits limits) => new MessageScanner(limits).Scan(Bytes.Whole(Bytes.Hex(hex)), out _);

    private static void Refused(string hex, ProtocolLimits limits, string? message)
    {
        var error = Assert.Throws<ProtocolException>(() => Scan(hex, limits));
        Assert.Equal(ProtocolProblem.OverLimit, error.Problem);
        if (message is not null) Assert.Equal(message, error.Message);
    }
}
