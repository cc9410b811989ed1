using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MemoryEngine.Cli.Replay;
using MemoryEngine.Cli.Shared;
using MemoryEngine.Evidence.Pairs;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Feeds recorded outcome pairs through the evidence code and shows what it concludes.</summary>
internal sealed class ReplayVerb : Verb
{
    private const int MostShown = 10;

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "JSON Lines, one pair of runs a line, plain or gzipped. Each file, and each variant in it, is analysed by itself.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Stops at the first bad line." };

    public ReplayVerb(Shell shell)
        : base(shell, "replay", "Shows what recorded runs without and with memory say: gains, losses, gates, and each memory's verdict.")
    {
        Add(_files);
        Add(_strict);
    }

    protected override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (parts, failed) = (new List<Part>(), new List<(string File, long Line, string Message)>());
        foreach (var file in call.Get(_files))
        {
            if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
            ReadFile(file, call.Get(_strict), parts, failed, cancellation);
        }
        var conclusions = parts.ConvertAll(p => (Part: p, Conclusion: p.Evidence.Conclude()));
        if (call.Output.IsJson)
        {
            call.Output.Json(json => Write(json, conclusions, failed));
            return Task.FromResult(ExitCode.Done);
        }
        foreach (var (file, line, message) in failed) call.Output.Error($"{file}:{line}: {message}");
        foreach (var (part, conclusion) in conclusions) Show(call.Output, part, conclusion);
        if (conclusions.Count == 0) call.Output.Line("There is no pair in it.");
        return Task.FromResult(ExitCode.Done);
    }

    private static void ReadFile(
        string file, bool strict, List<Part> parts, List<(string File, long Line, string Message)> failed, CancellationToken cancellation)
    {
        var first = parts.Count;
        foreach (var line in OutcomePairReader.Read(file))
        {
            cancellation.ThrowIfCancellationRequested();
            if (line.Pair is not { } pair)
            {
                if (strict) throw new BadLineException($"{file}:{line.Number}: {line.Error}");
                failed.Add((file, line.Number, line.Error!));
                continue;
            }
            var at = parts.FindIndex(first, p => p.Variant == pair.Variant);
            if (at < 0)
            {
                at = parts.Count;
                parts.Add(new Part(file, pair.Variant, new PairEvidence()));
            }
            parts[at].Evidence.Add(pair);
        }
    }

    private static void Write(
        Utf8JsonWriter json, List<(Part Part, PairConclusion Conclusion)> conclusions, List<(string File, long Line, string Message)> failed)
    {
        json.WriteStartArray("variants");
        foreach (var (part, conclusion) in conclusions)
        {
            json.WriteStartObject();
            json.WriteString("file", part.File);
            json.WriteString("variant", part.Variant);
            WriteConclusion(json, conclusion);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("failed");
        foreach (var (file, line, message) in failed)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteNumber("line", line);
            json.WriteString("message", message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteConclusion(Utf8JsonWriter json, PairConclusion conclusion)
    {
        var pairs = conclusion.Pairs;
        json.WriteNumber("pairs", pairs.Pairs);
        json.WriteNumber("gains", pairs.Gains);
        json.WriteNumber("losses", pairs.Losses);
        GateText.Number(json, "ntr", pairs.NegativeTransferRate);
        WriteInterval(json, "ntr_interval", Proportion.ClopperPearson(pairs.Losses, pairs.Pairs), 1);
        GateText.Number(json, "excess_ntr", conclusion.Flips.Excess);
        GateText.Number(json, "net_points", 100 * pairs.Gain);
        WriteInterval(json, "interval", pairs.GainInterval(), 100);
        GateText.Number(json, "mcnemar_p", conclusion.McNemarP);
        GateText.Write(json, conclusion.Gates);
        json.WriteStartArray("memories");
        foreach (var memory in conclusion.Memories)
        {
            json.WriteStartObject();
            json.WriteString("id", memory.Memory);
            json.WriteNumber("appearances", memory.Appearances);
            GateText.Number(json, "effect", 100 * memory.Effect);
            GateText.Number(json, "low", 100 * memory.Interval.Low);
            GateText.Number(json, "high", 100 * memory.Interval.High);
            json.WriteString("verdict", GateText.NameOf(memory.Verdict));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteInterval(Utf8JsonWriter json, string name, Interval interval, double scale)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(Math.Round(scale * interval.Low, 6));
        json.WriteNumberValue(Math.Round(scale * interval.High, 6));
        json.WriteEndArray();
    }

    private static void Show(Output output, Part part, PairConclusion conclusion)
    {
        var pairs = conclusion.Pairs;
        var (rate, net) = (Proportion.ClopperPearson(pairs.Losses, pairs.Pairs), pairs.GainInterval());
        output.Heading(part.Variant is null ? part.File : $"{part.File}, {part.Variant}");
        output.Facts(
            ("pairs", Text($"{pairs.Pairs:N0}: {pairs.Both:N0} passed both ways, {pairs.Gains:N0} gains, {pairs.Losses:N0} losses, ")
                + Text($"{pairs.Neither:N0} failed both ways")),
            ("negative transfer", Text($"{100 * pairs.NegativeTransferRate:0.0} % ({100 * rate.Low:0.0} to {100 * rate.High:0.0})")),
            ("beyond chance", conclusion.Flips.Excess is { } excess
                ? Text($"{100 * excess:0.0} %, over {conclusion.Flips.Tasks:N0} tasks with a second control")
                : "not measured: no task has a second run without memory"),
            ("net", Text($"{100 * pairs.Gain:+0.0;-0.0;0.0} points ({100 * net.Low:+0.0;-0.0;0.0} to {100 * net.High:+0.0;-0.0;0.0})")),
            ("losses against gains", Text($"p = {conclusion.McNemarP:0.0000} (McNemar, exact)")));
        output.Line();
        GateText.Show(output, conclusion.Gates);
        ShowMemories(output, conclusion.Memories);
        output.Line();
    }

    private static void ShowMemories(Output output, IReadOnlyList<MemoryConclusion> memories)
    {
        if (memories.Count == 0) return;
        var open = memories.Count(m => m.Verdict == GateVerdict.Insufficient);
        output.Line();
        output.Line(Text($"{memories.Count:N0} memories, {open:N0} of them with too little data for a verdict."));
        var shown = memories.OrderBy(m => m.Verdict == GateVerdict.Insufficient).ThenByDescending(m => m.Appearances).Take(MostShown);
        output.Table(
            ["memory", "appearances", "effect", "95 % interval", "verdict"],
            [.. shown.Select(m => (string[])[
                m.Memory.ToString(), Text($"{m.Appearances:N0}"), Text($"{100 * m.Effect:+0;-0;0}"),
                Text($"{100 * m.Interval.Low:+0;-0;0} to {100 * m.Interval.High:+0;-0;0}"), GateText.NameOf(m.Verdict)])]);
        if (memories.Count > MostShown) output.Line(Text($"and {memories.Count - MostShown:N0} more; --json lists all."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is analysed by itself.</summary>
    private sealed record Part(string File, string? Variant, PairEvidence Evidence);
}
