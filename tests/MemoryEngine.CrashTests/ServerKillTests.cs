using System.Collections.Concurrent;
using MemoryEngine.Client;
using MemoryEngine.Testing;

namespace MemoryEngine.CrashTests;

/// <summary>A server that is killed under load, again and again, while its clients go on.</summary>
[Trait("Category", "Crash")]
public sealed class ServerKillTests
{
    private const int Writers = 4;
    private const int Kills = 4;
    private const int WritesBetweenKills = 40;

    [Fact]
    public async Task No_kill_of_the_server_loses_an_acknowledged_write_and_keys_end_with_each_memory_once()
    {
        using var directory = new TemporaryPool();
        var server = await StartAsync(directory);
        try
        {
            using var stop = new CancellationTokenSource();
            // The clients find each new server by themselves, and send again what nobody has answered.
            var options = new MemoryClientOptions { ReconnectFor = Patience.Limit };
            await using var client = await MemoryClient.ConnectToPoolAsync(directory.Pool, options);
            var acknowledged = new ConcurrentDictionary<string, RememberResult>();
            var writers = Enumerable.Range(0, Writers).Select(w => WriteAsync(client, w, acknowledged, stop.Token)).ToArray();
            for (var kill = 0; kill < Kills; kill++)
            {
                var goal = acknowledged.Count + WritesBetweenKills;
                Assert.True(Patience.Until(() => acknowledged.Count >= goal || writers.Any(w => w.IsCompleted)));
                await server.KillAsync();
                server.Dispose();
                server = await StartAsync(directory);
            }
            await stop.CancelAsync();
            await Task.WhenAll(writers);

            var found = new Dictionary<string, MemoryVersion>();
            await foreach (var memory in client.ListAsync()) Assert.True(found.TryAdd(memory.Text, memory), $"'{memory.Text}' is there twice.");
            Assert.InRange(acknowledged.Count, Kills * WritesBetweenKills, int.MaxValue);
            foreach (var (text, result) in acknowledged)
                Assert.True(found.TryGetValue(text, out var memory) && memory.Id == result.Id, $"'{text}' was acknowledged and is not there.");
        }
        finally
        {
            server.Dispose();
        }
    }

    private static async Task<ChildProcess> StartAsync(TemporaryPool directory)
    {
        var server = new ChildProcess("serve", directory.Pool);
        await server.WaitForSignalAsync();
        return server;
    }

    private static async Task WriteAsync(
        MemoryClient client, int writer, ConcurrentDictionary<string, RememberResult> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var text = $"Writer {writer}, memory {i}";
            var draft = new MemoryDraft { Text = text, IdempotencyKey = text };
            acknowledged[text] = await client.RememberAsync(draft, CancellationToken.None);
        }
    }
}
