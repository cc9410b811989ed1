using System.CommandLine;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Gives back the space of what nobody can see any more.</summary>
internal sealed class CompactVerb : Verb
{
    private readonly Option<int?> _keep = Values.Positive(
        "--keep-versions-days", "Superseded versions go after this many days, unless a snapshot has them; all are kept when not given.");

    public CompactVerb(Shell shell)
        : base(shell, "compact", "Gives back the space of what nobody can see any more.")
    {
        Add(_keep);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var keep = call.Get(_keep) is { } days ? TimeSpan.FromDays(days) : (TimeSpan?)null;
        var result = await pool.Keeping.CompactAsync(new CompactOptions { KeepVersionsFor = keep }, cancellation);
        CompactText.Write(call.Output, result);
        return ExitCode.Done;
    }
}

/// <summary>Does what keeps a pool good, small and quick to open.</summary>
internal sealed class MaintainVerb(Shell shell)
    : Verb(shell, "maintain", "Does what keeps a pool good and small: cleans up what does harm or is never used, gives space back, takes a checkpoint.")
{
    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        CompactText.Write(call.Output, await pool.Keeping.MaintainAsync(cancellation));
        return ExitCode.Done;
    }
}

/// <summary>What was given back.</summary>
internal static class CompactText
{
    public static void Write(Output output, CompactResult result)
    {
        if (output.IsJson)
        {
            output.Json(json =>
            {
                json.WriteNumber("journal_bytes_before", result.JournalBytesBefore);
                json.WriteNumber("journal_bytes", result.JournalBytes);
                json.WriteNumber("record_bytes_before", result.RecordBytesBefore);
                json.WriteNumber("record_bytes", result.RecordBytes);
                json.WriteNumber("versions_dropped", result.VersionsDropped);
                json.WriteNumber("events_dropped", result.EventsDropped);
                if (result.Cleanup is { } cleanup) CleanupReportText.Write(json, cleanup);
            });
            return;
        }
        output.Facts(
            ("journal", $"{result.JournalBytesBefore:N0} bytes, now {result.JournalBytes:N0}"),
            ("records", $"{result.RecordBytesBefore:N0} bytes, now {result.RecordBytes:N0}"),
            ("dropped", $"{result.EventsDropped:N0} events, {result.VersionsDropped:N0} versions"));
        if (result.Cleanup is { } done) CleanupReportText.Show(output, done);
    }
}
