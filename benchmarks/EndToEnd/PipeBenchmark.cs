using System.Diagnostics;
using MemoryEngine.Client;
using MemoryEngine.Server;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Real memories and real tasks through the pipe: the shared memories are imported with the default embedder and served, and each shared
/// task is recalled for by its text, in this process and through the .NET client, in turns. Then eight clients verify 64 memories a request,
/// all at once. <c>memengine bench pipe</c> has the rest: round trips beside a bare socket, recalls by vector, rounds, hostile clients.
/// </summary>
internal static class PipeBenchmark
{
    private const int Clients = 8;
    private const int BatchSize = 64;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        return SharedData.Run(
            "pipe", (data, root) => RunAsync(root, data, (int)arguments.Number("rounds", 20), (int)arguments.Number("at-once", 1_000)));
    }

    private static async Task RunAsync(string root, string data, int rounds, int atOnce)
    {
        await using var server = await PipeServer.StartAsync(Path.Combine(root, "pool"));
        var count = await RecallBenchmark.ImportAsync(server.Store, Path.Combine(data, "memories"), copy: 0);
        await server.Store.SettleAsync(CancellationToken.None);
        var tasks = RecallBenchmark.Tasks(Path.Combine(data, "tasks"));
        Say("pool", $"{count:n0} memories; {tasks.Count} tasks, {tasks.Average(t => t.Text.Length):n0} characters each; k = 3; {rounds} rounds");
        await using var client = await MemoryClient.ConnectAsync(server.Address);
        // A process that has answered nothing yet compiles, and reads every text for the first time.
        _ = await RecallAsync(server.Store, client, tasks, 2);
        var (inside, through) = await RecallAsync(server.Store, client, tasks, rounds);
        Say("recall in process", inside.Summary());
        Say("recall through the pipe", through.Summary());
        _ = await VerifyAsync(server, atOnce);
        Say($"verify {BatchSize}, {Clients} clients", (await VerifyAsync(server, atOnce)).Summary());
        Say("host", Host.Load);
    }

    private static async Task<(Latencies Inside, Latencies Through)> RecallAsync(
        MemoryStore store, MemoryClient client, List<(string Text, string Domain)> tasks, int rounds)
    {
        var (inside, through) = (new Latencies(rounds * tasks.Count), new Latencies(rounds * tasks.Count));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (text, domain) in tasks)
            {
                var query = new RecallQuery { Text = text, Domain = domain };
                var start = Stopwatch.GetTimestamp();
                var own = await store.RecallAsync(query);
                inside.Add(start);
                start = Stopwatch.GetTimestamp();
                var sent = await client.RecallAsync(query);
                through.Add(start);
                if (!own.Memories.Select(m => m.Memory.Id).SequenceEqual(sent.Memories.Select(m => m.Memory.Id)))
                    throw new InvalidOperationException($"A task of '{domain}' got other memories through the pipe.");
            }
        }
        return (inside, through);
    }

    private static async Task<Latencies> VerifyAsync(PipeServer server, int requests)
    {
        var ids = new List<Guid>();
        await foreach (var memory in server.Store.ListAsync()) ids.Add(memory.Id);
        var (random, all) = (new Random(1), ids.ToArray());
        var batches = Enumerable.Range(0, 64).Select(_ => random.GetItems(all, BatchSize).Distinct().ToArray()).ToArray();
        var query = new VerifyQuery { Domain = "polyglot/go" };
        foreach (var batch in batches) _ = await server.Store.VerifyAsync(batch, query);
        var times = new Latencies(requests);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => Task.Run(async () =>
        {
            await using var client = await MemoryClient.ConnectAsync(server.Address);
            for (var i = 0; i < requests / Clients; i++)
            {
                var start = Stopwatch.GetTimestamp();
                _ = await client.VerifyAsync(batches[(c + i) % batches.Length], query);
                lock (times) times.Add(start);
            }
        })));
        return times;
    }

    private static void Say(string what, string how) => Console.WriteLine($"{what,-28} {how}");
}
