using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>What a cleanup did, for scripts and for people: a report for each decision, with its evidence and how to undo it.</summary>
internal static class CleanupReportText
{
    public static void Write(Utf8JsonWriter json, CleanupReport report)
    {
        json.WriteStartObject("cleanup");
        json.WriteNumber("removals", report.Removals);
        json.WriteNumber("gone", report.Gone);
        GateText.Number(json, "success", report.Success);
        json.WriteStartArray("decisions");
        foreach (var action in report.Actions)
        {
            json.WriteStartObject();
            Write(json, action.Decision);
            json.WriteString("title", action.Title);
            json.WriteString("consequence", action.Consequence);
            json.WriteString("undo", action.Undo);
            if (action.IsGone is { } gone) json.WriteBoolean("gone", gone);
            if (action.FoundBy is { } found) json.WriteString("found_by", found);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Show(Output output, CleanupReport report)
    {
        if (report.Actions.Count == 0)
        {
            output.Line("The evidence asks for no change of any memory's state.");
            return;
        }
        foreach (var action in report.Actions)
        {
            output.Line();
            output.Heading(action.Title ?? action.Decision.Memory.ToString());
            output.Line($"   {action.Decision.Memory} version {action.Decision.Version}: {InterchangeNames.Of(action.Decision.To)}");
            output.Line($"   {action.Consequence}");
            output.Line($"   {action.Undo}");
            if (action.FoundBy is { } found) output.Line($"   It is still found by {found}.");
        }
        if (report.Removals == 0) return;
        output.Line();
        output.Line($"{report.Gone:N0} of {report.Removals:N0} removed memories are found by no probe.");
    }

    private static void Write(Utf8JsonWriter json, Decision decision)
    {
        json.WriteString("id", decision.Memory);
        json.WriteNumber("version", decision.Version);
        json.WriteString("domain", decision.Domain);
        json.WriteString("from", InterchangeNames.Of(decision.From));
        json.WriteString("to", InterchangeNames.Of(decision.To));
        json.WriteString("reason", InterchangeNames.Of(decision.Reason));
        GateText.Number(json, "e_value", decision.EValue);
        GateText.Number(json, "effect", decision.Effect);
        GateText.Number(json, "low", decision.EffectInterval.Low);
        GateText.Number(json, "high", decision.EffectInterval.High);
        json.WriteNumber("appearances", decision.Appearances);
        json.WriteNumber("failures", decision.Failures);
    }
}
