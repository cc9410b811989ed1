using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Reads every byte of the pool and checks it.</summary>
internal sealed class CheckVerb(Shell shell) : Verb(shell, "check", "Reads every byte of the pool and checks it.")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var report = await MemoryStore.CheckAsync(call.Pool, new MemoryStoreOptions { OwnerName = "memengine" }, cancellation);
        if (call.Output.IsJson) WriteJson(call.Output, report);
        else Show(call.Output, report);
        return report.Ok ? ExitCode.Done : ExitCode.Damaged;
    }

    private static void WriteJson(Output output, CheckReport report) => output.Json(json =>
    {
        json.WriteBoolean("ok", report.Ok);
        json.WriteNumber("bytes", report.Bytes);
        CheckText.WriteProblems(json, "problems", report.Problems);
    });

    private static void Show(Output output, CheckReport report)
    {
        CheckText.Show(output, report.Problems);
        var bytes = $"{report.Bytes:N0} bytes";
        output.Line(report.Ok ? $"{bytes}, all as they were written." : $"{report.Problems.Count} problems in {bytes}.");
    }
}
