using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Server.Tests;

/// <summary>What a client and the server owe each other: deadlines, cancellation, limits, an orderly end.</summary>
public sealed class SessionTests
{
    private static readonly byte[] Recall = RawClient.Request(MemoryMethods.Recall, new RecallRequest { Query = "a" }, 5);

    [Fact]
    public async Task A_cancelled_request_is_answered_as_cancelled()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        client.Send(Recall);
        TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        client.Send(RawClient.Cancel(4));
        client.Send(RawClient.Cancel(5));
        ShouldBe(ProtocolErrorCode.Cancelled, 5, client.Next());
        server.ShouldBeQuiet(others: 1);
    }

    [Fact]
    public async Task A_deadline_ends_a_request_when_it_passes_and_not_before()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        client.Send(RawClient.Request(MemoryMethods.Recall, new RecallRequest { Query = "a", DeadlineMs = 500 }, 5));
        TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        server.Clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Null(Ping(client, 6).Error);
        server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        ShouldBe(ProtocolErrorCode.DeadlineExceeded, 5, client.Next());
    }

    [Fact]
    public async Task Whoever_goes_away_cancels_what_it_asked()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using (var client = server.Connect())
        {
            client.Send(Recall);
            TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        }
        TestServer.Until(() => embedder.Waiting == 0, "the recall was cancelled");
        server.ShouldBeQuiet();
    }

    [Fact]
    public async Task More_requests_in_flight_than_allowed_are_refused_as_busy()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        for (var id = 1u; id <= 128; id++) client.Send(RawClient.Request(MemoryMethods.Recall, new RecallRequest { Query = "a" }, id));
        TestServer.Until(() => embedder.Waiting == 128, "all wait for the embedder");
        client.Send(RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), 129));
        ShouldBe(ProtocolErrorCode.Busy, 129, client.Next());
        // What is refused is not looked at: this has parameters that are wrong.
        client.Send(RawClient.Request(MemoryMethods.Recall, new RecallRequest { K = -1 }, 130));
        ShouldBe(ProtocolErrorCode.Busy, 130, client.Next());
        using var other = server.Connect();
        Assert.Null(other.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        embedder.Open();
        for (var i = 0; i < 128; i++) Assert.Null(client.Next()!.Value.Error);
        Assert.Null(Ping(client, 130).Error);
    }

    [Fact]
    public async Task More_clients_than_allowed_are_told_so_and_closed()
    {
        await using var server = await TestServer.StartAsync(o => o with { MaxConnections = 2 });
        using var first = server.Connect();
        using var second = server.Connect();
        Assert.Null(first.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        Assert.Null(second.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        using (var third = server.Connect()) Assert.Equal((int)ProtocolErrorCode.Busy, third.ReadToEnd()?.Code);
        second.Dispose();
        TestServer.Until(() => server.Pipe.Connections == 1, "the second is gone");
        using var fourth = server.Connect();
        Assert.Null(fourth.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    [Fact]
    public async Task A_closing_server_answers_what_it_has_taken_and_refuses_the_rest()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        client.Send(Recall);
        TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        var closing = server.Pipe.DisposeAsync().AsTask();
        TestServer.Until(() => server.Pipe.IsClosing, "the server is closing");
        ShouldBe(ProtocolErrorCode.ShuttingDown, 6, Ping(client, 6));
        Assert.False(File.Exists(server.Address));
        embedder.Open();
        var answer = client.Next();
        Assert.Equal((5u, null), (answer!.Value.Id, answer.Value.Error));
        Assert.Null(client.Next());
        await closing;
    }

    [Fact]
    public async Task A_closing_server_waits_no_longer_than_it_was_told()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        client.Send(Recall);
        TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        var closing = server.Pipe.DisposeAsync().AsTask();
        server.AdvanceUntil(() => closing.IsCompleted, "the server has closed");
        await closing;
        while (client.Next() is { } message) Assert.Equal((int)ProtocolErrorCode.ShuttingDown, message.Error?.Code);
    }

    [Fact]
    public async Task A_server_with_a_token_lets_in_only_who_has_it()
    {
        await using var server = await TestServer.StartAsync(o => o with { Token = "open sesame" });
        using var client = server.Connect();
        Assert.Equal((int)ProtocolErrorCode.Unauthorized, client.Call(MemoryMethods.Ping, new EmptyRequest()).Error?.Code);
        var hello = new HelloRequest { Proto = (1, 1) };
        Assert.Equal((int)ProtocolErrorCode.Unauthorized, client.Call(MemoryMethods.Hello, hello).Error?.Code);
        Assert.Equal(
            (int)ProtocolErrorCode.Unauthorized, client.Call(MemoryMethods.Hello, hello with { Token = "open sesam" }).Error?.Code);
        Assert.Null(client.Call(MemoryMethods.Hello, hello with { Token = "open sesame" }).Error);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    [Fact]
    public async Task Versions_that_are_not_spoken_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Connect();
        Assert.Equal(
            (int)ProtocolErrorCode.UnsupportedVersion, client.Call(MemoryMethods.Hello, new HelloRequest { Proto = (2, 9) }).Error?.Code);
        Assert.Equal(1, client.Call(MemoryMethods.Hello, new HelloRequest { Proto = (1, 9) }).Result?.Proto);
    }

    [Fact]
    public async Task Reembedding_asks_the_servers_embedder_and_finds_all_vectors_there()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        embedder.Open();
        var whole = client.Call(MemoryMethods.Reembed, new ReembedRequest { BatchTexts = 1 }).Result!;
        Assert.Equal(("gated", 0L, 1L, false), (whole.Embedder, whole.Embedded, whole.Already, whole.Switched));
        Assert.Equal(
            (int)ProtocolErrorCode.InvalidArgument, client.Call(MemoryMethods.Reembed, new ReembedRequest { TextsPerSecond = 0 }).Error?.Code);
        Assert.Equal(
            (int)ProtocolErrorCode.InvalidArgument, client.Call(MemoryMethods.Reembed, new ReembedRequest { BatchTexts = 257 }).Error?.Code);
    }

    [Fact]
    public async Task A_list_is_read_in_pages_without_a_gap()
    {
        await using var server = await TestServer.StartAsync();
        var ids = new List<Guid>();
        for (var i = 0; i < 25; i++) ids.Add((await server.Pipe.Store.RememberAsync($"Memory {i}")).Id);
        using var client = server.Connect();
        var listed = new List<Guid>();
        for (long? after = null; ;)
        {
            var page = client.Call(MemoryMethods.List, new ListRequest { Limit = 10, After = after }).Result!;
            listed.AddRange(page.Memories.Select(m => m.Memory.Id!.Value));
            if ((after = page.Next) is null) break;
        }
        Assert.Equal(ids, listed);
    }

    [Fact]
    public async Task A_result_over_the_limit_of_a_message_is_an_error_of_that_request()
    {
        await using var server = await TestServer.StartAsync(o => o with { Limits = new ProtocolLimits { MaxMessageBytes = 64 << 10 } });
        var large = await server.Pipe.Store.RememberAsync(new string('x', 100_000));
        using var client = server.Connect();
        Assert.Equal((int)ProtocolErrorCode.InvalidArgument, client.Call(MemoryMethods.Get, new GetRequest { Id = large.Id }).Error?.Code);
        Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
    }

    private static RpcMessage Ping(RawClient client, uint id)
    {
        client.Send(RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), id));
        return client.Next()!.Value;
    }

    private static void ShouldBe(ProtocolErrorCode code, uint id, RpcMessage? answer) =>
        Assert.Equal((id, (int)code), (answer!.Value.Id, answer.Value.Error?.Code ?? 0));
}
