using System.Diagnostics;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Remembers far more text than the record log may keep in memory, through the door, and says what it costs: time,
/// resident memory, hot and cold gets, and where the bodies lie. The data is deleted at the end.
/// </summary>
internal static class BodiesBenchmark
{
    private const int VocabularyWords = 30_000;
    private const long CollectEveryBytes = 64 << 20;
    private const int ChunkBytes = 2 << 20;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var total = arguments.Number("gigabytes", 4) << 30;
        var bytes = (int)arguments.Number("bytes", 256 << 10);
        var reads = (int)arguments.Number("reads", 20_000);
        var options = new MemoryStoreOptions { RecordMemoryBytes = arguments.Number("budget", 64 << 20) };
        if (arguments.Text("open") is { } pool)
        {
            OpenAsync(pool, options).GetAwaiter().GetResult();
            return 0;
        }
        var root = Directory.CreateTempSubdirectory("memengine-bodies-").FullName;
        try
        {
            RunAsync(root, options, total / bytes, bytes, reads).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task RunAsync(string root, MemoryStoreOptions options, long count, int bytes, int reads)
    {
        Console.WriteLine($"{count:n0} memories of {bytes:n0} bytes, {options.RecordMemoryBytes >> 20} MiB for their bodies");
        var ids = new Guid[count];
        var text = new TraceText(VocabularyWords, seed: 1);
        await using (var store = await MemoryStore.OpenAsync(root, options))
        {
            var watch = Stopwatch.StartNew();
            long uncollected = 0;
            var atOnce = Math.Max(1, ChunkBytes / bytes);
            for (long done = 0; done < count; done += atOnce)
            {
                var chunk = new MemoryDraft[Math.Min(atOnce, count - done)];
                for (var i = 0; i < chunk.Length; i++) chunk[i] = Draft(text, done + i, bytes);
                var results = await store.RememberManyAsync(chunk);
                for (var i = 0; i < results.Count; i++) ids[done + i] = results[i].Id;
                // As the importer of the command line does.
                uncollected += (long)results.Count * bytes;
                if (uncollected < CollectEveryBytes) continue;
                uncollected = 0;
                GC.Collect(2, GCCollectionMode.Aggressive);
            }
            Say("remember", $"{watch.Elapsed.TotalSeconds:f1} s, {count * (double)bytes / watch.Elapsed.TotalSeconds / 1e6:n0} MB a second");
            Resident("after remembering");
            await ReadAsync(store, ids, bytes, reads);
            foreach (var tier in store.Stats().Tiers) Say($"tier {tier.Tier}", $"{tier.Bytes >> 20:n0} MiB, {tier.Reads:n0} reads");
            Resident("after reading");
        }
        // In a process of its own: what this one leaves to the collector is not the next one's.
        string[] again = [typeof(BodiesBenchmark).Assembly.Location, "bodies", "--open", root, "--budget", $"{options.RecordMemoryBytes}"];
        using var child = Process.Start("dotnet", again);
        await child.WaitForExitAsync();
    }

    private static async Task OpenAsync(string root, MemoryStoreOptions options)
    {
        var opening = Stopwatch.StartNew();
        await using var store = await MemoryStore.OpenAsync(root, options);
        Say("open again", $"{opening.Elapsed.TotalSeconds:f1} s, {store.Stats().Memories:n0} memories");
        Resident("after opening again");
    }

    private static MemoryDraft Draft(TraceText text, long number, int bytes) => new()
    {
        Text = text.Next(bytes),
        Level = MemoryLevel.Trace,
        Format = MemoryFormat.Trajectory,
        Domain = $"bench/{number % 16}",
        Title = $"trace {number}",
    };

    private static async Task ReadAsync(MemoryStore store, Guid[] ids, int bytes, int reads)
    {
        var random = new Random(2);
        var inMemory = store.Stats().Tiers.Where(t => t.Tier != "disk").Sum(t => t.Bytes);
        var hotCount = (int)Math.Max(1, Math.Min(ids.Length, inMemory / bytes / 2));
        var hotLatencies = new Latencies(reads);
        var coldLatencies = new Latencies(reads);
        for (var i = 0; i < reads; i++)
        {
            await GetAsync(store, ids[^(1 + random.Next(hotCount))], hotLatencies);
            if (ids.Length > 4 * hotCount) await GetAsync(store, ids[random.Next(ids.Length / 2)], coldLatencies);
        }
        Say("hot get", hotLatencies.Summary());
        Say("cold get", coldLatencies.Summary());
    }

    private static async Task GetAsync(MemoryStore store, Guid id, Latencies latencies)
    {
        var start = Stopwatch.GetTimestamp();
        var memory = await store.GetAsync(id);
        latencies.Add(start);
        if (memory?.Id != id) throw new InvalidOperationException($"Memory {id} came back as {memory?.Id}.");
    }

    private static void Resident(string when)
    {
        var status = File.ReadLines("/proc/self/status").ToDictionary(l => l.Split(':')[0], l => l.Split(':')[1].Trim());
        Say("resident " + when, $"{Mib(status["VmRSS"])} MiB, at most {Mib(status["VmHWM"])} MiB so far");
    }

    private static long Mib(string kib) => long.Parse(kib.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) >> 10;

    private static void Say(string what, string how) => Console.WriteLine($"  {what,-32} {how}");
}
