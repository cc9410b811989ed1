using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Reads every byte of the pool and checks it.</summary>
internal sealed class CheckVerb(Shell shell) : Verb(shell, "check", "Reads every byte of the pool and checks it.")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var report = await CheckAsync(call, cancellation);
        if (call.Output.IsJson) WriteJson(call.Output, report);
        else Show(call.Output, report);
        return report.Ok ? ExitCode.Done : ExitCode.Damaged;
    }

    private static async Task<CheckReport> CheckAsync(Call call, CancellationToken cancellation)
    {
        try
        {
            return await MemoryStore.CheckAsync(call.Pool, new MemoryStoreOptions { OwnerName = "memengine" }, cancellation);
        }
        catch (MemoryEngineException e) when (e.Code == ErrorCode.PoolBusy)
        {
            await using var owner = await PoolDoor.TryConnectAsync(call.Pool, cancellation);
            if (owner is null) throw;
            return await owner.CheckAsync(cancellation);
        }
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
