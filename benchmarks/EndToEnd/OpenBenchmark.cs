using System.Diagnostics;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// Opens a pool of many short memories again and again, in one process: how long it takes, what processor time, and where.
/// The pool is made once; with <c>--at DIR</c> it stays there for the next run.
/// </summary>
internal static class OpenBenchmark
{
    private const int Batch = 20_000;
    private const int Characters = 90;

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var (count, rounds) = ((int)arguments.Number("count", 1_000_000), (int)arguments.Number("rounds", 7));
        var options = new MemoryStoreOptions { Durability = Durability.Process, LexicalOnly = arguments.Text("embedder") is null or "none" };
        var given = arguments.Text("at");
        var root = given ?? Path.Combine(Directory.CreateTempSubdirectory("memengine-open-").FullName, "pool");
        try
        {
            if (!Directory.Exists(root)) Make(root, options, count);
            Measure(root, options, rounds);
            return 0;
        }
        finally
        {
            if (given is null) Directory.Delete(Path.GetDirectoryName(root)!, recursive: true);
        }
    }

    private static void Make(string root, MemoryStoreOptions options, int count)
    {
        var start = Stopwatch.GetTimestamp();
        var text = new TraceText(30_000, seed: 7);
        using var store = MemoryStore.OpenAsync(root, options).GetAwaiter().GetResult();
        for (var at = 0; at < count; at += Batch)
        {
            var drafts = Enumerable.Range(at, Math.Min(Batch, count - at))
                .Select(i => new MemoryDraft { Text = text.Next(Characters), Domain = $"team{i % 7}/service{i % 50}", Title = $"memory {i}" });
            store.RememberManyAsync([.. drafts]).GetAwaiter().GetResult();
        }
        // What merges are due belong to making it.
        store.SettleAsync().GetAwaiter().GetResult();
        Say("made", $"{count:N0} memories in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
    }

    private static void Measure(string root, MemoryStoreOptions options, int rounds)
    {
        foreach (var part in new[] { "journal", "records", "segments", "manifests" }) Say(part, Bytes(Path.Combine(root, part)));
        List<double> walls = [], processor = [], segments = [], records = [], journal = [];
        for (var round = 0; round < rounds; round++)
        {
            // What the one before leaves is not this one's to collect.
            GC.Collect();
            var (start, before) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
            var store = MemoryStore.OpenAsync(root, options).GetAwaiter().GetResult();
            walls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            processor.Add((Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
            var parts = store.Opening;
            segments.Add(parts.Segments.TotalMilliseconds);
            records.Add(parts.Records.TotalMilliseconds);
            journal.Add(parts.Journal.TotalMilliseconds);
            if (round == 0) Say("holds", $"{store.Stats().Records:N0} versions");
            foreach (var note in store.Stats().OpeningNotes) Say("note", note);
            store.Dispose();
        }
        Say("opening, the first", $"{walls[0]:N0} ms");
        Say("opening", Summary(walls));
        Say("processor time", Summary(processor));
        Say("of it segments", Summary(segments));
        Say("record log", Summary(records));
        Say("journal", Summary(journal));
        Say("host", Host.Load);
    }

    private static string Bytes(string directory)
    {
        var files = Directory.Exists(directory) ? new DirectoryInfo(directory).GetFiles() : [];
        return $"{files.Sum(f => f.Length) / 1e6:N1} MB in {files.Length} files";
    }

    private static string Summary(List<double> values) =>
        $"median {values.Order().ElementAt(values.Count / 2):N0} ms ({values.Min():N0} to {values.Max():N0})";

    private static void Say(string what, string how) => Console.WriteLine($"{what,-22} {how}");
}
