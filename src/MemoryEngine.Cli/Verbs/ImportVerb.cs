using System.CommandLine;
using System.Diagnostics;
using MemoryEngine.Agents.Imports;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Remembers what stands in files: the engine's own, one memory a line, and those that other tools wrote for agents.</summary>
internal sealed class ImportVerb : Verb
{
    /// <summary>Fewer new memories leave what was learned before as good as it was.</summary>
    private const int WorthLearning = 100;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Files, plain or gzipped: JSON Lines, AGENTS.md or CLAUDE.md, Cursor rules, transcripts, memories of other tools.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<ImportFormat?> _from = new("--from")
    {
        Description = $"The files' form: {string.Join(", ", ImportFormats.All)}. Told by name and content when not given.",
        HelpName = "FORM",
        CustomParser = result =>
        {
            if (ImportFormats.FormatOf(result.Tokens[0].Value) is { } format) return format;
            result.AddError($"--from is one of {string.Join(", ", ImportFormats.All)}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private readonly Option<string?> _domain =
        Values.Text("--domain", "The domain of what is imported, as in backend/go. JSON Lines state their own.", "D");

    private readonly Option<MemoryLevel?> _level = Values.Level();
    private readonly Option<string?> _contributor = Values.Text("--contributor", "The agent or person it comes from.", "NAME");

    private readonly Option<string?> _source =
        Values.Text("--source", "What the file goes by when it is imported again; its place in its repository otherwise.", "NAME");

    private readonly Option<bool> _forgetMissing = new("--forget-missing")
    {
        Description = "Forgets, restorably, what came from a file before and does not stand in it any more. Otherwise it is told.",
    };

    private readonly EmbedderOptions _embedder = new();

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Stops at the first bad line; of files of other tools, takes nothing of one with a bad line.",
    };

    private readonly Option<Durability> _durability = new("--durability")
    {
        Description = "What to wait for: device (survives a power loss) or process (survives the end of the process).",
        HelpName = "device|process",
        DefaultValueFactory = _ => Durability.Device,
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (name is not ("device" or "process")) result.AddError($"--durability is device or process, not '{name}'.");
            return name == "process" ? Durability.Process : Durability.Device;
        },
    };

    public ImportVerb(Shell shell)
        : base(shell, "import", "Remembers what stands in files; again, what changed in them, and nothing else.")
    {
        Add(_files);
        Option[] all = [_from, _domain, _level, _contributor, _source, _forgetMissing, _strict, _durability];
        foreach (var option in all) Add(option);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var files = call.Get(_files);
        foreach (var file in files)
            if (!File.Exists(file)) throw new UsageException($"There is no file {file}. Nothing was imported.");
        var byFormat = files.ToLookup(f => FormatOf(call, f));
        var (lines, others) = (byFormat[ImportFormat.JsonLines].ToArray(), files.Where(f => !byFormat[ImportFormat.JsonLines].Contains(f)).ToArray());
        CheckOptions(call, lines, others);
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenAsync(call, create: true, embedder, cancellation);
        var totals = new ImportTotals();
        var elapsed = TimeSpan.Zero;
        if (lines.Length > 0) elapsed += await ImportLinesAsync(call, pool, lines, totals, cancellation);
        if (others.Length > 0) elapsed += await ImportOthersAsync(call, pool, others, totals, cancellation);
        // What is learned from many memories at once is there for the next recall, which is mostly another process's.
        if (totals.Written >= WorthLearning) await pool.SettleAsync(cancellation);
        totals.Write(call.Output, elapsed);
        return ExitCode.Done;
    }

    private ImportFormat FormatOf(Call call, string file) =>
        call.Get(_from) ?? ImportFormats.Detect(file) ?? throw new UsageException(
            $"What {file} is cannot be told by its name or content. Say --from {string.Join(", ", ImportFormats.All)}. Nothing was imported.");

    private void CheckOptions(Call call, string[] lines, string[] others)
    {
        if (lines.Length > 0 && (call.Get(_domain) ?? call.Get(_contributor) ?? call.Get(_source)) is not null)
        {
            throw new UsageException(
                $"{lines[0]} is JSON Lines, whose memories state domain, contributor and source themselves. Nothing was imported.");
        }
        if (lines.Length > 0 && (call.Get(_level) is not null || call.Get(_forgetMissing)))
            throw new UsageException($"{lines[0]} is JSON Lines: --level and --forget-missing are for files of other tools. Nothing was imported.");
        if (call.Get(_source) is not null && others.Length > 1)
            throw new UsageException("--source names one file; several would take each other's place. Import them one by one.");
    }

    private async Task<TimeSpan> ImportLinesAsync(
        Call call, OpenPool pool, string[] files, ImportTotals totals, CancellationToken cancellation)
    {
        using var bar = call.Output.Progress("memories");
        var importer = new Importer(pool, call.Get(_durability), call.Get(_strict), bar.Report);
        await importer.FilesAsync(files, cancellation);
        totals.Add(importer);
        return importer.Elapsed;
    }

    private async Task<TimeSpan> ImportOthersAsync(
        Call call, OpenPool pool, string[] files, ImportTotals totals, CancellationToken cancellation)
    {
        var options = new ImportOptions
        {
            Format = call.Get(_from),
            Domain = call.Get(_domain),
            Level = call.Get(_level),
            Contributor = call.Get(_contributor),
            Source = call.Get(_source),
            ForgetMissing = call.Get(_forgetMissing),
            Strict = call.Get(_strict),
            Durability = call.Get(_durability),
        };
        var start = Stopwatch.GetTimestamp();
        foreach (var report in await new FileImporter(pool.Store).ImportManyAsync(files, options, cancellation))
        {
            totals.Add(report);
            if (!options.Strict || report.Failed.Count == 0) continue;
            var first = report.Failed.MinBy(f => f.Line)!;
            throw new BadLineException($"{first.File}:{first.Line}: {first.Message} Nothing of that file was remembered, as --strict asks.");
        }
        return Stopwatch.GetElapsedTime(start);
    }
}
