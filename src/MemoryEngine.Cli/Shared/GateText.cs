using System.Globalization;
using System.Text.Json;

namespace MemoryEngine.Cli.Shared;

/// <summary>Gates as scripts and as people read them.</summary>
internal static class GateText
{
    private const int Digits = 6;

    public static void Write(Utf8JsonWriter json, IReadOnlyList<Gate> gates)
    {
        json.WriteStartArray("gates");
        foreach (var gate in gates)
        {
            json.WriteStartObject();
            json.WriteString("name", gate.Name);
            Number(json, "value", gate.Value);
            Number(json, "low", gate.Low);
            Number(json, "high", gate.High);
            json.WriteNumber("limit", gate.Limit);
            Number(json, "article", gate.Article);
            json.WriteString("verdict", NameOf(gate.Verdict));
            if (gate.Needed is { } needed) json.WriteNumber("needed", needed);
            else json.WriteNull("needed");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Show(Output output, IReadOnlyList<Gate> gates) => output.Table(
        ["gate", "value", "95 % bounds", "limit", "the article's", "verdict"],
        [.. gates.Select(g => (string[])[
            g.Name, Figure(g.Value), g.Low is null ? "-" : $"{Figure(g.Low)} to {Figure(g.High)}", Figure(g.Limit), Figure(g.Article), Verdict(g)])]);

    public static string NameOf(GateVerdict verdict) => verdict.ToString().ToLowerInvariant();

    public static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, Math.Round(number, Digits));
        else json.WriteNull(name);
    }

    private static string Verdict(Gate gate) => gate switch
    {
        { Verdict: GateVerdict.Insufficient, Needed: { } needed } => Text($"insufficient: at least {needed:N0} more"),
        { Verdict: GateVerdict.Insufficient, Value: not null } => "insufficient: not to be reached at this rate",
        _ => NameOf(gate.Verdict),
    };

    private static string Figure(double? value) => value is { } v ? Text($"{v:0.###}") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
