using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemoryEngine.Cli.Benchmarks.Pipe;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Measures what the pipe takes, beside a bare socket.</summary>
internal sealed class BenchPipeVerb : Verb
{
    private const int DefaultMemories = 100_000;
    private const int DefaultRequests = 100_000;

    private readonly Option<int?> _memories = Values.Positive("--memories", $"How many memories the pool has; {DefaultMemories} when not given.");

    private readonly Option<int?> _requests = Values.Positive(
        "--requests", $"How many round trips and recalls are timed; {DefaultRequests} when not given.");

    private readonly Option<string?> _keep = new("--keep")
    {
        Description = "Keeps the pool in this directory, or takes the one that an earlier run has left there.",
    };

    // What the client may have beside it, and how the figures name it.
    private static readonly (Neighbours Who, string Field, string Row)[] Neighbourhoods =
    [
        (Neighbours.None, "alone", "recall, in turns with the next lines"),
        (Neighbours.Busy, "beside_busy_last", "beside busy threads, lowest priority"),
        (Neighbours.BusyAtUsualPriority, "beside_busy", "beside busy threads, usual priority"),
        (Neighbours.Hostile, "among_hostile_last", "among hostile clients, lowest priority"),
        (Neighbours.HostileAtUsualPriority, "among_hostile", "among hostile clients, usual priority"),
    ];

    private readonly Option<string?> _neighbours = new(NeighbourProcess.Option)
    {
        Description = "Is the hostile clients of a server at this address, and others that are busy.",
        Hidden = true,
    };

    public BenchPipeVerb(Shell shell)
        : base(shell, "pipe", "Measures requests over the pipe against a bare socket, in a temporary directory beside the pool.")
    {
        Add(_memories);
        Add(_requests);
        Add(_keep);
        Add(_neighbours);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(_neighbours) is { } address)
        {
            NeighbourProcess.Serve(address, Console.In, Console.Out);
            return ExitCode.Done;
        }
        var beside = Path.GetDirectoryName(Path.GetFullPath(call.Pool)) ?? throw new UsageException("--pool is the root of the file system.");
        Directory.CreateDirectory(beside);
        // Its socket is to be for its owner alone.
        var path = Path.Combine(beside, $".memengine-bench-{Environment.ProcessId}");
        var directory = OperatingSystem.IsWindows() ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var memories = call.Get(_memories) ?? DefaultMemories;
        PipeFigures figures;
        try
        {
            using var progress = call.Output.Progress("filling the pool");
            var pool = call.Get(_keep) is { } kept ? Path.GetFullPath(kept) : Path.Combine(directory.FullName, "pool");
            figures = await new PipeBenchmark(directory.FullName, pool, memories, call.Get(_requests) ?? DefaultRequests)
                .RunAsync(done => progress.Report((double)done / memories, done), cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
        if (call.Output.IsJson) call.Output.Json(json => WriteJson(json, figures));
        else Show(call.Output, figures);
        return ExitCode.Done;
    }

    private static void WriteJson(Utf8JsonWriter json, PipeFigures figures)
    {
        json.WriteNumber("memories", figures.Memories);
        json.WriteStartObject("round_trip");
        Number(json, "p50_us", figures.RoundTrip.P50);
        Number(json, "p99_us", figures.RoundTrip.P99);
        Number(json, "bare_p50_us", figures.Bare.P50);
        Number(json, "bare_p99_us", figures.Bare.P99);
        json.WriteNumber("ratio", Math.Round(figures.RoundTrip.P50 / figures.Bare.P50, 3));
        Number(json, "cpu_us", figures.ProcessorUs);
        json.WriteEndObject();
        json.WriteStartObject("recall");
        Write(json, figures.Recall);
        Number(json, "per_second", figures.Alone);
        Number(json, "cpu_us", figures.Cost.ProcessorUs);
        Number(json, "allocated_bytes", figures.Cost.Bytes);
        json.WriteNumber("collections", figures.Cost.Collections);
        Number(json, "pauses_ms", figures.Cost.PauseMs);
        json.WriteEndObject();
        json.WriteStartObject($"clients_{PipeBenchmark.Clients}");
        Write(json, figures.RecallTogether);
        Number(json, "per_second", figures.Together);
        json.WriteNumber("ratio", Math.Round(figures.Together / figures.Alone, 3));
        json.WriteEndObject();
        json.WriteStartObject("round");
        Write(json, figures.Round);
        json.WriteEndObject();
        json.WriteStartObject("neighbours");
        foreach (var (who, field, _) in Neighbourhoods)
        {
            json.WriteStartObject(field);
            Write(json, figures.Beside[who]);
            json.WriteNumber("ratio_p99", Math.Round(figures.Beside[who].P99 / figures.Beside[Neighbours.None].P99, 3));
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Percentiles percentiles)
    {
        Number(json, "p50_us", percentiles.P50);
        Number(json, "p99_us", percentiles.P99);
        Number(json, "p999_us", percentiles.P999);
    }

    private static void Number(Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, Math.Round(value, 1));

    private static void Show(Output output, PipeFigures figures)
    {
        output.Line($"Requests over the pipe of a pool of {figures.Memories:N0} memories, each timed by itself, in microseconds:");
        output.Line();
        output.Table(
            ["", "p50", "p99", "p99.9"],
            [
                Row("round trip of 1 KB", figures.RoundTrip),
                Row("the same bytes over a bare socket", figures.Bare),
                Row("recall, one client", figures.Recall),
                Row($"recall, {PipeBenchmark.Clients} clients", figures.RecallTogether),
                Row($"round, {PipeBenchmark.Clients} agents", figures.Round),
                .. Neighbourhoods.Select(n => Row(n.Row, figures.Beside[n.Who])),
            ]);
        output.Line();
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"A round trip takes {figures.RoundTrip.P50 / figures.Bare.P50:0.00} times the bare socket's, and {figures.ProcessorUs:0.0} us " +
            $"of processor time, client and server together."));
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"A recall takes {figures.Cost.ProcessorUs:0.0} us of processor time and allocates {figures.Cost.Bytes / 1024:0.0} KiB, both together; " +
            $"{figures.Cost.Collections} collections of garbage paused everybody for {figures.Cost.PauseMs:0.0} ms in all."));
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"One client recalls {figures.Alone:N0} times a second, {PipeBenchmark.Clients} together {figures.Together:N0}: " +
            $"{figures.Together / figures.Alone:0.00} times."));
    }

    private static string[] Row(string name, Percentiles p) => [name, Us(p.P50), Us(p.P99), Us(p.P999)];

    private static string Us(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
