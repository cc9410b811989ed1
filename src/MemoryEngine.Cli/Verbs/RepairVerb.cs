using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Makes a new pool of everything in a damaged one that can be proven intact.</summary>
internal sealed class RepairVerb : Verb
{
    private readonly Option<string> _to = new("--to")
    {
        Description = "The new pool: a new or an empty directory.",
        HelpName = "DIR",
        Required = true,
    };

    public RepairVerb(Shell shell)
        : base(shell, "repair", "Makes a new pool of all in a damaged one that can be proven intact, and lists what cannot.")
    {
        Add(_to);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var options = new MemoryStoreOptions { OwnerName = "memengine" };
        var report = await MemoryStore.RepairAsync(call.Pool, call.Get(_to)!, options, cancellation);
        if (call.Output.IsJson) call.Output.Json(json => Write(json, report));
        else Show(call.Output, report);
        return report.Check.Ok ? ExitCode.Done : ExitCode.Damaged;
    }

    private static void Write(Utf8JsonWriter json, RepairReport report)
    {
        json.WriteString("to", report.To);
        json.WriteString("pool_id", report.PoolId);
        json.WriteNumber("kept", report.Kept);
        json.WriteStartArray("lost");
        foreach (var lost in report.Lost)
        {
            json.WriteStartObject();
            json.WriteNumber("first", lost.First);
            json.WriteNumber("last", lost.Last);
            json.WriteString("what", lost.What);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("memories", report.Memories);
        json.WriteNumber("versions", report.Versions);
        CheckText.WriteProblems(json, "problems", report.Problems);
        json.WriteStartArray("notes");
        foreach (var note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartObject("check");
        json.WriteBoolean("ok", report.Check.Ok);
        json.WriteNumber("bytes", report.Check.Bytes);
        CheckText.WriteProblems(json, "problems", report.Check.Problems);
        json.WriteEndObject();
    }

    private static void Show(Output output, RepairReport report)
    {
        CheckText.Show(output, report.Problems);
        foreach (var lost in report.Lost)
            output.Line($"lost: {(lost.First == lost.Last ? $"event {lost.First}" : $"events {lost.First} to {lost.Last}")}: {lost.What}");
        foreach (var note in report.Notes) output.Line(note);
        output.Line(
            $"{report.Kept:N0} events kept, {report.Lost.Sum(l => l.Last - l.First + 1):N0} lost; {report.Memories:N0} memories, " +
            $"{report.Versions:N0} versions in {report.To}");
        if (report.Check.Ok)
        {
            output.Line($"The new pool was opened and checked: {report.Check.Bytes:N0} bytes, all as they were written.");
            return;
        }
        output.Line("The check of the new pool found problems:");
        CheckText.Show(output, report.Check.Problems);
    }
}
