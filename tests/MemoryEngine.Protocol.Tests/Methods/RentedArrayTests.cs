using System.Buffers;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Protocol.Tests.Methods;

/// <summary>What a server reads again and again costs nothing to be collected: vectors are rented, and names are those that are known.</summary>
public sealed class RentedArrayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(384)]
    public void A_vector_is_as_long_as_it_was_sent_and_given_back_once(int dimension)
    {
        var first = Read(Vector(dimension, 1));
        Assert.Equal(Vector(dimension, 1), first.Vector!.Value.ToArray());
        first.Release();
        first.Release();
        // Given back twice, it would be lent to both.
        var (second, third) = (Read(Vector(dimension, 2)), Read(Vector(dimension, 3)));
        Assert.Equal(Vector(dimension, 2), second.Vector!.Value.ToArray());
        Assert.Equal(Vector(dimension, 3), third.Vector!.Value.ToArray());
    }

    [Fact]
    public void Reading_a_recall_allocates_nothing_for_its_vector()
    {
        const int Dimension = 4096;
        var bytes = Encode(Vector(Dimension, 1));
        Read(bytes).Release();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(bytes).Release();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Dimension);
    }

    [Fact]
    public void A_request_without_a_vector_has_nothing_to_give_back()
    {
        var request = Read(Encode(null));
        request.Release();
        Assert.Null(request.Vector);
        new EmptyRequest().Release();
    }

    [Fact]
    public void A_name_that_is_known_is_no_new_text()
    {
        var verdict = new VerdictView { Verdict = new string("accepted"), Reasons = [new string("in_mode"), "of_a_newer_server"] };
        var sent = new VerifyReply
        {
            Verdicts = [new VerifiedView { Id = Guid.NewGuid(), Version = 1, Verdict = verdict }],
        };
        var buffer = new ArrayBufferWriter<byte>();
        RpcWriter.WriteResult(buffer, 1, sent);
        var message = RpcMessage.Parse(new ReadOnlySequence<byte>(buffer.WrittenMemory), ProtocolLimits.Default);
        var read = MemoryMethods.Verify.ReadResult(message.Result, ProtocolLimits.Default).Verdicts[0].Verdict;
        Assert.Same(WireNames.Verdicts[0], read.Verdict);
        Assert.Same(VerdictView.NameOf(ReasonCode.InMode), read.Reasons[0]);
        Assert.Equal(verdict.Reasons, read.Reasons);
    }

    private static float[] Vector(int dimension, float value) => [.. Enumerable.Range(0, dimension).Select(i => value + i)];

    private static RecallRequest Read(float[] vector) => Read(Encode(vector));

    private static RecallRequest Read(byte[] message)
    {
        var parsed = RpcMessage.Parse(new ReadOnlySequence<byte>(message), ProtocolLimits.Default);
        return MemoryMethods.Recall.ReadRequest(parsed.Params, ProtocolLimits.Default);
    }

    private static byte[] Encode(float[]? vector)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ReadOnlyMemory<float>? given = vector is null ? (ReadOnlyMemory<float>?)null : vector;
        RpcWriter.WriteRequest(buffer, 1, MemoryMethods.Recall.Name, new RecallRequest { Query = "a", Vector = given });
        return buffer.WrittenSpan.ToArray();
    }
}
