using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MemoryEngine.Evidence.State;

namespace MemoryEngine.Benchmarks.EndToEnd;

/// <summary>
/// What evidence costs a recall: a pool with so many transfers and outcomes, chance taking part, beside copies of it from before the first
/// of them. All are asked the same in turns; a round's figure is the ratio of two medians in it. The copies are a pool that is
/// opened as usual ("without evidence": it records, as any does, and leaves nothing to chance), one that records nothing, and one in which
/// chance takes part from then on. Then: how long opening takes with the checkpoint of the evidence and without it, and whether both
/// give the same digits.
/// </summary>
internal static class EvidenceBenchmark
{
    private const int Seed = 11;
    private const int TextCharacters = 400;
    private const int QueryCharacters = 60;
    private const int Opened = 5;

    // Durable writes are another benchmark's; waiting for the kernel alone makes the 100,000 outcomes a minute's work.
    private static readonly MemoryStoreOptions Usual = new() { Durability = Durability.Process };
    private static readonly MemoryStoreOptions Unrecorded = Usual with { RecordTransfers = false };
    private static readonly MemoryStoreOptions Chance = Usual with { Experiment = new RecallExperiment { Design = InclusionDesign.Withhold } };

    public static int Run(string[] args)
    {
        var arguments = new Arguments(args);
        var root = Directory.CreateTempSubdirectory("memengine-evidence-").FullName;
        try
        {
            return RunAsync(
                root, (int)arguments.Number("memories", 1_000), (int)arguments.Number("transfers", 100_000),
                (int)arguments.Number("rounds", 40), (int)arguments.Number("recalls", 500)).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string root, int memories, int transfers, int rounds, int recalls)
    {
        var (before, after) = (Path.Combine(root, "without"), Path.Combine(root, "with"));
        var queries = await MakeAsync(after, memories);
        Copy(after, before);
        var start = Stopwatch.GetTimestamp();
        byte[] state;
        await using (var store = await MemoryStore.OpenAsync(after, Chance))
        {
            await PlayAsync(store, queries, transfers);
            state = await store.LookAtEvidenceAsync(EvidenceSnapshot.Write);
            var (distinct, drawn, removed) = await store.LookAtEvidenceAsync(s =>
                (s.Memories.Count, s.Sums.Drawn, s.Decisions.All.Count(d => d.To >= MemoryState.Quarantined)));
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Say("played", $"{transfers:N0} transfers with outcomes in {seconds:F0} s, {distinct:N0} memories considered");
            Say("left to chance", $"{drawn.Included + drawn.Withheld:N0} times, {drawn.Withheld:N0} withheld; {removed} memories removed");
        }
        await CompareAsync(before, after, queries, rounds, recalls);
        return await OpenAsync(after, state) ? 0 : 1;
    }

    // A query takes words of one memory: over the run every memory is found.
    private static async Task<List<RecallQuery>> MakeAsync(string path, int memories)
    {
        var text = new TraceText(5_000, Seed);
        await using var store = await MemoryStore.OpenAsync(path, Unrecorded);
        MemoryDraft[] drafts = [.. Enumerable.Range(0, memories).Select(i => new MemoryDraft
        {
            Text = text.Next(TextCharacters), Domain = $"team{i % 7}/service{i % 50}", Task = $"task {i / 2}", Level = (MemoryLevel)(2 + (i % 3)),
        })];
        await store.RememberManyAsync(drafts);
        await store.SettleAsync();
        return [.. drafts.Select(d => new RecallQuery
        {
            Text = d.Text.Substring(TextCharacters / 2, QueryCharacters), Domain = d.Domain, Mode = TransferMode.Hybrid,
        })];
    }

    private static async Task PlayAsync(MemoryStore store, List<RecallQuery> queries, int transfers)
    {
        var random = new Random(Seed);
        for (var i = 0; i < transfers; i++)
        {
            var query = queries[i % queries.Count] with { Task = "run " + i.ToString(CultureInfo.InvariantCulture) };
            var recall = await store.RecallAsync(query);
            var outcome = new Outcome
            {
                Transfer = recall.Transfer ?? throw new InvalidOperationException("A recall was not recorded."),
                Score = random.Next(5) < 3 ? 1 : 0,
                Used = [.. recall.Memories.Take(1).Select(m => m.Memory.Id)],
            };
            var answer = await store.ReportAsync(outcome);
            if (answer.Result != OutcomeResult.Counted) throw new InvalidOperationException($"An outcome was {answer.Result}.");
        }
    }

    private static async Task CompareAsync(string before, string after, List<RecallQuery> queries, int rounds, int recalls)
    {
        var (unrecorded, unknown) = (before + "-unrecorded", before + "-chance");
        Copy(before, unrecorded);
        Copy(before, unknown);
        await using var plain = await MemoryStore.OpenAsync(before, Usual);
        await using var silent = await MemoryStore.OpenAsync(unrecorded, Unrecorded);
        await using var fresh = await MemoryStore.OpenAsync(unknown, Chance);
        await using var known = await MemoryStore.OpenAsync(after, Chance);
        MemoryStore[] stores = [plain, silent, fresh, known];
        foreach (var store in stores)
        {
            await store.SettleAsync();
            _ = await TimeAsync(store, queries, 4 * recalls, 0);
        }
        var times = stores.Select(_ => new List<Times>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            // Each goes first, second, third and last equally often.
            for (var turn = 0; turn < stores.Length; turn++)
            {
                var which = (round + turn) % stores.Length;
                times[which].Add(await TimeAsync(stores[which], queries, recalls, round));
            }
        }
        Say("without evidence", Told(times[0]));
        Say("  recording nothing", Told(times[1]));
        Say("  chance, no outcomes", Told(times[2]));
        Say("with evidence", Told(times[3]));
        Say("with / without", Ratios(times[3], times[0]));
        Say("with / recording nothing", Ratios(times[3], times[1]));
        Say("with / chance", Ratios(times[3], times[2]));
        Say("host", Host.Load);
    }

    private static async Task<Times> TimeAsync(MemoryStore store, List<RecallQuery> queries, int recalls, int round)
    {
        var (wall, processor) = (new double[recalls], new double[recalls]);
        for (var i = 0; i < recalls; i++)
        {
            var query = queries[((round * recalls) + i) % queries.Count];
            var (start, used) = (Stopwatch.GetTimestamp(), ThreadTime.Now);
            var recall = store.RecallAsync(query);
            processor[i] = (ThreadTime.Now - used).TotalMicroseconds;
            wall[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (!recall.IsCompletedSuccessfully) await recall;
        }
        return new Times(Median(wall), Median(processor), processor.Average());
    }

    private static async Task<bool> OpenAsync(string path, byte[] state)
    {
        // A cleanup of the opening would be an event of its own, and the state one further.
        var options = Chance with { CleanupEvery = 0 };
        var (withCheckpoint, withoutIt) = (new List<double>(), new List<double>());
        byte[] kept = [], rebuilt = [];
        await using (await MemoryStore.OpenAsync(path, options)) { }
        for (var round = 0; round < Opened; round++)
        {
            kept = await OpenOnceAsync(path, options, withCheckpoint);
            Directory.Delete(Path.Combine(path, "evidence"), recursive: true);
            // The pool is closed cleanly, and takes no checkpoint for so little: the next opening has none either.
            rebuilt = await OpenOnceAsync(path, options, withoutIt);
            await using var store = await MemoryStore.OpenAsync(path, options);
            await store.MaintainAsync();
        }
        Say("opening", $"{Spread(withCheckpoint)} ms with the checkpoint of the evidence, {Spread(withoutIt)} from the journal alone");
        Say("evidence", $"{state.Length:N0} bytes after the last outcome, {kept.Length:N0} once more was recalled");
        var isSame = kept.AsSpan().SequenceEqual(rebuilt);
        Say("rebuilt", isSame ? "the same to the last digit, SHA-256 " + Convert.ToHexStringLower(SHA256.HashData(rebuilt)) : "NOT the same");
        return isSame;
    }

    private static async Task<byte[]> OpenOnceAsync(string path, MemoryStoreOptions options, List<double> times)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        await using var store = await MemoryStore.OpenAsync(path, options);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return await store.LookAtEvidenceAsync(EvidenceSnapshot.Write);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string Told(List<Times> rounds) =>
        $"p50 {Spread([.. rounds.Select(r => r.Wall)])} µs, processor time {Spread([.. rounds.Select(r => r.Processor)])} µs a recall";

    private static string Ratios(List<Times> a, List<Times> b)
    {
        return $"{Ratio(r => r.Wall)} by the clock, {Ratio(r => r.Processor)} by processor time, {Ratio(r => r.Mean)} by its mean";

        string Ratio(Func<Times, double> of)
        {
            double[] ratios = [.. a.Zip(b, (x, y) => of(x) / of(y)).Order()];
            return string.Create(
                CultureInfo.InvariantCulture, $"{ratios[ratios.Length / 2]:F3} (half within {ratios[ratios.Length / 4]:F3} and ")
                + string.Create(CultureInfo.InvariantCulture, $"{ratios[ratios.Length * 3 / 4]:F3}, all within {ratios[0]:F3} and {ratios[^1]:F3})");
        }
    }

    private static string Spread(List<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median([.. values]):F1} ({values.Min():F1} to {values.Max():F1})");

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static void Say(string what, string how) => Console.WriteLine($"{what,-26} {how}");

    // Microseconds a recall in one round.
    private readonly record struct Times(double Wall, double Processor, double Mean);
}
