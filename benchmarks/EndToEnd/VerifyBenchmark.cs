using System.Diagnostics;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Verification;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Times verification over the shared memories: batches of 64 one by one, then requests of several tasks at once. What a version's
/// text says is worked out once, so the time of a version that was never seen is told apart.
/// </summary>
internal static class VerifyBenchmark
{
    private const int BatchSize = 64;
    private const string Domain = "polyglot/go";

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var (requests, atOnce) = ((int)arguments.Number("requests", 100_000), (int)arguments.Number("at-once", 1_000));
        return SharedData.Run("verify", (data, root) => RunAsync(root, data, requests, atOnce));
    }

    private static async Task RunAsync(string root, string data, int requests, int atOnce)
    {
        var drafts = Drafts(Path.Combine(data, "memories"));
        // Once to have it compiled.
        foreach (var draft in drafts.Take(2_000)) _ = TextFacts.Of(draft.Text, draft.Title, null);
        var begun = ThreadTime.Now;
        foreach (var draft in drafts) _ = TextFacts.Of(draft.Text, draft.Title, null);
        var each = (ThreadTime.Now - begun).TotalMicroseconds / drafts.Count;
        Say("what a text says", $"{each:f1} µs of processor time a version, once " +
            $"({drafts.Count:n0} memories, {drafts.Average(d => d.Text.Length):n0} characters)");

        await using var store = await MemoryStore.OpenAsync(Path.Combine(root, "pool"), new MemoryStoreOptions { Durability = Durability.Process });
        var ids = new List<Guid>();
        foreach (var chunk in drafts.Chunk(1024)) ids.AddRange((await store.RememberManyAsync(chunk)).Select(r => r.Id));
        // Of all files, since the first ones alone would be one domain.
        var random = new Random(1);
        var batches = Enumerable.Range(0, 64).Select(_ => random.GetItems(ids.ToArray(), BatchSize)).ToArray();
        var query = new VerifyQuery { Domain = Domain, Context = new Dictionary<string, string> { ["language"] = "go", ["os"] = "linux" } };
        foreach (var batch in batches) _ = await store.VerifyAsync(batch, query);

        var (alone, processor) = (new Latencies(requests), new Latencies(requests));
        var accepted = 0L;
        for (var i = 0; i < requests; i++)
        {
            var (start, used) = (Stopwatch.GetTimestamp(), ThreadTime.Now);
            // Bodies need not be read again, so it completes on this thread and its processor time is that of the request.
            var verifying = store.VerifyAsync(batches[i % batches.Length], query);
            if (!verifying.IsCompletedSuccessfully) throw new InvalidOperationException("A verification of known versions had to wait.");
            processor.AddDuration(ThreadTime.Now - used);
            alone.Add(start);
            accepted += verifying.Result.Count(v => v.Verdict.IsAccepted);
        }
        Say($"{BatchSize} in a batch", $"{alone.Summary()}; {100.0 * accepted / ((long)requests * BatchSize):f0} % accepted");
        Say("  processor time", processor.Summary());

        const int Tasks = 8;
        var together = new Latencies(atOnce);
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(t => Task.Run(async () =>
        {
            for (var i = 0; i < atOnce / Tasks; i++)
            {
                var start = Stopwatch.GetTimestamp();
                _ = await store.VerifyAsync(batches[(t + i) % batches.Length], query);
                lock (together) together.Add(start);
            }
        })));
        Say($"{Tasks} tasks at once", together.Summary());
    }

    private static List<MemoryDraft> Drafts(string directory)
    {
        var drafts = new List<MemoryDraft>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            using var reader = JsonLinesReader.Open(path);
            while (reader.TryRead(out var line))
                drafts.Add(line.Draft ?? throw new InvalidDataException($"{path}, line {line.Number}: {line.Error}"));
        }
        return drafts;
    }

    private static void Say(string what, string how) => Console.WriteLine($"{what,-20} {how}");
}
