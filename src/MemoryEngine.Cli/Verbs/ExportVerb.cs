using System.CommandLine;
using System.IO.Compression;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Writes the active memories to a file that import reads.</summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The file to write, gzipped when its name ends in .gz. One that is there is replaced when all is written.",
    };

    public ExportVerb(Shell shell)
        : base(shell, "export", "Writes all active memories to a file, one a line.")
    {
        Add(_file);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var file = Path.GetFullPath(call.Get(_file));
        if (Directory.Exists(file)) throw new UsageException($"{file} is a directory; name a file.");
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var partial = file + ".partial";
        long written;
        try
        {
            written = await WriteAsync(pool.Store, partial, file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase), cancellation);
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

    private static async Task<long> WriteAsync(IMemoryReader store, string path, bool isGzip, CancellationToken cancellation)
    {
        Stream stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        if (isGzip) stream = new GZipStream(stream, CompressionLevel.Optimal);
        using var writer = new JsonLinesWriter(stream);
        long written = 0;
        await foreach (var memory in store.ListAsync(null, cancellation))
        {
            writer.Write(memory);
            written++;
        }
        return written;
    }
}
