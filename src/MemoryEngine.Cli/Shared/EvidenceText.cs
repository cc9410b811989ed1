using System.Globalization;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>The report of the evidence as people read it.</summary>
internal static class EvidenceText
{
    private const int MostRows = 20;

    public static void Show(Output output, EvidenceReport report)
    {
        var outcomes = report.Outcomes == 1 ? "1 outcome" : Text($"{report.Outcomes:N0} outcomes");
        output.Line(Text($"{outcomes}, {report.Controls:N0} of them without memory; uses count for {report.Window.Days} days."));
        Section(output, "measure", report.Measures);
        output.Line();
        output.Table(
            ["mode", "gain, points", "loss", "risk", "the article's", "utilisation", "the article's", "used of injected"],
            [.. report.Modes.Select(m => (string[])[
                InterchangeNames.Of(m.Mode), Estimate(m.Gain), Estimate(m.Loss), Name(m.Risk), Name(m.ArticleRisk), Estimate(m.Utilisation),
                m.Utilisation.Article ?? "-", Estimate(m.UsedOfInjected)])]);
        Rows(output, ["group", "which", "n", "gain, points"], report.Groups, g => [g.Group, Named(g.Key), Count(g.Gain), Estimate(g.Gain)]);
        Rows(
            output, ["memories of", "for", "n", "outcome", "lift, points"], report.Models,
            m => [Named(m.Producer), Named(m.Consumer), Count(m.Outcome), Estimate(m.Outcome), Estimate(m.Lift)]);
        Section(output, "economy", report.Economy);
        Rows(
            output, ["contributor", "credits", "passes gained", "moves a score by"], report.Contributors,
            c => [Named(c.Contributor), Text($"{c.Tasks:N0}"), Text($"{c.Passes:+0.0;-0.0;0}"), Text($"{100 * (c.Influence - 1):+0.0;-0.0;0} %")]);
        Rows(output, ["judge", "n", "gain, points, uncorrected"], report.Judges, j => [j.Model, Count(j.Gain), Estimate(j.Gain)]);
        Rows(
            output, ["memory", "state", "appearances", "effect, points", "e of harm", "still needed"], report.Memories,
            m =>
            [
                m.Effect.Memory.ToString(), Name(m.Effect.State), Text($"{m.Effect.Appearances:N0}"), Effect(m.Effect),
                Text($"{m.Effect.HarmE:0.##}"), Text($"{m.Needed:N0}"),
            ]);
        if (report.MeasuredMemories > 0)
            output.Line("Still needed: appearances at a probability of one half until harm of 20 points would be found, 19 times of 20.");
        Rows(
            output, ["removed", "failures before", "since", "outcomes since"], report.Removals,
            r => [r.Decision.Memory.ToString(), Share(r.FailuresBefore), Share(r.FailuresSince), Text($"{r.Outcomes:N0}")]);
    }

    private static void Section(Output output, string what, IReadOnlyList<EvidenceFigure> figures)
    {
        output.Line();
        output.Table(
            [what, "n", "value", "95 % interval", "the article's"],
            [.. figures.Select(f => (string[])[f.Name, Count(f), Figure(f.Value), Bounds(f), f.Article ?? "-"])]);
    }

    // A script reads all of it in the JSON.
    private static void Rows<T>(Output output, string[] headers, IReadOnlyList<T> rows, Func<T, string[]> row)
    {
        if (rows.Count == 0) return;
        output.Line();
        output.Table(headers, [.. rows.Take(MostRows).Select(row)]);
        if (rows.Count > MostRows) output.Line(Text($"and {rows.Count - MostRows:N0} more; --json lists them."));
    }

    private static string Estimate(EvidenceFigure figure) => figure.Value is null ? "not enough data" : $"{Figure(figure.Value)} ({Bounds(figure)})";

    private static string Bounds(EvidenceFigure figure) => figure.Low is null ? "-" : $"{Figure(figure.Low)} to {Figure(figure.High)}";

    private static string Effect(MemoryEffectFigures effect) => effect.Effect is { } value
        ? Text($"{100 * value:+0;-0;0} ({100 * effect.Interval.Low:+0;-0;0} to {100 * effect.Interval.High:+0;-0;0})")
        : "not enough data";

    private static string Count(EvidenceFigure figure) => Text($"{figure.Count:N0}");

    private static string Figure(double? value) => value is { } v ? Text($"{v:0.###}") : "-";

    private static string Share(double? value) => value is { } v ? Text($"{100 * v:0.0} %") : "-";

    private static string Named(string name) => name.Length > 0 ? name : "(none)";

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
