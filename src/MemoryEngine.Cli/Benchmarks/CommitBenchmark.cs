using System.Diagnostics;

namespace MemoryEngine.Cli.Benchmarks;

/// <summary>What durable writes cost, beside what the device itself takes for the same bytes.</summary>
internal sealed record CommitFigures(
    int BytesAWrite, double P50Us, double P99Us, double DeviceP50Us, double DeviceP99Us, double PerSecond, double DevicePerSecond)
{
    public double LatencyRatio => P50Us / DeviceP50Us;

    public double RateRatio => PerSecond / DevicePerSecond;
}

/// <summary>
/// Durable writes of single memories against a bare write and fdatasync of the same number of bytes, in the same directory
/// and the same run. The two take turns, so that a device that gets slower or faster meanwhile does so for both.
/// </summary>
internal sealed class CommitBenchmark(string directory, int rounds, TimeSpan slice)
{
    public const int Writers = 64;

    private const int WarmUpWrites = 200;

    // A turn begins with writes that do not count: the first sync may have to bring the other side's last writes along.
    private const int SettlingWrites = 16;

    private readonly List<double> _poolUs = [];
    private readonly List<double> _deviceUs = [];
    private long _number;

    public async Task<CommitFigures> RunAsync(CancellationToken cancellation)
    {
        using var device = new Device(directory);
        await using var store = await MemoryStore.OpenAsync(
            Path.Combine(directory, "pool"), new MemoryStoreOptions { OwnerName = "memengine bench" }, cancellation);
        var before = store.Stats().JournalBytes;
        for (var i = 0; i < WarmUpWrites; i++) await store.RememberAsync(NextDraft(), null, cancellation);
        var data = new byte[(store.Stats().JournalBytes - before) / WarmUpWrites];
        Random.Shared.NextBytes(data);
        for (var i = 0; i < WarmUpWrites; i++) device.Write(data);

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < SettlingWrites; i++) device.Write(data);
            TimeDevice(device, data, cancellation);
            for (var i = 0; i < SettlingWrites; i++) await store.RememberAsync(NextDraft(), null, cancellation);
            await TimePoolAsync(store, cancellation);
        }
        var (written, writing, bare, baring) = (0L, TimeSpan.Zero, 0L, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < SettlingWrites; i++) device.Write(data);
            var start = Stopwatch.GetTimestamp();
            bare += CountDevice(device, data, start, cancellation);
            baring += Stopwatch.GetElapsedTime(start);
            for (var i = 0; i < SettlingWrites; i++) await store.RememberAsync(NextDraft(), null, cancellation);
            start = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(
                Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteAsync(store, start, cancellation), cancellation)));
            written += counts.Sum();
            writing += Stopwatch.GetElapsedTime(start);
        }
        return new CommitFigures(
            data.Length, Percentile(_poolUs, 0.5), Percentile(_poolUs, 0.99), Percentile(_deviceUs, 0.5), Percentile(_deviceUs, 0.99),
            written / writing.TotalSeconds, bare / baring.TotalSeconds);
    }

    private void TimeDevice(Device device, byte[] data, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        // Once at least, however long the machine took to get here: a turn always has a figure.
        do
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = Stopwatch.GetTimestamp();
            device.Write(data);
            _deviceUs.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
        }
        while (Stopwatch.GetElapsedTime(start) < slice);
    }

    private async Task TimePoolAsync(MemoryStore store, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            var draft = NextDraft();
            var begin = Stopwatch.GetTimestamp();
            await store.RememberAsync(draft, null, cancellation);
            _poolUs.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
        }
        while (Stopwatch.GetElapsedTime(start) < slice);
    }

    private long CountDevice(Device device, byte[] data, long start, CancellationToken cancellation)
    {
        long count = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            device.Write(data);
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < slice);
        return count;
    }

    private async Task<long> WriteAsync(MemoryStore store, long start, CancellationToken cancellation)
    {
        long count = 0;
        do
        {
            await store.RememberAsync(NextDraft(), null, cancellation);
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < slice);
        return count;
    }

    // The size of a usual insight; no two alike.
    private MemoryDraft NextDraft()
    {
        var number = Interlocked.Increment(ref _number);
        return new MemoryDraft
        {
            Domain = $"bench/{number % 16}",
            Task = $"task-{number % 1024}",
            Title = $"Retry only what is idempotent, case {number}",
            Text = $"Case {number}: a timeout does not say whether the write happened. Make a key once for each intention, store it with "
                + "the pending operation, send it with every attempt, and let the server keep it under a unique constraint in the "
                + "transaction of the effect. Then a repeated request answers with the first result, and nothing is charged twice.",
        };
    }

    private static double Percentile(List<double> values, double share)
    {
        values.Sort();
        return values[(int)(share * (values.Count - 1))];
    }
}
