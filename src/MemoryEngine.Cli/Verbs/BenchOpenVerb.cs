using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Opens the pool several times and says how long that takes, and what of it.</summary>
internal sealed class BenchOpenVerb : Verb
{
    private const int DefaultTimes = 5;

    private readonly Option<int?> _times = Values.Positive("--times", $"How often the pool is opened; {DefaultTimes} when not given.");

    public BenchOpenVerb(Shell shell)
        : base(shell, "open", "Measures opening the pool. The first time is a cold process's; the others are a running one's.") => Add(_times);

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var openings = new List<Opening>();
        long records = 0;
        for (var i = 0; i < (call.Get(_times) ?? DefaultTimes); i++)
        {
            // What the one before leaves is not this one's to collect.
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            await using var store = await PoolDoor.OpenOwnAsync(call.Pool, create: false, ChosenEmbedder.Unused, cancellation);
            openings.Add(new Opening(Stopwatch.GetElapsedTime(start), store.Opening));
            records = store.Stats().Records;
        }
        if (call.Output.IsJson) WriteJson(call.Output, openings, records);
        else Show(call.Output, openings, records);
        return ExitCode.Done;
    }

    private static void WriteJson(Output output, List<Opening> openings, long records) => output.Json(json =>
    {
        json.WriteNumber("records", records);
        json.WriteNumber("first_ms", Rounded(openings[0].Total));
        json.WriteStartObject("open");
        var totals = Sorted(openings, o => o.Total);
        json.WriteNumber("min_ms", Rounded(totals[0]));
        json.WriteNumber("median_ms", Rounded(totals[totals.Count / 2]));
        json.WriteNumber("max_ms", Rounded(totals[^1]));
        json.WriteEndObject();
        json.WriteStartObject("parts");
        json.WriteNumber("segments_ms", Rounded(Median(openings, o => o.Parts.Segments)));
        json.WriteNumber("records_ms", Rounded(Median(openings, o => o.Parts.Records)));
        json.WriteNumber("journal_ms", Rounded(Median(openings, o => o.Parts.Journal)));
        json.WriteEndObject();
    });

    private static void Show(Output output, List<Opening> openings, long records)
    {
        var totals = Sorted(openings, o => o.Total);
        output.Line($"Opening a pool of {records:N0} versions, {openings.Count} times; the first took {Ms(openings[0].Total)}.");
        output.Line();
        output.Table(
            ["", "time"],
            [
                ["minimum", Ms(totals[0])],
                ["median", Ms(totals[totals.Count / 2])],
                ["maximum", Ms(totals[^1])],
                ["of the median: segments", Ms(Median(openings, o => o.Parts.Segments))],
                ["record log", Ms(Median(openings, o => o.Parts.Records))],
                ["journal", Ms(Median(openings, o => o.Parts.Journal))],
            ]);
    }

    private static List<TimeSpan> Sorted(List<Opening> openings, Func<Opening, TimeSpan> of) => [.. openings.Select(of).Order()];

    private static TimeSpan Median(List<Opening> openings, Func<Opening, TimeSpan> of) => Sorted(openings, of)[openings.Count / 2];

    private static double Rounded(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");

    private readonly record struct Opening(TimeSpan Total, Snapshots.OpeningTimes Parts);
}
