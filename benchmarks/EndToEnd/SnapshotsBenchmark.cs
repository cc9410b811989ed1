using System.Diagnostics;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// What a snapshot, a rollback and reading as of a snapshot cost in pools of several sizes, beside a bare write and
/// fdatasync in the same directory and the same rounds.
/// </summary>
internal static class SnapshotsBenchmark
{
    private const int Dimension = 4;
    private const int Batch = 20_000;
    private const int DeviceBytes = 512;
    private static readonly int[] Sizes = [1_000, 30_000, 1_000_000];

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var (rounds, largest) = ((int)arguments.Number("rounds", 50), arguments.Number("count", 1_000_000));
        var directory = Directory.CreateTempSubdirectory("memengine-snapshots-").FullName;
        try
        {
            using var store = MemoryStore.OpenAsync(Path.Combine(directory, "pool"), new MemoryStoreOptions
            {
                LexicalOnly = true,
                Spaces = [new VectorSpace("v", Dimension, Metric.L2)],
            }).GetAwaiter().GetResult();
            using var device = PhysicalFileSystem.Instance.Open(Path.Combine(directory, "device"), FileOpening.CreateNew);
            device.Reserve(64 << 20);
            device.Sync();
            var held = 0;
            foreach (var count in Sizes.Where(c => c <= largest))
            {
                Fill(store, held, count);
                held = count;
                Measure(store, device, count, rounds);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        return 0;
    }

    private static void Fill(MemoryStore store, int from, int to)
    {
        for (var at = from; at < to; at += Batch)
        {
            var drafts = Enumerable.Range(at, Math.Min(Batch, to - at)).Select(i => new MemoryDraft { Text = $"memory {i}" });
            store.RememberManyAsync([.. drafts], Durability.Process).GetAwaiter().GetResult();
        }
    }

    private static void Measure(MemoryStore store, IFile device, int count, int rounds)
    {
        var data = new byte[DeviceBytes];
        List<double> bare = [], made = [], rolled = [], visible = [], opened = [];
        for (var round = 0; round < rounds; round++)
        {
            bare.Add(Time(() =>
            {
                device.Write((long)round * DeviceBytes, data);
                device.Sync();
            }));
            made.Add(Time(() => store.CreateSnapshotAsync($"s{round}").AsTask().GetAwaiter().GetResult()));
            var added = store.RememberAsync($"later {count} {round}").AsTask().GetAwaiter().GetResult();
            string? undo = null;
            var start = Stopwatch.GetTimestamp();
            rolled.Add(Time(() => undo = store.RollBackAsync($"s{round}").AsTask().GetAwaiter().GetResult().Undo));
            if (store.GetAsync(added.Id).AsTask().GetAwaiter().GetResult() is not null) throw new InvalidOperationException("It is still there.");
            visible.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            opened.Add(Time(() => store.OpenSnapshot(undo!).Dispose()));
            store.DropSnapshotAsync(undo!).AsTask().GetAwaiter().GetResult();
            store.DropSnapshotAsync($"s{round}").AsTask().GetAwaiter().GetResult();
        }
        var unit = Median(bare);
        Console.WriteLine(
            $"{count,9:N0} memories: bare write + fdatasync {unit:N0} us; snapshot {Median(made):N0} us ({Median(made) / unit:F2} times); " +
            $"rollback {Median(rolled):N0} us ({Median(rolled) / unit:F2} times), seen by a reader after {Median(visible) / 1000:N1} ms; " +
            $"opening a snapshot {Median(opened) / 1000:N1} ms");
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
