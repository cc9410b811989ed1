using System.CommandLine;
using System.Globalization;
using MemoryEngine.Cli.Benchmarks;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Index;
using MemoryEngine.Storage;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Builds an index over anybody's vectors and measures how well and how fast it finds.</summary>
internal sealed class BenchSearchVerb : Verb
{
    private static readonly int[] DefaultEfs = [10, 20, 40, 80, 160, 320];

    private readonly Option<string?> _base = Values.Text("--base", "The vectors: .fvecs, .bvecs, .fbin or .u8bin.", "FILE");
    private readonly Option<string?> _queries = Values.Text("--queries", "The queries, in one of the same forms.", "FILE");
    private readonly Option<string?> _truth =
        Values.Text("--truth", "True neighbours of the first queries, .ivecs or .ibin; only those count. Computed when not given.", "FILE");

    private readonly Option<string?> _metric = Values.Text("--metric", "l2, cosine or dot.", "METRIC");
    private readonly Option<int?> _m = Values.Positive("--m", "Links a node makes; 16 when not given.");
    private readonly Option<int?> _efConstruction = Values.Positive("--ef-construction", "Candidates for them; 200 when not given.");

    private readonly Option<string?> _efs =
        Values.Text("--ef", "Candidates of a search, one figure for each; 10,20,40,80,160,320 when not given.", "N,N,…");

    private readonly Option<int?> _threads = Values.Positive("--threads", "Threads that build, and then search; 1 when not given.");

    public BenchSearchVerb(Shell shell)
        : base(shell, "search", "Builds an index over your vectors; measures recall, speed and memory.")
    {
        _base.Required = _queries.Required = _metric.Required = true;
        Option[] options = [_base, _queries, _truth, _metric, _m, _efConstruction, _efs, _threads];
        foreach (var option in options) Add(option);
    }

    protected override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var metric = call.Get(_metric) switch
        {
            "l2" => Metric.L2,
            "cosine" => Metric.Cosine,
            "dot" => Metric.Dot,
            var other => throw new UsageException($"--metric is l2, cosine or dot, not '{other}'."),
        };
        var efs = Efs(call.Get(_efs));
        var options = new HnswOptions { Advise = HugePages.Advise };
        options = options with
        {
            M = call.Get(_m) ?? options.M,
            EfConstruction = call.Get(_efConstruction) ?? options.EfConstruction,
            Threads = call.Get(_threads) ?? options.Threads,
        };
        using var vectors = VectorFile.Read(call.Get(_base)!, metric);
        using var queries = VectorFile.Read(call.Get(_queries)!, metric);
        var figures = Measure(call, vectors, queries, options, efs, cancellation);
        if (call.Output.IsJson) WriteJson(call.Output, figures);
        else Show(call.Output, figures, vectors);
        return Task.FromResult(ExitCode.Done);
    }

    private SearchFigures Measure(
        Call call, VectorMatrix vectors, VectorMatrix queries, HnswOptions options, int[] efs, CancellationToken cancellation)
    {
        var (rows, asked) = (vectors.Rows, queries.Rows);
        if (rows.Count == 0) throw new UsageException($"{call.Get(_base)} has no vectors.");
        if (asked.Count == 0) throw new UsageException($"{call.Get(_queries)} has no queries.");
        if (rows.Dimension != asked.Dimension)
            throw new UsageException($"The vectors have {rows.Dimension} dimensions and the queries {asked.Dimension}.");
        var truth = call.Get(_truth) is { } file
            ? TruthFile.Read(file, asked.Count, rows.Count, Math.Min(SearchBenchmark.K, rows.Count))
            : null;
        var directory = Directory.CreateTempSubdirectory("memengine-bench-");
        try
        {
            return new SearchBenchmark(vectors, queries, truth, options).Run(efs, directory.FullName, cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static int[] Efs(string? text)
    {
        if (text is null) return DefaultEfs;
        return [.. text.Split(',').Select(Ef)];

        int Ef(string part)
        {
            var isNumber = int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var ef) && ef is > 0 and <= 1_000_000;
            return isNumber ? ef : throw new UsageException($"--ef takes whole numbers from 1 on with commas between them, not '{text}'.");
        }
    }

    private static void WriteJson(Output output, SearchFigures figures) => output.Json(json =>
    {
        json.WriteNumber("build_seconds", Math.Round(figures.BuildSeconds, 3));
        json.WriteNumber("build_cpu_seconds", Math.Round(figures.BuildCpuSeconds, 3));
        json.WriteNumber("resident_bytes", figures.ResidentBytes);
        json.WriteNumber("file_bytes", figures.FileBytes);
        json.WriteStartArray("results");
        foreach (var point in figures.Results)
        {
            json.WriteStartObject();
            json.WriteNumber("ef", point.Ef);
            json.WriteNumber("recall_at_10", Math.Round(point.RecallAt10, 5));
            json.WriteNumber("queries_per_second", Math.Round(point.QueriesPerSecond, 1));
            json.WriteNumber("queries_per_cpu_second", Math.Round(point.QueriesPerCpuSecond, 1));
            json.WriteNumber("p50_us", Math.Round(point.P50Us, 2));
            json.WriteNumber("p99_us", Math.Round(point.P99Us, 2));
            json.WriteNumber("distances", Math.Round(point.Distances, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static void Show(Output output, SearchFigures figures, VectorMatrix vectors)
    {
        output.Line(Text($"{vectors.Rows.Count:N0} vectors of {vectors.Rows.Dimension} dimensions."));
        output.Line(Text($"Built in {figures.BuildSeconds:0.0} s, with {figures.BuildCpuSeconds:0.0} s of processor time."));
        output.Line(Text($"{figures.ResidentBytes / 1e6:0.0} MB resident beside the vectors, {figures.FileBytes / 1e6:0.0} MB in a file."));
        output.Line();
        output.Table(
            ["ef", "recall@10", "a second", "a CPU-second", "p50", "p99", "distances"],
            [.. figures.Results.Select(p => (string[])[
                Text($"{p.Ef}"), Text($"{p.RecallAt10:0.0000}"), Text($"{p.QueriesPerSecond:N0}"), Text($"{p.QueriesPerCpuSecond:N0}"),
                Text($"{p.P50Us:0.0} us"), Text($"{p.P99Us:0.0} us"), Text($"{p.Distances:0}")])]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
