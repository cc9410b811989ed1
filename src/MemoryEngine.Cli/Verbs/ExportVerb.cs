using System.CommandLine;
using System.IO.Compression;
using System.Text;
using MemoryEngine.Agents.Exports;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Writes active memories to a file that import reads: all of them for machines, or the best of a domain for people.</summary>
internal sealed class ExportVerb : Verb
{
    private const string AgentsMd = "agents-md";

    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The file to write, gzipped when its name ends in .gz. One that is there is replaced when all is written.",
    };

    private readonly Option<string> _to = new("--to")
    {
        Description = "jsonl: all memories, one a line. agents-md: the best insights, as Markdown for people and agents.",
        HelpName = "jsonl|agents-md",
        DefaultValueFactory = _ => "jsonl",
        CustomParser = result =>
        {
            var name = result.Tokens[0].Value;
            if (name is not ("jsonl" or AgentsMd)) result.AddError($"--to is jsonl or agents-md, not '{name}'.");
            return name;
        },
    };

    private readonly Option<string?> _domain = Values.Text("--domain", "Only this domain and below it.", "D");
    private readonly Option<int?> _limit = Values.Positive("--limit", "Of agents-md, how many memories at most; 50 when not given.");

    public ExportVerb(Shell shell)
        : base(shell, "export", "Writes active memories to a file: all, one a line, or the best of a domain for people.")
    {
        Add(_file);
        Option[] all = [_to, _domain, _limit];
        foreach (var option in all) Add(option);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var file = Path.GetFullPath(call.Get(_file));
        if (Directory.Exists(file)) throw new UsageException($"{file} is a directory; name a file.");
        var isForPeople = call.Get(_to) == AgentsMd;
        if (!isForPeople && call.Get(_limit) is not null) throw new UsageException("--limit goes with --to agents-md; JSON Lines hold all.");
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var partial = file + ".partial";
        long written;
        try
        {
            var isGzip = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            written = await WriteAsync(call, pool.Store, partial, isGzip, isForPeople, cancellation);
            File.Move(partial, file, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
        var bytes = new FileInfo(file).Length;
        if (!call.Output.IsJson)
        {
            call.Output.Line($"{written:N0} memories, {bytes:N0} bytes: {file}");
            return ExitCode.Done;
        }
        call.Output.Json(json =>
        {
            json.WriteString("file", file);
            json.WriteNumber("written", written);
            json.WriteNumber("bytes", bytes);
        });
        return ExitCode.Done;
    }

    private async Task<long> WriteAsync(
        Call call, IMemoryStore store, string path, bool isGzip, bool isForPeople, CancellationToken cancellation)
    {
        Stream stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        if (isGzip) stream = new GZipStream(stream, CompressionLevel.Optimal);
        if (!isForPeople) return await WriteLinesAsync(store, stream, new ListFilter { Domain = call.Get(_domain) }, cancellation);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var options = new AgentsMdExportOptions { Domain = call.Get(_domain) ?? "" };
        if (call.Get(_limit) is { } limit) options = options with { Limit = limit };
        var export = await AgentsMdExporter.WriteAsync(store, writer, options, cancellation);
        foreach (var left in export.NotWritten) call.Output.Note($"{left.Id} was not written. {left.Why}");
        return export.Written.Count;
    }

    private static async Task<long> WriteLinesAsync(IMemoryStore store, Stream stream, ListFilter filter, CancellationToken cancellation)
    {
        using var writer = new JsonLinesWriter(stream);
        long written = 0;
        await foreach (var memory in store.ListAsync(filter, cancellation))
        {
            writer.Write(memory);
            written++;
        }
        return written;
    }
}
