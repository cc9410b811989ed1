using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.MessagePack;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;
using MemoryEngine.Testing;

namespace MemoryEngine.Server.Tests;

/// <summary>Clients that mean harm, or are broken. Each costs itself its connection at most, and the others nothing.</summary>
public sealed class HostileClientTests
{
    private static readonly byte[] Ping = RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), 7);

    [Fact]
    public async Task One_that_sends_a_byte_a_second_is_cut_off_after_thirty()
    {
        await using var server = await TestServer.StartAsync();
        using var slow = server.Connect();
        var message = LargeMessage(1 << 20);
        Begin(server, slow, message);
        var sent = 1;
        for (var second = 1; second <= 30; second++)
        {
            // One burst is more than an empty inbox holds, and so shows when it was read: it must not give the client new time.
            var bytes = second == 15 ? 100_000 : 1;
            slow.Send(message.AsSpan(sent, bytes));
            sent += bytes;
            if (second == 15) TestServer.Until(() => server.Pipe.Memory.Used > 0, "the burst was read");
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.False(slow.HasData, $"The server says something after {second} seconds.");
        }
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(slow.HasData, "The server says nothing after 31 seconds.");
        Assert.Equal((int)ProtocolErrorCode.DeadlineExceeded, slow.ReadToEnd()?.Code);
        server.ShouldBeQuiet();
    }

    [Fact]
    public async Task One_that_is_slow_but_in_time_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        using var slow = server.Connect();
        Begin(server, slow, Ping);
        foreach (var b in Ping.AsSpan(1))
        {
            server.Clock.Advance(TimeSpan.FromSeconds(29.0 / Ping.Length));
            slow.Send([b]);
        }
        Assert.Equal(7u, slow.Next()?.Id);
    }

    [Fact]
    public async Task One_that_never_reads_is_cut_off_when_too_much_waits_for_it()
    {
        await using var server = await TestServer.StartAsync(o => o with { MaxQueuedBytes = 1 << 16 });
        var large = await server.Pipe.Store.RememberAsync(new string('x', 400_000));
        using var deaf = server.Connect();
        Assert.Null(deaf.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        var get = RawClient.Request(MemoryMethods.Get, new GetRequest { Id = large.Id }, 1);
        TestServer.Until(() => !deaf.TrySend(get) || server.Pipe.Connections == 0, "the deaf client was cut off");
        server.ShouldBeQuiet();
    }

    [Fact]
    public async Task One_that_reads_late_gets_all_that_it_asked_for_and_no_more_is_worked_out_before()
    {
        const int Requests = 100;
        const int Most = 4 << 20;
        const int Length = 400_000;
        await using var server = await TestServer.StartAsync(o => o with { MaxQueuedBytes = Most });
        var large = await server.Pipe.Store.RememberAsync(new string('x', Length));
        using var late = server.Connect();
        for (var id = 1u; id <= Requests; id++) late.Send(RawClient.Request(MemoryMethods.Get, new GetRequest { Id = large.Id }, id));
        TestServer.Until(() => server.Pipe.Memory.Used > Most / 4, "much waits for it");
        using (var other = server.Connect()) Assert.Null(other.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        // What makes a quarter of the bytes full, and what was under way then: one for each thread of the client's.
        var underWay = Math.Max(1, Environment.ProcessorCount - 1);
        Assert.InRange(server.Pipe.Memory.Used, Most / 4, (Most / 4) + ((1 + underWay) * (Length + 1000)));
        var answered = new HashSet<uint>();
        for (var i = 0; i < Requests; i++)
        {
            var answer = late.Next()!.Value;
            Assert.Null(answer.Error);
            Assert.True(answered.Add(answer.Id));
        }
        server.ShouldBeQuiet(others: 1);
    }

    [Fact]
    public async Task One_that_never_reads_what_fits_is_cut_off_after_thirty_seconds()
    {
        await using var server = await TestServer.StartAsync();
        var large = await server.Pipe.Store.RememberAsync(new string('x', 900_000));
        using var deaf = server.Connect();
        deaf.Send(RawClient.Request(MemoryMethods.Get, new GetRequest { Id = large.Id }, 1));
        TestServer.Until(() => server.Pipe.Memory.Used > 0, "its answer waits");
        server.AdvanceUntil(() => server.Pipe.Connections == 0, "it was cut off");
        server.ShouldBeQuiet();
    }

    [Theory]
    [InlineData("dfffffffff", ProtocolErrorCode.TooLarge)]
    [InlineData("ddffffffff", ProtocolErrorCode.TooLarge)]
    [InlineData("c6ffffffff", ProtocolErrorCode.TooLarge)]
    [InlineData("dbffffffff", ProtocolErrorCode.TooLarge)]
    [InlineData("c9ffffffff01", ProtocolErrorCode.TooLarge)]
    [InlineData("940007c6fffffff0", ProtocolErrorCode.TooLarge)]
    [InlineData("c1", ProtocolErrorCode.Malformed)]
    [InlineData("80", ProtocolErrorCode.Malformed)]
    [InlineData("9103", ProtocolErrorCode.Malformed)]
    [InlineData("940107c0c0", ProtocolErrorCode.Malformed)]
    [InlineData("474554202f20485454502f312e310d0a", ProtocolErrorCode.Malformed)]
    public async Task Malformed_bytes_and_lengths_of_gigabytes_end_that_connection_alone(string hex, ProtocolErrorCode code)
    {
        await using var server = await TestServer.StartAsync();
        using var good = server.Connect();
        Assert.Null(good.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        using var bad = server.Connect();
        bad.Send(Convert.FromHexString(hex));
        Assert.Equal((int)code, bad.ReadToEnd()?.Code);
        Assert.Null(good.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        server.ShouldBeQuiet(others: 1);
    }

    [Fact]
    public async Task A_length_that_is_claimed_costs_nothing_until_its_bytes_come()
    {
        await using var server = await TestServer.StartAsync();
        using var bad = server.Connect();
        // A whole request, and the head of one that says it has nearly sixteen megabytes.
        bad.Send([.. Ping, .. LargeMessage(16_000_000).AsSpan(0, 100)]);
        Assert.Equal(7u, bad.Next()?.Id);
        Assert.Equal(0, server.Pipe.Memory.Used);
    }

    [Fact]
    public async Task A_million_nested_arrays_are_refused_at_the_thirty_third()
    {
        await using var server = await TestServer.StartAsync();
        using var bad = server.Connect();
        var nested = new byte[1 << 20];
        nested.AsSpan().Fill(0x91);
        bad.TrySend(nested);
        var why = bad.ReadToEnd();
        Assert.Equal((int)ProtocolErrorCode.TooLarge, why?.Code);
        server.ShouldBeQuiet();
    }

    [Fact]
    public async Task A_msgid_that_is_in_use_is_refused_and_the_first_one_is_answered()
    {
        using var embedder = new GatedEmbedder();
        await using var server = await TestServer.StartAsync(embedder);
        using var client = server.Connect();
        client.Send(RawClient.Request(MemoryMethods.Recall, new RecallRequest { Query = "a" }, 5));
        TestServer.Until(() => embedder.Waiting == 1, "the recall waits for its embedder");
        client.Send(RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), 5));
        var refused = client.Next();
        Assert.Equal((5u, (int)ProtocolErrorCode.InvalidArgument), (refused!.Value.Id, refused.Value.Error!.Value.Code));
        embedder.Open();
        var answer = client.Next();
        Assert.Equal((5u, null), (answer!.Value.Id, answer.Value.Error));
        client.Send(RawClient.Request(MemoryMethods.Ping, new EmptyRequest(), 5));
        Assert.Null(client.Next()!.Value.Error);
    }

    [Fact]
    public async Task Ten_thousand_requests_at_once_are_each_answered_or_refused_and_others_are_served_meanwhile()
    {
        await using var server = await TestServer.StartAsync();
        await server.Pipe.Store.RememberAsync("Retry only what is idempotent.", "backend/go");
        using var flood = server.Connect();
        using var other = server.Connect();
        const int Requests = 10_000;
        var all = new ArrayBufferWriter<byte>();
        for (var i = 1u; i <= Requests; i++)
            RpcWriter.WriteRequest(all, i, MemoryMethods.Recall.Name, new RecallRequest { Query = "idempotent", Domain = "backend/go" });
        var sending = Task.Run(() => flood.Send(all.WrittenSpan));
        var answered = new HashSet<uint>();
        var (busy, done) = (0, 0);
        while (answered.Count < Requests)
        {
            var answer = flood.Next()!.Value;
            Assert.True(answered.Add(answer.Id));
            if (answer.Error is null) done++;
            else if (answer.Error.Value.Code == (int)ProtocolErrorCode.Busy) busy++;
            if (answered.Count % 100 == 0) Assert.Null(other.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        }
        await sending;
        Assert.Equal(Requests, busy + done);
        Assert.InRange(done, 128, Requests);
        Assert.Null(flood.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        server.ShouldBeQuiet(others: 2);
    }

    [Fact]
    public async Task Whoever_disconnects_in_the_middle_of_any_method_leaves_nothing_behind()
    {
        await using var server = await TestServer.StartAsync();
        var id = (await server.Pipe.Store.RememberAsync("Retry only what is idempotent.")).Id;
        await server.Pipe.Store.CreateSnapshotAsync("before");
        var requests = EveryMethod(id, $"{server.Address}-copy").ToList();
        Assert.Equal(
            MemoryMethods.All.Select(m => m.Name).Order(StringComparer.Ordinal),
            requests.Select(r => RpcMessage.Parse(new ReadOnlySequence<byte>(r), ProtocolLimits.Default).Method).Order(StringComparer.Ordinal));
        foreach (var request in requests)
        {
            foreach (var cut in new[] { 1, request.Length / 2, request.Length - 1, request.Length })
            {
                using var client = server.Connect();
                client.Send(request.AsSpan(0, cut));
            }
        }
        server.ShouldBeQuiet();
        Assert.Equal("ready", server.Pipe.Store.Stats().Health);
    }

    [Fact]
    public async Task Random_bytes_end_in_an_error_or_wait_for_more()
    {
        await using var server = await TestServer.StartAsync();
        var random = new Random(TestSeed.Value);
        for (var i = 0; i < 300; i++)
        {
            using var client = server.Connect();
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            // Half of them begin like a message.
            if (i % 2 == 0) client.Send(Ping.AsSpan(0, random.Next(Ping.Length)));
            client.TrySend(bytes);
        }
        server.ShouldBeQuiet();
    }

    [Fact]
    public async Task The_memory_of_all_is_limited_and_small_requests_need_none_of_it()
    {
        await using var server = await TestServer.StartAsync(o => o with { MemoryBytes = 16 << 20 });
        using var first = server.Connect();
        using var second = server.Connect();
        using var third = server.Connect();
        // Most of a message of 12 MiB, twice: the second finds no room for it.
        var head = LargeMessage(12 << 20);
        first.Send(head.AsSpan(0, 10 << 20));
        TestServer.Until(() => server.Pipe.Memory.Used > 8 << 20, "the first has its room");
        second.TrySend(head.AsSpan(0, 10 << 20));
        Assert.Equal((int)ProtocolErrorCode.Busy, second.ReadToEnd()?.Code);
        Assert.Null(third.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
        Assert.Null(third.Call(MemoryMethods.Remember, new RememberRequest { Memory = new() { Text = "small" } }).Error);
        first.Dispose();
        server.ShouldBeQuiet(others: 1);
    }

    // Sends the first byte, and returns when the server has seen it: from then on its time runs, however late the server came to it.
    private static void Begin(TestServer server, RawClient client, byte[] message)
    {
        var readings = server.Clock.Readings;
        client.Send(message.AsSpan(0, 1));
        TestServer.Until(() => server.Clock.Readings > readings, "the server has seen the first byte");
    }

    private static byte[] LargeMessage(int bytes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.WriteInteger(0L);
        writer.WriteInteger(1L);
        writer.WriteString(MemoryMethods.Ping.Name);
        writer.WriteArrayHeader(1);
        writer.WriteMapHeader(1);
        writer.WriteString("padding");
        writer.WriteBinary(new byte[bytes]);
        return buffer.WrittenSpan.ToArray();
    }

    private static IEnumerable<byte[]> EveryMethod(Guid id, string copy)
    {
        yield return RawClient.Request(MemoryMethods.Hello, new HelloRequest { Proto = (1, 1) }, 1);
        yield return Ping;
        yield return RawClient.Request(MemoryMethods.Remember, new RememberRequest { Memory = new() { Text = "a" } }, 1);
        yield return RawClient.Request(
            MemoryMethods.RememberMany, new RememberManyRequest { Memories = [new() { Text = "a" }, new() { Text = "b" }] }, 1);
        yield return RawClient.Request(MemoryMethods.Revise, new ReviseRequest { Memory = new() { Id = id, Text = "c" } }, 1);
        yield return RawClient.Request(MemoryMethods.Recall, new RecallRequest { Query = "idempotent" }, 1);
        yield return RawClient.Request(MemoryMethods.Verify, new VerifyRequest { Ids = [id] }, 1);
        yield return RawClient.Request(MemoryMethods.Get, new GetRequest { Id = id }, 1);
        yield return RawClient.Request(MemoryMethods.History, new HistoryRequest { Id = id }, 1);
        yield return RawClient.Request(MemoryMethods.Forget, new IdRequest { Id = id }, 1);
        yield return RawClient.Request(MemoryMethods.Restore, new IdRequest { Id = id }, 1);
        yield return RawClient.Request(MemoryMethods.List, new ListRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Stats, new StatsRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Advise, new AdviseRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Evidence, new EvidenceRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Check, new EmptyRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Compact, new CompactRequest(), 1);
        yield return RawClient.Request(MemoryMethods.Maintain, new EmptyRequest(), 1);
        yield return RawClient.Request(
            MemoryMethods.Report, new ReportRequest { Outcome = OutcomeView.Of(new Outcome { Transfer = id, Score = 1 }) }, 1);
        yield return RawClient.Request(MemoryMethods.Why, new WhyRequest { Transfer = id }, 1);
        yield return RawClient.Request(MemoryMethods.Backup, new BackupRequest { Path = copy }, 1);
        yield return RawClient.Request(MemoryMethods.Reembed, new ReembedRequest(), 1);
        yield return RawClient.Request(MemoryMethods.SnapshotCreate, new SnapshotRequest { Name = "s" }, 1);
        yield return RawClient.Request(MemoryMethods.SnapshotList, new EmptyRequest(), 1);
        yield return RawClient.Request(MemoryMethods.SnapshotDrop, new SnapshotRequest { Name = "s" }, 1);
        yield return RawClient.Request(MemoryMethods.SnapshotDiff, new SnapshotDiffRequest { Earlier = "before" }, 1);
        yield return RawClient.Request(MemoryMethods.SnapshotRollback, new SnapshotRequest { Name = "before" }, 1);
        yield return RawClient.Request(MemoryMethods.Subscribe, new SubscribeRequest { After = 0 }, 1);
    }
}
