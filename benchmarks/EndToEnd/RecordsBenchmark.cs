using System.Buffers.Binary;
using System.Diagnostics;
using MemoryEngine.Records;
using MemoryEngine.Storage;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Fills a record store far beyond its memory budget, and says what writing, reading, checkpoints and recovery cost and
/// how much memory stays resident; then removes half and compacts. Every body read is compared with what was put. The data is deleted at the end.
/// </summary>
internal static class RecordsBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var count = arguments.Number("count", 1_000_000);
        var bytes = (int)arguments.Number("bytes", 4096);
        var reads = (int)arguments.Number("reads", 50_000);
        var options = new RecordStoreOptions
        {
            MemoryBudgetBytes = arguments.Number("budget", 64 << 20),
            ExpectedRecords = arguments.Number("expected", count),
        };
        var root = Directory.CreateTempSubdirectory("memengine-records-").FullName;
        try
        {
            Small(Path.Combine(root, "small"));
            Large(Path.Combine(root, "large"), options, count, bytes, reads);
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Small(string directory)
    {
        using var store = RecordStore.Open(PhysicalFileSystem.Instance, directory, new RecordStoreOptions(), null, out _);
        for (var id = 1; id <= 10; id++) Put(store, id, new byte[2000]);
        Checkpoint(store, "checkpoint of ten memories");
        Put(store, 11, new byte[2000]);
        Checkpoint(store, "checkpoint of one more");
    }

    private static void Large(string directory, RecordStoreOptions options, long count, int bytes, int reads)
    {
        Console.WriteLine($"{count:n0} values of {bytes:n0} bytes under {options.MemoryBudgetBytes >> 20} MiB");
        RecordCheckpoint checkpoint;
        using (var store = RecordStore.Open(PhysicalFileSystem.Instance, directory, options, null, out _))
        {
            var watch = Stopwatch.StartNew();
            var body = new byte[bytes];
            for (var id = 1L; id <= count; id++)
            {
                Fill(body, id);
                Put(store, id, body);
            }
            Say("write", $"{watch.Elapsed.TotalSeconds:f1} s, {count / watch.Elapsed.TotalSeconds:n0} a second, resident {ResidentMiB()} MiB");
            checkpoint = Checkpoint(store, "checkpoint");
            Read(store, count, bytes, reads, "after writing");
            for (var id = count + 1; id <= count + 1000; id++)
            {
                Fill(body, id);
                Put(store, id, body);
            }
            var next = Checkpoint(store, "checkpoint of 1,000 more");
            store.Retire(checkpoint);
            checkpoint = next;
            Say("tiers", store.Stats().ToString());
        }
        var opening = Stopwatch.StartNew();
        using var reopened = RecordStore.Open(PhysicalFileSystem.Instance, directory, options, checkpoint, out var reason);
        Say("recovery", $"{opening.Elapsed.TotalMilliseconds:f0} ms, resident {ResidentMiB()} MiB {reason}");
        Read(reopened, count, bytes, reads, "after recovery");
        Compact(reopened, checkpoint, count);
    }

    /// <summary>Removes every other value and gives the space back. What is left is read and compared.</summary>
    private static void Compact(RecordStore store, RecordCheckpoint before, long count)
    {
        var watch = Stopwatch.StartNew();
        var sequence = store.AppliedSequence;
        for (var id = 2L; id <= count; id += 2)
        {
            store.EnsureRoom(0);
            store.Remove(id, ++sequence);
            store.MarkApplied(sequence);
        }
        Say("remove half", $"{watch.Elapsed.TotalSeconds:f1} s, {count / 2 / watch.Elapsed.TotalSeconds:n0} a second");
        var stats = store.Stats();
        watch.Restart();
        var until = store.BeginCompaction();
        var (steps, longest) = (0, TimeSpan.Zero);
        for (var done = false; !done; steps++)
        {
            var step = Stopwatch.GetTimestamp();
            done = store.CompactStep(until);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(step).Ticks));
        }
        var compacted = watch.Elapsed;
        var checkpoint = store.TakeCheckpoint();
        store.Retire(before);
        store.Truncate(checkpoint);
        Say(
            "compact",
            $"{compacted.TotalSeconds:f1} s in {steps} steps of at most {longest.TotalMilliseconds:f0} ms, with checkpoint and " +
            $"truncation {watch.Elapsed.TotalSeconds:f1} s; {stats.FileBytes:n0} bytes, {stats.DeadBytes:n0} of them dead, became " +
            $"{store.Stats().FileBytes:n0}, resident {ResidentMiB()} MiB");
        for (var id = 1L; id <= count; id += 97)
        {
            var body = store.TryRead(id, out var hot) ? hot : store.ReadAsync(id, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            if (id % 2 == 1) Check(id, body.Span.Length, body);
            else if (body.Status != RecordStatus.Missing) throw new InvalidOperationException($"Record {id} was removed and is {body.Status}");
        }
    }

    private static void Put(RecordStore store, long id, byte[] body)
    {
        store.EnsureRoom(body.Length);
        store.Put(id, id, body);
        store.MarkApplied(id);
    }

    private static RecordCheckpoint Checkpoint(RecordStore store, string what)
    {
        var watch = Stopwatch.StartNew();
        var checkpoint = store.TakeCheckpoint();
        var described = checkpoint.Files.Sum(static f => f.Length);
        Say(
            what,
            $"{watch.Elapsed.TotalMilliseconds:f1} ms, {described:n0} bytes in {checkpoint.Files.Count} files " +
            $"beside a log of {store.Stats().FileBytes:n0}");
        return checkpoint;
    }

    private static void Read(RecordStore store, long count, int bytes, int reads, string when)
    {
        var random = new Random(1);
        var hot = new Latencies(reads);
        var cold = new Latencies(reads);
        var recent = Math.Min(count, 4 * 1024 * 1024 / bytes);
        for (var i = 0; i < reads; i++)
        {
            var id = count - random.NextInt64(recent);
            var start = Stopwatch.GetTimestamp();
            if (!store.TryRead(id, out var body)) continue;
            hot.Add(start);
            Check(id, bytes, body);
        }
        for (var i = 0; i < reads; i++)
        {
            var id = 1 + random.NextInt64(count);
            if (store.TryRead(id, out var inMemory))
            {
                inMemory.Dispose();
                continue;
            }
            var start = Stopwatch.GetTimestamp();
            var body = store.ReadAsync(id, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            cold.Add(start);
            Check(id, bytes, body);
        }
        Say("hot read " + when, hot.Summary());
        Say("cold read " + when, $"{cold.Summary()}, resident {ResidentMiB()} MiB");
    }

    private static void Check(long id, int bytes, RecordBody body)
    {
        var ok = body.Status == RecordStatus.Found && body.Span.Length == bytes
            && BinaryPrimitives.ReadInt64LittleEndian(body.Span) == id && BinaryPrimitives.ReadInt64LittleEndian(body.Span[^8..]) == ~id;
        if (!ok) throw new InvalidOperationException($"Record {id}: {body.Status} {body.Damage}");
        body.Dispose();
    }

    private static void Fill(byte[] body, long id)
    {
        BinaryPrimitives.WriteInt64LittleEndian(body, id);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(body.Length - 8), ~id);
    }

    private static long ResidentMiB()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 >> 20;
    }

    private static void Say(string what, string result) => Console.WriteLine($"{what,-28} {result}");
}
