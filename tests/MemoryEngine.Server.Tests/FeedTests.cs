using MemoryEngine.Protocol;
using MemoryEngine.Protocol.Methods;
using MemoryEngine.Protocol.Rpc;

namespace MemoryEngine.Server.Tests;

/// <summary>Clients that are told of changes.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task Changes_come_in_order_and_go_on_where_a_client_left_them()
    {
        await using var server = await TestServer.StartAsync();
        var store = server.Pipe.Store;
        using var first = server.Connect();
        var from = first.Call(MemoryMethods.Subscribe, new SubscribeRequest()).Result!.Sequence;
        var one = await store.RememberAsync("One");
        await store.ReviseAsync(one.Id, new MemoryDraft { Text = "One, revised" });
        await store.ForgetAsync(one.Id);
        await store.RestoreAsync(one.Id);
        MemoryChangeKind[] kinds = [MemoryChangeKind.Added, MemoryChangeKind.Revised, MemoryChangeKind.Forgotten, MemoryChangeKind.Restored];
        int?[] versions = [1, 2, null, 2];
        var seen = Take(first, 4);
        Assert.Equal(kinds, seen.Select(c => c.Kind));
        Assert.Equal(versions, seen.Select(c => c.Version));
        Assert.All(seen, c => Assert.Equal(one.Id, c.Id));

        using var second = server.Connect();
        second.Call(MemoryMethods.Subscribe, new SubscribeRequest { After = seen[1].Sequence });
        Assert.Equal(seen[2..], Take(second, 2));
        using var third = server.Connect();
        third.Call(MemoryMethods.Subscribe, new SubscribeRequest { After = from });
        Assert.Equal(seen, Take(third, 4));
        await store.RememberAsync("Two");
        Assert.Equal(MemoryChangeKind.Added, Assert.Single(Take(second, 1)).Kind);
        Assert.Equal(MemoryChangeKind.Added, Assert.Single(Take(third, 1)).Kind);
        Assert.Equal(
            (int)ProtocolErrorCode.InvalidArgument, third.Call(MemoryMethods.Subscribe, new SubscribeRequest()).Error?.Code ?? 0);
    }

    [Fact]
    public async Task A_rollback_is_a_resync()
    {
        await using var server = await TestServer.StartAsync();
        var store = server.Pipe.Store;
        await store.CreateSnapshotAsync("empty");
        await store.RememberAsync("One");
        using var client = server.Connect();
        client.Call(MemoryMethods.Subscribe, new SubscribeRequest());
        var rolledBack = await store.RollBackAsync("empty");
        Assert.Equal(new MemoryChange(rolledBack.Sequence, MemoryChangeKind.Resync), Assert.Single(Take(client, 1)));
        await store.RememberAsync("Two");
        Assert.Equal(MemoryChangeKind.Added, Assert.Single(Take(client, 1)).Kind);
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_holds_nothing_up()
    {
        await using var server = await TestServer.StartAsync();
        using var deaf = server.Connect();
        deaf.Call(MemoryMethods.Subscribe, new SubscribeRequest());
        var drafts = Enumerable.Range(0, 6_000).Select(i => new MemoryDraft { Text = $"Memory {i}" }).ToList();
        await server.Pipe.Store.RememberManyAsync(drafts);
        Assert.InRange(server.Pipe.Memory.Used, 0, 1 << 20);
        var seen = Take(deaf, drafts.Count);
        Assert.Equal(drafts.Count, seen.Select(c => c.Id).Distinct().Count());
        Assert.Equal(seen.Select(c => c.Sequence).Order(), seen.Select(c => c.Sequence));
    }

    private static List<MemoryChange> Take(RawClient client, int count)
    {
        var changes = new List<MemoryChange>();
        while (changes.Count < count)
        {
            var message = client.Next()!.Value;
            Assert.Equal((RpcKind.Notification, MemoryMethods.Change.Name), (message.Kind, message.Method));
            changes.Add(MemoryMethods.Change.ReadRequest(message.Params, ProtocolLimits.Default).ToChange()!.Value);
        }
        return changes;
    }
}
