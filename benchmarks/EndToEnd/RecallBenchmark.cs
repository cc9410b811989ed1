using System.Diagnostics;
using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Imports the shared memories (<c>--copies</c> times) with the default embedder and recalls for each shared task, with and without the task's
/// own domain, every request timed by itself; then counts what a recall with a given vector allocates. <c>--keep DIR</c> keeps the pool
/// there, or opens the one that is there, and <c>--answers FILE</c> writes what was found, with every score: so the same pool, asked by
/// two versions of the engine, tells whether they answer alike.
/// </summary>
internal static class RecallBenchmark
{
    private const int ImportChunk = 1024;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        return SharedData.Run("recall", async (data, root) =>
        {
            await RunAsync(arguments.Text("keep") ?? Path.Combine(root, "text"), data, arguments);
            await AllocationAsync(Path.Combine(root, "vectors"));
        });
    }

    private static async Task RunAsync(string pool, string data, Arguments arguments)
    {
        var (rounds, copies) = ((int)arguments.Number("rounds", 20), (int)arguments.Number("copies", 1));
        var isKept = Directory.Exists(pool);
        await using var store = await MemoryStore.OpenAsync(pool);
        var (watch, count) = (Stopwatch.StartNew(), 0);
        for (var copy = 0; !isKept && copy < copies; copy++) count += await ImportAsync(store, Path.Combine(data, "memories"), copy);
        if (!isKept) Say("import", $"{count:n0} memories in {watch.Elapsed.TotalSeconds:f2} s, {count / watch.Elapsed.TotalSeconds:n0} a second");
        watch.Restart();
        await store.SettleAsync(CancellationToken.None);
        Say("learning", $"its vectors were complete {watch.Elapsed.TotalSeconds:f2} s later");
        var tasks = Tasks(Path.Combine(data, "tasks"));
        Say("tasks", $"{tasks.Count} tasks, {tasks.Average(t => t.Text.Length):n0} characters each; k = 3; {rounds} rounds");
        // A process that has answered nothing yet compiles, and reads every text for the first time.
        await RecallAsync("the first round", store, tasks, 1, excludeOwn: false);
        await RecallAsync("recall", store, tasks, rounds, excludeOwn: false);
        await RecallAsync("recall without own domain", store, tasks, rounds, excludeOwn: true);
        Say("host", Host.Load);
        if (arguments.Text("answers") is { } answers) await TellAsync(store, tasks, answers);
    }

    // Every mode and scenario, explained and not, since each of them looks at more or fewer of what is found.
    private static async Task TellAsync(MemoryStore store, List<(string Text, string Domain)> tasks, string path)
    {
        await using var file = new StreamWriter(path);
        foreach (var (text, domain) in tasks)
        {
            foreach (var mode in Enum.GetValues<TransferMode>())
                foreach (var k in (int[])[3, 20])
                    foreach (var explain in (bool[])[false, true])
                        await TellOneAsync(new RecallQuery { Text = text, Domain = domain, Mode = mode, K = k, Explain = explain });
            foreach (var scenario in Enum.GetValues<TransferScenario>())
                await TellOneAsync(new RecallQuery { Text = text, Domain = domain, Scenario = scenario });
        }

        async Task TellOneAsync(RecallQuery query)
        {
            var result = await store.RecallAsync(query);
            await file.WriteLineAsync($"{query.Mode} {query.Scenario} {query.K} of {result.Considered} for {query.Domain}");
            foreach (var memory in result.Memories) await file.WriteLineAsync(Line(memory.Memory.Id, memory.Scores, memory.Verdict));
            foreach (var left in result.LeftOut) await file.WriteLineAsync($"  without{Line(left.Id, left.Scores, left.Verdict)}");
        }

        static string Line(Guid id, RecallScores scores, MemoryVerdict verdict) =>
            $"  {id} {scores} {verdict.Verdict} {string.Join(' ', verdict.Reasons.Select(r => r.Code))}";
    }

    public static async Task<int> ImportAsync(MemoryStore store, string directory, int copy)
    {
        var (count, writes, chunk) = (0, new List<Task>(), new List<MemoryDraft>());
        foreach (var path in Directory.EnumerateFiles(directory, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = JsonLinesReader.Open(path);
            while (reader.TryRead(out var line))
            {
                var draft = line.Draft ?? throw new InvalidDataException($"{path}, line {line.Number}: {line.Error}");
                // Copies make a pool as large as wanted, of as many words as it would have.
                chunk.Add(copy == 0 ? draft : draft with { Id = null, Text = $"{draft.Text}\ncopy{copy}" });
                if (chunk.Count == ImportChunk) Send();
            }
        }
        Send();
        await Task.WhenAll(writes);
        return count;

        void Send()
        {
            count += chunk.Count;
            writes.Add(store.RememberManyAsync(chunk));
            chunk = [];
        }
    }

    public static List<(string Text, string Domain)> Tasks(string directory)
    {
        var tasks = new List<(string, string)>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.jsonl.gz"))
        {
            using var gzip = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
            using var lines = new StreamReader(gzip);
            while (lines.ReadLine() is { } line)
            {
                using var task = JsonDocument.Parse(line);
                tasks.Add((task.RootElement.GetProperty("text").GetString()!, task.RootElement.GetProperty("domain").GetString()!));
            }
        }
        return tasks;
    }

    private static async Task RecallAsync(
        string what, MemoryStore store, List<(string Text, string Domain)> tasks, int rounds, bool excludeOwn)
    {
        var requests = rounds * tasks.Count;
        var (total, search, processor) = (new Latencies(requests), new Latencies(requests), new Latencies(requests));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (text, domain) in tasks)
            {
                var query = new RecallQuery { Text = text, Domain = domain, ExcludeDomain = excludeOwn ? domain : null };
                var (start, used) = (Stopwatch.GetTimestamp(), ThreadTime.Now);
                var recall = store.RecallAsync(query);
                // One that had to wait may have gone on on another thread, whose time is not its own.
                if (recall.IsCompleted) processor.AddDuration(ThreadTime.Now - used);
                var result = await recall;
                total.Add(start);
                search.AddDuration(result.SearchTime);
                if (result.Memories.Count != 3) throw new InvalidOperationException($"'{domain}' got {result.Memories.Count} memories.");
            }
        }
        Say(what, total.Summary());
        Say("  of which search", search.Summary());
        Say("  processor time", processor.Summary());
    }

    private static async Task AllocationAsync(string root)
    {
        const int Dimension = 384;
        const int Count = 10_000;
        var options = new MemoryStoreOptions
        {
            Spaces = [new VectorSpace(VectorSpace.TextSpace, Dimension, Metric.Cosine, "benchmark/random")],
            Durability = Durability.Process,
        };
        await using var store = await MemoryStore.OpenAsync(root, options);
        var random = new Random(7);
        for (var chunk = 0; chunk < Count; chunk += ImportChunk)
        {
            await store.RememberManyAsync([.. Enumerable.Range(chunk, Math.Min(ImportChunk, Count - chunk)).Select(i => new MemoryDraft
            {
                Text = $"memory number {i}",
                Domain = $"bench/{i % 10}",
                Vectors = new Dictionary<string, ReadOnlyMemory<float>> { [VectorSpace.TextSpace] = Vector(random, Dimension) },
            })]);
        }
        var query = new RecallQuery { Vector = Vector(random, Dimension), K = 3 };
        const int Recalls = 2000;
        long text = 0;
        for (var i = 0; i < Recalls; i++) _ = await store.RecallAsync(query);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Recalls; i++)
        {
            // Synchronous to the end, or the count would be of another thread.
            var recall = store.RecallAsync(query);
            if (!recall.IsCompletedSuccessfully) throw new InvalidOperationException("A recall of resident bodies had to wait.");
            foreach (var memory in recall.Result.Memories) text += 22 + (2 * memory.Memory.Text.Length);
        }
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before - text) / Recalls;
        Say("allocation of a recall", $"{allocated:n0} bytes besides the text it returns (vector given, k = 3, {Count:n0} memories)");
    }

    private static float[] Vector(Random random, int dimension) =>
        [.. Enumerable.Range(0, dimension).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static void Say(string what, string how) => Console.WriteLine($"{what,-28} {how}");
}
