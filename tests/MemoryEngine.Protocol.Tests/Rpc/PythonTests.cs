using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol.Tests.Rpc;

/// <summary>Bytes that Python's msgpack 1.0.3 made of values and messages written down for these tests.</summary>
public sealed class PythonTests
{
    private const string Recall =
        "940007ad6d656d6f72792e726563616c6c9184a57175657279b87061796d656e742069732063686172676564207477696365a6646f6d61696ead6d6f" +
        "62696c652f6b6f746c696ea16b02a6766563746f72c4080000803f000000c0";

    private const string Remember =
        "940008af6d656d6f72792e72656d656d6265729185a474657874be5265747279206f6e6c792077686174206973206964656d706f74656e742ea56c65" +
        "76656c03a47461677391a468747470a8726571756972657381a86c616e6775616765a2676faf6964656d706f74656e63795f6b6579a26b31";

    private const string Found =
        "940107c085a46d6f6465a673696e676c65a86d656d6f72696573918da26964d92430313930303030302d303030302d373030302d383030302d303030" +
        "303030303030303031a776657273696f6e01a56c6576656c03a6666f726d6174a7696e7369676874a57469746c65c0a474657874a178a57374617465" +
        "a6616374697665aa637265617465645f7573cf000640b5eece0000aa69735f63757272656e74c3a67265636f726405a673636f72657383a676656374" +
        "6f72cb3fd0000000000000a4626d3235c0a56675736564cb3f90000000000000a776657264696374a86163636570746564a7726561736f6e7391a769" +
        "6e5f6d6f6465aa636f6e7369646572656401a873657175656e636509a66d6963726f7383a673656172636878a67665726966790aa5746f74616ccd01" +
        "2c";

    [Theory]
    [InlineData("9c00017f80ffe0c2c3c0a0d08032", "[0, 1, 127, {}, -1, -32, false, true, nil, \"\", -128, 50]")]
    [InlineData("94cd0100cdffffce00010000ceffffffff", "[256, 65535, 65536, 4294967295]")]
    [InlineData("94d1ff7fd18000d2ffff7fffd3ffffffff7fffffff", "[-129, -32768, -32769, -2147483649]")]
    [InlineData("93cb3ff8000000000000cb8000000000000000ca3fc00000", "[1.5, -0, 1.5f]")]
    [InlineData("a9c3a9e282acf09f9880", "\"\u00e9\u20ac\ud83d\ude00\"")]
    [InlineData("82a16101a16291c3", "{\"a\": 1, \"b\": [true]}")]
    [InlineData("92d405aac70307aabbcc", "[ext(5, h'aa'), ext(7, h'aabbcc')]")]
    [InlineData("93d6ff00000001d7ff0000000400000001c70cff3b9ac9ffffffffffffffffff", "[time(1, 0), time(1, 1), time(-1, 999999999)]")]
    public void Values(string hex, string expected) => Assert.Equal(expected, Notation.Of(Bytes.InPieces(Bytes.Hex(hex), 3)));

    [Fact]
    public void A_recall_with_a_vector()
    {
        var message = Parse(Recall);
        var request = MemoryMethods.Recall.ReadRequest(message.Params, ProtocolLimits.Default);
        Assert.Equal((RpcKind.Request, 7u, "memory.recall"), (message.Kind, message.Id, message.Method));
        Assert.Equal(("payment is charged twice", "mobile/kotlin", 2), (request.Query, request.Domain, request.K));
        Assert.Equal([1f, -2f], request.Vector!.Value.ToArray());
        // It writes each value in its shortest form, too, and the fields in the order that the call had them.
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        RpcWriter.WriteRequest(output, 7, "memory.recall", request);
        Assert.Equal(Recall, Bytes.Hex(output.WrittenSpan));
    }

    [Fact]
    public void A_memory_to_remember()
    {
        var request = MemoryMethods.Remember.ReadRequest(Parse(Remember).Params, ProtocolLimits.Default).Memory;
        Assert.Equal(("Retry only what is idempotent.", 3, "k1"), (request.Text, request.Level, request.IdempotencyKey));
        Assert.Equal(["http"], request.Tags);
        Assert.Equal("go", request.Requires["language"]);
    }

    [Fact]
    public void Floats_of_eight_bytes_and_nils_in_an_answer()
    {
        var reply = MemoryMethods.Recall.ReadResult(Parse(Found).Result, ProtocolLimits.Default);
        var memory = Assert.Single(reply.Memories);
        Assert.Equal((0.25f, null, 0.015625f), (memory.Scores.Vector, memory.Scores.Bm25, memory.Scores.Fused));
        Assert.Null(memory.View.Memory.Title);
        Assert.Equal((120, 10, 300), (reply.Micros.Search, reply.Micros.Verify, reply.Micros.Total));
    }

    [Fact]
    public void A_call_without_parameters_a_notification_and_an_error()
    {
        Assert.NotNull(MemoryMethods.Stats.ReadRequest(Parse("940009ac6d656d6f72792e737461747390").Params, ProtocolLimits.Default));
        Assert.Equal(RpcKind.Notification, Parse("9302ab6d656d6f72792e70696e679180").Kind);
        var error = Parse("94010792cd0bb9d9204e4f545f464f554e443a206e6f206d656d6f7279206861732074686174206964c0").Error;
        Assert.Equal(RpcError.Of(ProtocolErrorCode.NotFound, "no memory has that id"), error);
    }

    private static RpcMessage Parse(string hex)
    {
        var bytes = Bytes.Hex(hex);
        var scanner = new MessageScanner(ProtocolLimits.Default);
        Assert.True(scanner.Scan(Bytes.InPieces(bytes, 4), out _));
        return RpcMessage.Parse(Bytes.Whole(bytes), ProtocolLimits.Default);
    }
}
