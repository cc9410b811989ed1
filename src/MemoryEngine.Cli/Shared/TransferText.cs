using System.Globalization;
using System.Text.Json;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Cli.Shared;

/// <summary>A transfer and what came of it, for scripts and for people.</summary>
internal static class TransferText
{
    public static void Write(Utf8JsonWriter json, TransferStory story)
    {
        var t = story.Transfer;
        json.WriteString("transfer", t.Id);
        json.WriteNumber("at_us", Microseconds(t.At));
        json.WriteString("task", t.Task);
        json.WriteString("domain", t.TargetDomain);
        json.WriteString("mode", InterchangeNames.Of(t.Mode));
        json.WriteString("scenario", InterchangeNames.Of(t.Scenario));
        json.WriteString("consumer_model", t.ConsumerModel);
        json.WriteString("modality", t.Modality);
        json.WriteString("design", InterchangeNames.Of(t.Design));
        json.WriteNumber("seed", t.Seed);
        json.WriteBoolean("held_out", t.IsHeldOut);
        json.WriteNumber("hold_out_share", t.HoldOutShare);
        json.WriteNumber("pool_tasks", t.PoolTasks);
        json.WriteStartArray("candidates");
        foreach (var candidate in t.Candidates) Write(json, candidate, EffectOf(story, candidate));
        json.WriteEndArray();
        json.WriteStartObject("micros");
        json.WriteNumber("search", t.Micros.Search);
        json.WriteNumber("verify", t.Micros.Verify);
        json.WriteNumber("total", t.Micros.Total);
        json.WriteEndObject();
        if (story.Outcome is { } outcome) Write(json, outcome, story.ReportedAt!.Value);
        else json.WriteNull("outcome");
    }

    public static void Show(Output output, TransferStory story)
    {
        var t = story.Transfer;
        output.Heading($"Transfer {t.Id}");
        output.Facts(
            ("at", MemoryText.Time(t.At)),
            ("task", t.Task.Length > 0 ? t.Task : "not named"),
            ("domain", t.TargetDomain.Length > 0 ? t.TargetDomain : "none"),
            ("mode", $"{InterchangeNames.Of(t.Mode)}, scenario {InterchangeNames.Of(t.Scenario)}, {t.PoolTasks:N0} source tasks"),
            ("model", t.ConsumerModel ?? "not named"),
            ("chance", Chance(t)),
            ("took", $"{t.Micros.Total:N0} us: search {t.Micros.Search:N0}, verification {t.Micros.Verify:N0}"));
        foreach (var (fate, title) in new[]
        {
            (CandidateFate.Injected, "Handed over"), (CandidateFate.Withheld, "Withheld by chance"),
            (CandidateFate.LeftOut, "Left out, the most similar first"),
        })
        {
            if (t.Candidates.All(c => c.Fate != fate)) continue;
            output.Line();
            output.Line(title + ":");
            foreach (var candidate in t.Candidates.Where(c => c.Fate == fate)) Show(output, candidate, EffectOf(story, candidate));
        }
        output.Line();
        if (story.Outcome is { } outcome) Show(output, outcome, story.ReportedAt!.Value);
        else output.Line("Nobody has told what came of it.");
    }

    private static void Show(Output output, TransferCandidate c, MemoryEffectFigures? effect)
    {
        var domain = c.Domain.Length > 0 ? c.Domain : "no domain";
        output.Line($"   {c.Memory} version {c.Version}, level {MemoryText.NameOf(c.Level)}, {domain}");
        output.Line($"      {RecallText.Explain(c.Scores)}");
        var chance = c.Probability < 1 ? Text($", with probability {c.Probability:0.###}") : "";
        output.Line($"      {string.Join("; ", c.Reasons.Select(InterchangeNames.Of))}{chance}");
        if (effect is not null) output.Line($"      {Evidence(effect)}");
    }

    private static void Show(Output output, Outcome outcome, DateTimeOffset at)
    {
        var judge = outcome.Judge == OutcomeJudge.Verifier ? "a verifier" : $"the model {outcome.JudgeModel}";
        var ending = outcome.IsPass ? "pass" : "fail";
        output.Line(Text($"What came of it: {ending} ({outcome.Score:0.###}), by the word of {judge}, {MemoryText.Time(at)}."));
        if (outcome.Used.Count > 0)
            output.Line($"   used{(outcome.IsUsedInferred ? ", as inferred" : "")}: {string.Join(", ", outcome.Used)}");
        if (outcome.Failure != FailureClass.None) output.Line($"   failure: {InterchangeNames.Of(outcome.Failure)}");
        foreach (var (name, value) in Figures(outcome))
            if (value is { } figure) output.Line(Text($"   {name}: {figure:0.###}"));
    }

    private static string Evidence(MemoryEffectFigures e)
    {
        if (e.Effect is not { } effect) return "effect: not enough data";
        var rate = e.ControlRate is { } known ? Text($"{known:0.00}") : "unknown";
        return Text($"effect {100 * effect:+0.0;-0.0} points ({100 * e.Interval.Low:0.0} to {100 * e.Interval.High:0.0}) over ")
            + Text($"{e.Appearances:N0} tasks, control rate {rate}, evidence of harm {e.HarmE:0.##}, {InterchangeNames.Of(e.State)}");
    }

    private static string Chance(Transfer t)
    {
        if (t.IsHeldOut) return Text($"the whole recall was held out, as {100 * t.HoldOutShare:0.#} % are (seed {t.Seed})");
        return t.Design == InclusionDesign.Off ? "took no part" : $"{InterchangeNames.Of(t.Design)} (seed {t.Seed})";
    }

    private static void Write(Utf8JsonWriter json, TransferCandidate c, MemoryEffectFigures? effect)
    {
        json.WriteStartObject();
        json.WriteString("id", c.Memory);
        json.WriteNumber("version", c.Version);
        json.WriteNumber("level", (int)c.Level);
        json.WriteString("domain", c.Domain);
        json.WriteString("model", c.ProducerModel);
        json.WriteString("contributor", c.Contributor);
        json.WriteStartObject("scores");
        GateText.Number(json, "vector", c.Scores.Vector);
        GateText.Number(json, "bm25", c.Scores.Bm25);
        json.WriteNumber("fused", c.Scores.Fused);
        json.WriteEndObject();
        json.WriteNumber("probability", c.Probability);
        json.WriteString("fate", InterchangeNames.Of(c.Fate));
        json.WriteStartArray("reasons");
        foreach (var reason in c.Reasons) json.WriteStringValue(InterchangeNames.Of(reason));
        json.WriteEndArray();
        if (effect is not null)
        {
            json.WriteStartObject("evidence");
            EvidenceJson.Effect(json, effect);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Outcome outcome, DateTimeOffset at)
    {
        json.WriteStartObject("outcome");
        json.WriteNumber("score", outcome.Score);
        json.WriteBoolean("pass", outcome.IsPass);
        json.WriteString("judge", outcome.Judge == OutcomeJudge.Verifier ? "verifier" : $"model:{outcome.JudgeModel}");
        json.WriteNumber("reported_us", Microseconds(at));
        json.WriteStartArray("used");
        foreach (var id in outcome.Used) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteBoolean("used_inferred", outcome.IsUsedInferred);
        json.WriteString("failure", InterchangeNames.Of(outcome.Failure));
        foreach (var (name, value) in Figures(outcome))
            GateText.Number(json, name, value);
        json.WriteEndObject();
    }

    private static (string Name, double? Value)[] Figures(Outcome o) =>
        [("tokens", o.Tokens), ("seconds", o.Seconds), ("steps", o.Steps), ("first_edit_seconds", o.FirstEditSeconds), ("cost", o.Cost)];

    // Effects are in the order of the candidates that were handed over or withheld.
    private static MemoryEffectFigures? EffectOf(TransferStory story, TransferCandidate c) =>
        c.Fate == CandidateFate.LeftOut ? null : story.Effects.First(e => e.Memory == c.Memory && e.Version == c.Version);

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
