using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Remembers what stands in files, one memory a line.</summary>
internal sealed class ImportVerb : Verb
{
    /// <summary>Fewer new memories leave what was learned before as good as it was.</summary>
    private const int WorthLearning = 100;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "JSON Lines, one memory a line, plain or gzipped. A memory without an id gets one made of its content.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly EmbedderOptions _embedder = new();
    private readonly Option<bool> _strict = new("--strict") { Description = "Stops at the first bad line." };

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
        : base(shell, "import", "Remembers what stands in files, one memory a line; what is there already stays as it is.")
    {
        Add(_files);
        Add(_strict);
        Add(_durability);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var files = call.Get(_files);
        foreach (var file in files)
            if (!File.Exists(file)) throw new UsageException($"There is no file {file}. Nothing was imported.");
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenAsync(call, create: true, embedder, cancellation);
        using var bar = call.Output.Progress("memories");
        var importer = new Importer(pool, call.Get(_durability), call.Get(_strict), bar.Report);
        await importer.FilesAsync(files, cancellation);
        bar.Dispose();
        // What is learned from many memories at once is there for the next recall, which is mostly another process's.
        if (importer.Added + importer.Revised >= WorthLearning) await pool.SettleAsync(cancellation);
        if (importer.Unembedded > 0) call.Output.Note($"{importer.Unembedded:N0} were stored without a vector. The first: {importer.FirstNote}");
        if (call.Output.IsJson) WriteJson(call.Output, importer);
        else Show(call.Output, importer);
        return ExitCode.Done;
    }

    private static void WriteJson(Output output, Importer importer) => output.Json(json =>
    {
        json.WriteNumber("read", importer.Read);
        json.WriteNumber("added", importer.Added);
        json.WriteNumber("revised", importer.Revised);
        json.WriteNumber("unchanged", importer.Unchanged);
        json.WriteNumber("unembedded", importer.Unembedded);
        json.WriteStartArray("failed");
        foreach (var failed in importer.Failed)
        {
            json.WriteStartObject();
            json.WriteString("file", failed.File);
            json.WriteNumber("line", failed.Line);
            json.WriteString("message", failed.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(importer.Elapsed.TotalSeconds, 6));
    });

    private static void Show(Output output, Importer importer)
    {
        foreach (var failed in importer.Failed) output.Error($"{failed.File}:{failed.Line}: {failed.Message}");
        var seconds = importer.Elapsed.TotalSeconds;
        output.Line(
            $"{importer.Read:N0} lines: {importer.Added:N0} added, {importer.Revised:N0} revised, {importer.Unchanged:N0} unchanged, " +
            $"{importer.Failed.Count:N0} failed, in {seconds:0.000} s ({importer.Read / Math.Max(seconds, 1e-6):N0} a second)");
    }
}
