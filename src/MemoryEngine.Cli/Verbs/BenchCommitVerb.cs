using System.CommandLine;
using System.Globalization;
using MemoryEngine.Cli.Benchmarks;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Measures durable writes against the bare device, where the pool would lie.</summary>
internal sealed class BenchCommitVerb : Verb
{
    private const int DefaultRounds = 20;
    private const int DefaultSliceMs = 100;

    private readonly Option<int?> _rounds = Values.Positive("--rounds", $"How often pool and device take turns; {DefaultRounds} when not given.");
    private readonly Option<int?> _slice = Values.Positive("--slice-ms", $"How long a turn is, in milliseconds; {DefaultSliceMs} when not given.");

    public BenchCommitVerb(Shell shell)
        : base(shell, "commit", "Measures durable writes against the bare device, in a temporary directory beside the pool.")
    {
        Add(_rounds);
        Add(_slice);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var beside = Path.GetDirectoryName(Path.GetFullPath(call.Pool)) ?? throw new UsageException("--pool is the root of the file system.");
        Directory.CreateDirectory(beside);
        var directory = Directory.CreateDirectory(Path.Combine(beside, $".memengine-bench-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        CommitFigures figures;
        try
        {
            var slice = TimeSpan.FromMilliseconds(call.Get(_slice) ?? DefaultSliceMs);
            figures = await new CommitBenchmark(directory.FullName, call.Get(_rounds) ?? DefaultRounds, slice).RunAsync(cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        if (call.Output.IsJson) WriteJson(call.Output, figures);
        else Show(call.Output, figures);
        return ExitCode.Done;
    }

    private static void WriteJson(Output output, CommitFigures figures) => output.Json(json =>
    {
        json.WriteNumber("bytes_per_write", figures.BytesAWrite);
        json.WriteStartObject("one_writer");
        json.WriteNumber("p50_us", Math.Round(figures.P50Us, 1));
        json.WriteNumber("p99_us", Math.Round(figures.P99Us, 1));
        json.WriteNumber("device_p50_us", Math.Round(figures.DeviceP50Us, 1));
        json.WriteNumber("device_p99_us", Math.Round(figures.DeviceP99Us, 1));
        json.WriteNumber("ratio", Math.Round(figures.LatencyRatio, 3));
        json.WriteEndObject();
        json.WriteStartObject("writers_64");
        json.WriteNumber("per_second", Math.Round(figures.PerSecond, 1));
        json.WriteNumber("device_per_second", Math.Round(figures.DevicePerSecond, 1));
        json.WriteNumber("ratio", Math.Round(figures.RateRatio, 3));
        json.WriteEndObject();
    });

    private static void Show(Output output, CommitFigures figures)
    {
        output.Line($"Durable writes of one memory, {figures.BytesAWrite} bytes in the journal, against a bare write and fdatasync");
        output.Line("of as many bytes in the same directory, taking turns:");
        output.Line();
        output.Table(
            ["", "memengine", "device", "ratio"],
            [
                ["one writer, p50", Us(figures.P50Us), Us(figures.DeviceP50Us), Ratio(figures.LatencyRatio)],
                ["one writer, p99", Us(figures.P99Us), Us(figures.DeviceP99Us), Ratio(figures.P99Us / figures.DeviceP99Us)],
                [$"{CommitBenchmark.Writers} writers", Rate(figures.PerSecond), Rate(figures.DevicePerSecond), Ratio(figures.RateRatio)],
            ]);
    }

    private static string Us(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} us");

    private static string Rate(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0} a second");

    private static string Ratio(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00}");
}
