using System.Buffers;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol.Tests.Rpc;

/// <summary>The three messages of msgpack-rpc, and everything that is none of them.</summary>
public sealed class RpcMessageTests
{
    [Fact]
    public void A_request_is_taken_apart()
    {
        var message = Parse("94 00 ce ffffffff a4 70696e67 91 81 a1 61 01");
        Assert.Equal((RpcKind.Request, uint.MaxValue, "ping"), (message.Kind, message.Id, message.Method));
        Assert.Equal("[{\"a\": 1}]", Notation.Of(message.Params));
    }

    [Fact]
    public void A_notification_is_taken_apart()
    {
        var message = Parse("93 02 a1 78 92 01 02");
        Assert.Equal((RpcKind.Notification, "x"), (message.Kind, message.Method));
        Assert.Equal("[1, 2]", Notation.Of(message.Params));
    }

    [Fact]
    public void A_response_has_a_result_or_an_error()
    {
        var good = Parse("94 01 07 c0 81 a1 61 c3");
        Assert.Equal((RpcKind.Response, 7u, null), (good.Kind, good.Id, good.Error));
        Assert.Equal("{\"a\": true}", Notation.Of(good.Result));
        var bad = Parse("94 01 07 92 cd 0fa1 a7 425553593a2078 c0");
        Assert.Equal(new RpcError(4001, "BUSY: x"), bad.Error);
        Assert.True(bad.Error!.Value.IsRetryable);
    }

    [Theory]
    [InlineData("00", "expected an array, found an integer")]
    [InlineData("90", "expected an array of 3 or 4 values, found 0 values")]
    [InlineData("95 00 00 a0 90 c0", "expected an array of 3 or 4 values, found 5 values")]
    [InlineData("94 03 00 a0 90", "expected an integer from 0 to 2, found 3")]
    [InlineData("94 a1 78 00 a0 90", "expected an integer, found a string")]
    [InlineData("93 00 00 a0", "expected a Request of 4 values, found 3 values")]
    [InlineData("94 02 a0 90 90", "expected a Notification of 3 values, found 4 values")]
    [InlineData("94 00 ff a0 90", "expected an integer from 0 to 4294967295, found -1")]
    [InlineData("94 00 cf 0000000100000000 a0 90", "expected an integer from 0 to 4294967295, found 4294967296")]
    [InlineData("94 00 00 c0 90", "expected a string, found nil")]
    [InlineData("94 00 00 a0 80", "expected an array of parameters, found a map")]
    [InlineData("94 01 00 05 c0", "expected an array, found an integer")]
    [InlineData("94 01 00 93 01 a0 c0 c0", "expected an error of a code and a text, found 3 values")]
    [InlineData("94 01 00 92 01 a0 01", "expected nil, found an integer")]
    [InlineData("93 02 a0 90 c0", "expected one message, found 1 bytes behind it")]
    [InlineData("94 00 00 a1 ff 90", "is not UTF-8")]
    public void Anything_else_is_malformed(string hex, string message)
    {
        var error = Assert.Throws<ProtocolException>(() => Parse(hex));
        Assert.Equal(ProtocolProblem.Malformed, error.Problem);
        Assert.Equal(ProtocolErrorCode.Malformed, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_anywhere_a_message_is_incomplete()
    {
        var bytes = Bytes.Hex("94 01 07 92 cd 0fa1 a7 425553593a2078 c0");
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Equal(
                ProtocolProblem.Incomplete,
                Assert.Throws<ProtocolException>(() => RpcMessage.Parse(Bytes.InPieces(cut, 2), ProtocolLimits.Default)).Problem);
        }
    }

    [Fact]
    public void The_name_of_a_method_has_a_limit()
    {
        var limits = new ProtocolLimits { MaxMethodBytes = 3 };
        Assert.Equal("abc", RpcMessage.Parse(Bytes.Whole(Bytes.Hex("93 02 a3 616263 90")), limits).Method);
        var error = Assert.Throws<ProtocolException>(() => RpcMessage.Parse(Bytes.Whole(Bytes.Hex("93 02 a4 61626364 90")), limits));
        Assert.Equal(ProtocolErrorCode.TooLarge, error.Code);
    }

    [Fact]
    public void What_is_written_is_what_is_parsed()
    {
        var request = Write(o => RpcWriter.WriteRequest(o, 300, MemoryMethods.Get.Name, new GetRequest { Id = Guid.Empty, Version = 2 }));
        var message = RpcMessage.Parse(request, ProtocolLimits.Default);
        Assert.Equal((RpcKind.Request, 300u, "memory.get"), (message.Kind, message.Id, message.Method));
        Assert.Equal(2, MemoryMethods.Get.ReadRequest(message.Params, ProtocolLimits.Default).Version);

        var result = Write(o => RpcWriter.WriteResult(o, 300, new ForgetReply { Id = Guid.Empty, Forgotten = true }));
        message = RpcMessage.Parse(result, ProtocolLimits.Default);
        Assert.True(MemoryMethods.Forget.ReadResult(message.Result, ProtocolLimits.Default).Forgotten);

        var error = RpcError.Of(ProtocolErrorCode.NotFound, "No memory has that id.");
        message = RpcMessage.Parse(Write(o => RpcWriter.WriteError(o, 300, error)), ProtocolLimits.Default);
        Assert.Equal(error, message.Error);
        Assert.Equal("NOT_FOUND: No memory has that id.", error.Text);

        message = RpcMessage.Parse(Write(o => RpcWriter.WriteNotification(o, "x", new EmptyRequest())), ProtocolLimits.Default);
        Assert.Equal((RpcKind.Notification, "x", "[{}]"), (message.Kind, message.Method, Notation.Of(message.Params)));
    }

    [Fact]
    public void An_error_can_be_a_text_alone_and_keeps_its_code()
    {
        var error = RpcError.Of(ProtocolErrorCode.NotFound, "No memory has that id.");
        var message = RpcMessage.Parse(Write(o => RpcWriter.WriteError(o, 3, error, asText: true)), ProtocolLimits.Default);
        Assert.Equal(error, message.Error);
        Assert.Equal(new RpcError(0, "no name"), RpcMessage.Parse(Bytes.Whole(Bytes.Hex("94 01 03 a7 6e6f206e616d65 c0")), ProtocolLimits.Default).Error);
    }

    [Fact]
    public void A_methods_name_may_come_as_bytes_when_they_are_a_text()
    {
        Assert.Equal("ping", RpcMessage.Parse(Bytes.Whole(Bytes.Hex("93 02 c404 70696e67 90")), ProtocolLimits.Default).Method);
        var error = Assert.Throws<ProtocolException>(() => RpcMessage.Parse(Bytes.Whole(Bytes.Hex("93 02 c401 ff 90")), ProtocolLimits.Default));
        Assert.Equal(ProtocolProblem.Malformed, error.Problem);
    }

    [Fact]
    public void A_call_may_leave_out_its_map_but_not_send_two()
    {
        Assert.Null(Call("90").DeadlineMs);
        Assert.Equal(5, Call("91 81 ab 646561646c696e655f6d73 05").DeadlineMs);
        var error = Assert.Throws<ProtocolException>(() => Call("92 80 80"));
        Assert.Equal("expected one map of parameters, found 2 parameters", error.Message);
        Assert.Equal(ProtocolErrorCode.InvalidArgument, error.Code);

        static EmptyRequest Call(string hex) => MemoryMethods.Ping.ReadRequest(Bytes.Whole(Bytes.Hex(hex)), ProtocolLimits.Default);
    }

    [Fact]
    public void Every_code_has_a_name_and_the_class_of_its_thousands()
    {
        Assert.Equal(Enum.GetValues<ProtocolErrorCode>(), ProtocolErrors.All.Select(e => e.Code));
        Assert.Equal(ProtocolErrors.All.Count, ProtocolErrors.All.Select(e => e.Name).Distinct().Count());
        foreach (var info in ProtocolErrors.All)
        {
            Assert.InRange((int)info.Code / 1000, 1, 5);
            Assert.Equal(info.Name.Replace("_", ""), info.Code.ToString().ToUpperInvariant());
        }
        Assert.Null(ProtocolErrors.Find(9999));
        Assert.False(new RpcError(9999, "NEWER: x").IsRetryable);
        Assert.Throws<ArgumentOutOfRangeException>(() => RpcError.Of((ProtocolErrorCode)9999, "x"));
    }

    [Fact]
    public void An_exception_becomes_the_error_that_a_client_is_told() =>
        Assert.Equal(
            new RpcError(2001, "INVALID_ARGUMENT: level: expected an integer from 1 to 4, found 5"),
            RpcError.Of(new ProtocolException(ProtocolProblem.Unexpected, "expected an integer from 1 to 4, found 5", "level")));

    private static RpcMessage Parse(string hex) => RpcMessage.Parse(Bytes.InPieces(Bytes.Hex(hex), 3), ProtocolLimits.Default);

    private static ReadOnlySequence<byte> Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        var message = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.True(new MessageScanner(ProtocolLimits.Default).Scan(message, out _));
        return message;
    }
}
