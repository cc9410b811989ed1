using System.Diagnostics;
using MemoryEngine.Protocol.Methods;

namespace MemoryEngine.Server.Tests;

/// <summary>Tests that measure the process, and so have it to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>What many clients leave behind: nothing.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class LeakTests
{
    [Fact]
    public async Task Ten_thousand_connections_leak_neither_handles_nor_threads_nor_memory()
    {
        await using var server = await TestServer.StartAsync();
        Connect(server, 200);
        var before = Measure(server);
        Connect(server, 10_000);
        // The last of them are not counted any more a moment before their threads and sockets are gone.
        var after = before;
        TestServer.Until(
            () =>
            {
                after = Measure(server);
                return after.Handles <= before.Handles + 8 && after.Threads <= before.Threads + 8 && after.Bytes <= before.Bytes + (1 << 20);
            },
            () => $"no more is held than {before}, but {after}");
    }

    private static void Connect(TestServer server, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using (var client = server.Connect())
            {
                // One in two leaves with a question on its lips.
                if (i % 2 == 0) Assert.Null(client.Call(MemoryMethods.Ping, new EmptyRequest()).Error);
                else client.Send(RawClient.Request(MemoryMethods.Stats, new StatsRequest(), 1));
            }
            if (i % 32 == 31) TestServer.Until(() => server.Pipe.Connections == 0, "those before are gone");
        }
    }

    private static (int Handles, int Threads, long Bytes) Measure(TestServer server)
    {
        server.ShouldBeQuiet();
        TestServer.Until(() => server.Pipe.Connections == 0, "all are gone");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (process.HandleCount, process.Threads.Count, bytes);
    }
}
