using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Brings a closed pool of an older format to the newest one.</summary>
internal sealed class UpgradeVerb(Shell shell) : Verb(shell, "upgrade", "Writes a closed pool of an older format in the newest one.")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var report = await MemoryStore.UpgradeAsync(call.Pool, new MemoryStoreOptions { OwnerName = "memengine" }, cancellation);
        foreach (var note in report.Notes) call.Output.Note(note);
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteNumber("from", report.From);
                json.WriteNumber("to", report.To);
                json.WriteNumber("files", report.Files);
            });
            return ExitCode.Done;
        }
        call.Output.Line(report.Changed
            ? $"Format {report.From} to {report.To}: {report.Files:N0} journal files written anew, and a checkpoint."
            : $"The pool is of the newest format, {report.To}, already. Nothing was changed.");
        return ExitCode.Done;
    }
}
