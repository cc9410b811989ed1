using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>The report of the evidence as scripts read it.</summary>
internal static class EvidenceJson
{
    public static void Write(Utf8JsonWriter json, EvidenceReport report)
    {
        json.WriteNumber("outcomes", report.Outcomes);
        json.WriteNumber("controls", report.Controls);
        json.WriteNumber("window_days", report.Window.TotalDays);
        json.WriteNumber("kept", report.Kept);
        Objects(json, "measures", report.Measures, f => Fields(json, f));
        Objects(json, "modes", report.Modes, m =>
        {
            json.WriteString("mode", InterchangeNames.Of(m.Mode));
            Figure(json, "gain", m.Gain);
            Figure(json, "loss", m.Loss);
            json.WriteString("risk", m.Risk.ToString().ToLowerInvariant());
            json.WriteString("article_risk", m.ArticleRisk.ToString().ToLowerInvariant());
            Figure(json, "utilisation", m.Utilisation);
            Figure(json, "used_of_injected", m.UsedOfInjected);
        });
        Objects(json, "groups", report.Groups, g =>
        {
            json.WriteString("group", g.Group);
            json.WriteString("key", g.Key);
            Figure(json, "gain", g.Gain);
        });
        Objects(json, "models", report.Models, m =>
        {
            json.WriteString("producer", m.Producer);
            json.WriteString("consumer", m.Consumer);
            Figure(json, "outcome", m.Outcome);
            Figure(json, "lift", m.Lift);
        });
        Objects(json, "economy", report.Economy, f => Fields(json, f));
        Objects(json, "contributors", report.Contributors, c =>
        {
            json.WriteString("contributor", c.Contributor);
            GateText.Number(json, "passes", c.Passes);
            json.WriteNumber("tasks", c.Tasks);
            GateText.Number(json, "influence", c.Influence);
        });
        Objects(json, "judges", report.Judges, j =>
        {
            json.WriteString("model", j.Model);
            Figure(json, "gain", j.Gain);
        });
        json.WriteStartObject("failures");
        foreach (var (failure, count) in report.Failures)
            json.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString()), count);
        json.WriteEndObject();
        json.WriteNumber("measured_memories", report.MeasuredMemories);
        Objects(json, "memories", report.Memories, m => Memory(json, m));
        Objects(json, "removals", report.Removals, r =>
        {
            json.WriteString("id", r.Decision.Memory);
            json.WriteNumber("version", r.Decision.Version);
            json.WriteString("domain", r.Decision.Domain);
            json.WriteString("state", r.Decision.To.ToString().ToLowerInvariant());
            GateText.Number(json, "failures_before", r.FailuresBefore);
            GateText.Number(json, "failures_since", r.FailuresSince);
            json.WriteNumber("outcomes", r.Outcomes);
        });
    }

    /// <summary>The fields of what is known of a version's effect, into the object that is open.</summary>
    public static void Effect(Utf8JsonWriter json, MemoryEffectFigures effect)
    {
        json.WriteString("state", InterchangeNames.Of(effect.State));
        json.WriteNumber("appearances", effect.Appearances);
        GateText.Number(json, "effect", effect.Effect);
        GateText.Number(json, "low", effect.Interval.Low);
        GateText.Number(json, "high", effect.Interval.High);
        GateText.Number(json, "control_rate", effect.ControlRate);
        GateText.Number(json, "harm_e", effect.HarmE);
        GateText.Number(json, "help_e", effect.HelpE);
    }

    private static void Memory(Utf8JsonWriter json, MemoryFigures memory)
    {
        var effect = memory.Effect;
        json.WriteString("id", effect.Memory);
        json.WriteNumber("version", effect.Version);
        json.WriteNumber("level", (int)memory.Level);
        json.WriteString("domain", memory.Domain);
        Effect(json, effect);
        GateText.Number(json, "passes", memory.Passes);
        json.WriteNumber("needed", memory.Needed);
    }

    private static void Figure(Utf8JsonWriter json, string name, EvidenceFigure figure)
    {
        json.WriteStartObject(name);
        Fields(json, figure);
        json.WriteEndObject();
    }

    private static void Fields(Utf8JsonWriter json, EvidenceFigure figure)
    {
        json.WriteString("name", figure.Name);
        GateText.Number(json, "value", figure.Value);
        GateText.Number(json, "low", figure.Low);
        GateText.Number(json, "high", figure.High);
        json.WriteNumber("n", figure.Count);
        json.WriteString("article", figure.Article);
    }

    private static void Objects<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> values, Action<T> fields)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStartObject();
            fields(value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
