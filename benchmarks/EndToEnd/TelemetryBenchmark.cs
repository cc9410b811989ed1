using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>What telemetry adds to a recall: nobody listening beside somebody who does, in turns, of one pool.</summary>
internal static class TelemetryBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var root = Directory.CreateTempSubdirectory("memengine-telemetry-").FullName;
        try
        {
            RunAsync(root, (int)arguments.Number("rounds", 40), (int)arguments.Number("recalls", 500)).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task RunAsync(string root, int rounds, int recalls)
    {
        await using var store = await MemoryStore.OpenAsync(Path.Combine(root, "pool"), new MemoryStoreOptions { Durability = Durability.Process });
        await store.RememberManyAsync([.. Enumerable.Range(0, 1_000).Select(i => new MemoryDraft
        {
            Text = $"lesson {i} about queue {i % 37} and lock {i % 41}", Domain = $"a/{i % 7}",
        })]);
        var query = new RecallQuery { Text = "what to do about queue 11 and lock 7", Domain = "a/1" };
        for (var i = 0; i < 2_000; i++) await store.RecallAsync(query);

        var (off, on) = (new Latencies(rounds * recalls), new Latencies(rounds * recalls));
        var (offBytes, onBytes) = (0L, 0L);
        for (var round = 0; round < rounds; round++)
        {
            offBytes += await TimeAsync(store, query, recalls, off);
            using var listening = Listen();
            onBytes += await TimeAsync(store, query, recalls, on);
        }
        Console.WriteLine($"nobody listens:   {off.Summary()}, {offBytes / ((long)rounds * recalls)} bytes a recall");
        Console.WriteLine($"somebody listens: {on.Summary()}, {onBytes / ((long)rounds * recalls)} bytes a recall");
    }

    private static async Task<long> TimeAsync(MemoryStore store, RecallQuery query, int recalls, Latencies latencies)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < recalls; i++)
        {
            var start = ThreadTime.Now;
            var recall = store.RecallAsync(query);
            latencies.AddDuration(ThreadTime.Now - start);
            if (!recall.IsCompletedSuccessfully) await recall;
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Listener Listen() => new();

    private sealed class Listener : IDisposable
    {
        private readonly ActivityListener _activities = new()
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };

        private readonly MeterListener _meters = new();

        public Listener()
        {
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source) listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<double>((_, _, _, _) => { });
            _meters.SetMeasurementEventCallback<int>((_, _, _, _) => { });
            _meters.Start();
        }

        public void Dispose()
        {
            _activities.Dispose();
            _meters.Dispose();
        }
    }
}
