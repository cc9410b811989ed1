using System.Buffers;
using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Client.Tests;

/// <summary>What a client makes of a server that breaks off, hangs, or talks nonsense.</summary>
public sealed class ConnectionTests
{
    private static readonly RememberReply Unchanged = new() { Id = Guid.CreateVersion7(), Version = 1, Outcome = "unchanged", Sequence = 5 };

    [Fact]
    public async Task What_does_no_harm_twice_is_asked_again()
    {
        var broken = 0;
        using var server = new ScriptedServer((connection, message) =>
        {
            if (Interlocked.Increment(ref broken) <= 2) connection.Close();
            else if (message.Method == MemoryMethods.Remember.Name) connection.Reply(message.Id, Unchanged);
            else connection.Reply(message.Id, new EmptyReply());
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        var made = await client.RememberAsync("x");
        // To the caller, who asked once, it is new.
        Assert.Equal(RememberOutcome.Added, made.Outcome);
        var sent = server.Received.Select(r => MemoryMethods.Remember.ReadRequest(new(r.Params), ProtocolLimits.Default).Memory.Id).ToList();
        Assert.Equal(3, sent.Count);
        Assert.NotNull(Assert.Single(sent.Distinct()));
        Assert.Equal(3, server.Connections);
    }

    [Fact]
    public async Task What_may_have_happened_and_must_not_twice_is_told_so()
    {
        using var server = new ScriptedServer((connection, _) => connection.Close());
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await client.CreateSnapshotAsync("x"));
        Assert.Equal((ErrorCode.Unavailable, true), (error.Code, error.IsRetryable));
        Assert.Contains("may have happened", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<MemoryEngineException>(
            async () => await client.ReviseAsync(Guid.CreateVersion7(), new MemoryDraft { Text = "x" }, expectedVersion: 1));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.Equal(2, server.Received.Count);
    }

    [Fact]
    public async Task A_server_that_is_closing_is_found_again()
    {
        var asked = 0;
        using var server = new ScriptedServer((connection, message) =>
        {
            if (Interlocked.Increment(ref asked) == 1) connection.Refuse(message.Id, ProtocolErrorCode.ShuttingDown, "The server is closing.");
            else connection.Reply(message.Id, new EmptyReply());
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        await client.PingAsync();
        Assert.Equal(2, server.Received.Count);
    }

    [Fact]
    public async Task Nobody_there_is_told_after_the_time_that_was_given()
    {
        var server = new ScriptedServer((connection, _) => connection.Close());
        await using var client = await MemoryClient.ConnectAsync(
            server.Address, new MemoryClientOptions { ReconnectFor = TimeSpan.FromMilliseconds(100) });
        server.Dispose();
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await client.PingAsync());
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        Assert.Contains(server.Address, error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<MemoryEngineException>(() => MemoryClient.ConnectAsync(server.Address));
        Assert.Equal(ErrorCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_at_once_and_the_server_is_told_which()
    {
        using var server = new ScriptedServer((connection, message) =>
        {
            if (message.Method == MemoryMethods.Ping.Name) connection.Reply(message.Id, new EmptyReply());
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        using var source = new CancellationTokenSource();
        var call = client.StatsAsync(source.Token).AsTask();
        var sent = server.Received.Take();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var cancel = server.Received.Take();
        Assert.Equal((RpcKind.Notification, RpcCancel.Method), (cancel.Kind, cancel.Method));
        Assert.Equal(sent.Id, RpcCancel.Read(new ReadOnlySequence<byte>(cancel.Params), ProtocolLimits.Default));
        await client.PingAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.PingAsync(source.Token));
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_deadline_goes_to_the_server_and_is_kept_when_that_hangs()
    {
        using var server = new ScriptedServer((_, _) => { });
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        var error = await Assert.ThrowsAsync<MemoryEngineException>(
            async () => await client.WithDeadline(TimeSpan.FromMilliseconds(20)).PingAsync());
        Assert.Equal((ErrorCode.DeadlineExceeded, true), (error.Code, error.IsRetryable));
        Assert.Equal(20, MemoryMethods.Ping.ReadRequest(new(server.Received.Take().Params), ProtocolLimits.Default).DeadlineMs);
        Assert.Throws<ArgumentException>(() => client.WithDeadline(TimeSpan.Zero));
    }

    [Fact]
    public async Task Answers_come_in_any_order()
    {
        var held = new List<(ScriptedConnection Connection, uint Id)>();
        using var server = new ScriptedServer((connection, message) =>
        {
            lock (held)
            {
                held.Add((connection, message.Id));
                if (held.Count < 3) return;
                for (var i = 2; i >= 0; i--) held[i].Connection.Reply(held[i].Id, new ForgetReply { Id = Guid.Empty, Forgotten = i == 1 });
            }
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        var calls = Enumerable.Range(0, 3).Select(_ => client.ForgetAsync(Guid.CreateVersion7()).AsTask()).ToList();
        var answers = await Task.WhenAll(calls);
        Assert.Equal([false, true, false], answers);
    }

    [Fact]
    public async Task No_more_are_under_way_than_the_server_takes()
    {
        var (now, most) = (0, 0);
        using var server = new ScriptedServer((connection, message) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            _ = Task.Delay(5).ContinueWith(_ =>
            {
                Interlocked.Decrement(ref now);
                connection.Reply(message.Id, new ForgetReply { Id = Guid.Empty, Forgotten = true });
            }, TaskScheduler.Default);
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address, new MemoryClientOptions { MaxInFlight = 4 });
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => client.ForgetAsync(Guid.CreateVersion7()).AsTask()));
        Assert.InRange(most, 2, 4);
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("94 01 ff 05 c0")]
    [InlineData("81 01 02")]
    [InlineData("dd ffffffff")]
    public async Task Nonsense_ends_the_connection_and_the_next_call_makes_a_new_one(string hex)
    {
        var asked = 0;
        using var server = new ScriptedServer((connection, message) =>
        {
            if (Interlocked.Increment(ref asked) == 1) connection.SendRaw(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
            else connection.Reply(message.Id, new EmptyReply());
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address, new MemoryClientOptions { ReconnectFor = TimeSpan.Zero });
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await client.PingAsync());
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        await client.PingAsync();
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task An_answer_that_is_none_fails_its_call_alone()
    {
        using var server = new ScriptedServer((connection, message) => connection.Reply(message.Id, new EmptyReply()));
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await client.ForgetAsync(Guid.CreateVersion7()));
        Assert.Equal(ErrorCode.Protocol, error.Code);
        Assert.Contains("memory.forget is none: id: it is required", error.Message, StringComparison.Ordinal);
        await client.PingAsync();
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task What_the_server_said_before_it_closed_is_told()
    {
        using var server = new ScriptedServer((connection, _) =>
        {
            connection.Send(o => RpcWriter.WriteNotification(o, "memory.error", ErrorNotice.Of(RpcError.Of(ProtocolErrorCode.TooLarge, "too much"))));
            connection.Close();
        });
        await using var client = await MemoryClient.ConnectAsync(server.Address, new MemoryClientOptions { ReconnectFor = TimeSpan.Zero });
        var error = await Assert.ThrowsAsync<MemoryEngineException>(async () => await client.PingAsync());
        Assert.Contains("TOO_LARGE: too much", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused_before_it_is_sent()
    {
        using var server = new ScriptedServer((connection, message) => connection.Reply(message.Id, new EmptyReply()));
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.RememberAsync(new string('x', 17 << 20)));
        await client.PingAsync();
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_closed_client_says_so()
    {
        using var server = new ScriptedServer((connection, message) => connection.Reply(message.Id, new EmptyReply()));
        var client = await MemoryClient.ConnectAsync(server.Address);
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.PingAsync());
    }
}
