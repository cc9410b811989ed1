using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using MemoryEngine.Agents.Imports;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>The memories for a task, best first.</summary>
internal sealed class RecallVerb : Verb
{
    private readonly Option<string?> _domain = Values.Text("--domain", "The domain of the task that asks.", "D");
    private readonly Option<TransferMode?> _mode = Values.Mode();
    private readonly Option<TransferScenario?> _scenario = Values.Scenario();
    private readonly Option<Guid[]> _pins = Values.Pins();
    private readonly Option<double?> _minScore = Values.Number("--min-score", "The least similarity, or BM25 score of what words alone find.", "S");
    private readonly TaskOptions _task = new();
    private readonly Option<int?> _k = Values.Positive("-k", "How many memories at most; 3 when not given.");
    private readonly Option<(MemoryLevel Min, MemoryLevel Max)?> _level = Values.Levels();
    private readonly Option<MemoryFormat?> _format = Values.Format();
    private readonly Option<string?> _model = Values.Text("--model", "Only what this model produced.", "NAME");
    private readonly Option<string?> _tag = Values.Text("--tag", "Only with this tag.", "TAG");
    private readonly Option<string?> _exclude = Values.Text("--exclude-domain", "Nothing of this domain or below it.", "D");
    private readonly Option<string?> _within = Values.Text("--within-domain", "Only this domain and below it.", "D");
    private readonly Option<string?> _asOf = Values.AsOf();
    private readonly Option<string?> _taskName = Values.Text("--task", "The task's name: runs of one task are compared with each other.", "TASK");
    private readonly Option<string?> _consumer = Values.Text("--consumer", "The model that gets the memories.", "NAME");
    private readonly Option<RecallExperiment?> _design = Values.Design();
    private readonly Option<double?> _holdOut = Values.Number("--hold-out", "The share of recalls that chance holds out as controls.", "SHARE");
    private readonly Option<double?> _explore = Values.Number("--explore", "The share of recalls whose last place goes to something new.", "SHARE");
    private readonly Option<bool> _noRecord = new("--no-record") { Description = "Leaves no trace: no outcome can be reported." };
    private readonly EmbedderOptions _embedder = new();
    private readonly Option<bool> _explain = new("--explain") { Description = "Shows every score, rank and time, what was left out, and why." };

    private readonly Option<string[]> _vector = Values.Many(
        "--vector", "Searches this space by the vector in a file of little-endian float32; several spaces are fused by rank.", "SPACE=FILE");

    private readonly Argument<string?> _query = new("QUERY")
    {
        Description = "The task or question, or '-' for standard input. May be left out beside --vector.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public RecallVerb(Shell shell)
        : base(shell, "recall", "Finds the memories that help with a task.")
    {
        Add(_query);
        Option[] all =
        [
            _domain, _k, _mode, _scenario, _level, _format, _model, _tag, _exclude, _within, _minScore, _pins, _vector, _asOf, _explain,
            _taskName, _consumer, _design, _holdOut, _explore, _noRecord,
        ];
        foreach (var option in all) Add(option);
        _task.AddTo(this);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var text = call.Get(_query) is { } given ? await call.ReadTextAsync(given, cancellation) : null;
        var query = Query(call, text);
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenToSearchAsync(call, embedder, cancellation);
        var reader = await pool.AsOfAsync(call.Get(_asOf), cancellation);
        var result = await reader.RecallAsync(query, cancellation);
        foreach (var note in result.Notes) call.Output.Note(note);
        var isExplained = call.Get(_explain);
        if (call.Output.IsJson) call.Output.Json(json => WriteJson(json, result, isExplained));
        else Show(call.Output, result, isExplained);
        return ExitCode.Done;
    }

    private RecallQuery Query(Call call, string? text)
    {
        var vectors = call.Get(_vector) ?? [];
        if (text is null && vectors.Length == 0) throw new UsageException("Give a QUERY, a --vector, or both.");
        var (min, max) = call.Get(_level) ?? (MemoryLevel.Trace, MemoryLevel.Strategy);
        var query = new RecallQuery
        {
            Text = text,
            K = call.Get(_k) ?? 3,
            Domain = call.Get(_domain),
            WithinDomain = call.Get(_within),
            ExcludeDomain = call.Get(_exclude),
            Format = call.Get(_format),
            MinLevel = min,
            MaxLevel = max,
            Model = call.Get(_model),
            Tag = call.Get(_tag),
            Mode = call.Get(_mode) ?? TransferMode.Auto,
            Scenario = call.Get(_scenario) ?? TransferScenario.Default,
            Context = _task.Context(call),
            Pins = [.. (call.Get(_pins) ?? []).Select(id => new MemoryPin(id))],
            MinScore = (float?)call.Get(_minScore),
            Explain = call.Get(_explain),
            Task = call.Get(_taskName),
            ConsumerModel = call.Get(_consumer),
            Exploration = call.Get(_explore) ?? 0,
            Record = !call.Get(_noRecord),
        };
        if (call.Get(_design) is { } design) query = query with { Experiment = design };
        if (call.Get(_holdOut) is { } share)
        {
            var experiment = query.Experiment ?? new RecallExperiment { Design = InclusionDesign.Off };
            query = query with { Experiment = experiment with { HoldOutShare = share } };
        }
        if (vectors.Length == 0) return query;
        var given = vectors.Select(Values.Vector).ToList();
        return given is [var (space, vector)]
            ? query with { Space = space, Vector = vector }
            : query with { Vectors = [.. given.Select(v => new QueryVector(v.Space, v.Vector))] };
    }

    private static void WriteJson(Utf8JsonWriter json, RecallResult result, bool isExplained)
    {
        // First, so that an importer that meets the answer in a transcript knows all that follows for recalled text.
        json.WriteString("marker", RecalledText.Open(NewToken()));
        if (result.Transfer is { } transfer) json.WriteString("transfer", transfer);
        else json.WriteNull("transfer");
        json.WriteBoolean("recorded", result.Recorded);
        json.WriteBoolean("held_out", result.IsHeldOut);
        json.WriteNumber("withheld", result.WithheldCount);
        json.WriteString("mode", InterchangeNames.Of(result.Mode));
        json.WriteStartArray("memories");
        foreach (var recalled in result.Memories) RecallText.Write(json, recalled, isExplained);
        json.WriteEndArray();
        if (isExplained)
        {
            WritePlan(json, result);
            json.WriteStartArray("left_out");
            foreach (var left in result.LeftOut) RecallText.Write(json, left);
            json.WriteEndArray();
        }
        json.WriteStartArray("notes");
        foreach (var note in result.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartObject("micros");
        json.WriteNumber("search", (long)result.SearchTime.TotalMicroseconds);
        json.WriteNumber("verify", (long)result.VerifyTime.TotalMicroseconds);
        json.WriteNumber("total", (long)result.TotalTime.TotalMicroseconds);
        json.WriteEndObject();
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static void WritePlan(Utf8JsonWriter json, RecallResult result)
    {
        json.WriteNumber("considered", result.Considered);
        json.WriteStartArray("plan");
        foreach (var step in result.Plan)
        {
            json.WriteStartObject();
            json.WriteString("part", step.Part);
            if (step.Space is not null) json.WriteString("space", step.Space);
            json.WriteNumber("rows", step.Rows);
            json.WriteNumber("matching", step.Matching);
            json.WriteString("way", step.Way);
            json.WriteNumber("code_distances", step.CodeDistances);
            json.WriteNumber("float_distances", step.FloatDistances);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Show(Output output, RecallResult result, bool isExplained)
    {
        var token = NewToken();
        output.Line(RecalledText.Open(token));
        if (result.IsHeldOut) output.Line("Held out as a control: no memories are handed over.");
        else if (result.Memories.Count == 0) output.Line("Nothing was found.");
        for (var i = 0; i < result.Memories.Count; i++)
        {
            var (memory, scores) = result.Memories[i];
            var verdict = result.Memories[i].Verdict;
            output.Heading($"{i + 1}. {MemoryText.Caption(memory, 120)}");
            var domain = memory.Domain.Length > 0 ? memory.Domain : "no domain";
            var format = InterchangeNames.Of(memory.Format);
            output.Line($"   {domain}, level {MemoryText.NameOf(memory.Level)}, {format}, {memory.Id} version {memory.Version}");
            if (isExplained)
            {
                output.Line($"   {RecallText.Explain(scores)}");
                output.Line($"   {RecallText.Explain(verdict)}");
            }
            output.Line();
            foreach (var line in memory.Text.Split('\n')) output.Line($"   {line.TrimEnd('\r')}".TrimEnd());
            output.Line();
        }
        if (result.WithheldCount > 0 && !result.IsHeldOut) output.Line($"Withheld by chance: {result.WithheldCount}.");
        output.Line(result.Transfer is { } transfer ? $"Transfer {transfer}" : "Not recorded: no outcome can be reported.");
        if (isExplained) Explain(output, result);
        output.Line(RecalledText.Close(token));
    }

    private static void Explain(Output output, RecallResult result)
    {
        if (result.LeftOut.Count > 0) output.Line("Left out, the most similar first:");
        foreach (var left in result.LeftOut)
        {
            output.Line(
                $"   {left.Id} version {left.Version}, level {MemoryText.NameOf(left.Level)}, {left.Domain}: {RecallText.Explain(left.Verdict)}");
        }
        foreach (var step in result.Plan)
        {
            if (step.Space is null)
            {
                output.Line($"{step.Part}: {step.Matching:N0} found in {step.Rows:N0}, {step.Way}");
                continue;
            }
            var of = step.Space.Length == 0 ? "learned vectors" : $"vectors of {step.Space}";
            output.Line(
                $"{step.Part}, {of}: {step.Matching:N0} of {step.Rows:N0}, {step.Way}; {step.CodeDistances:N0} distances by code, " +
                $"{step.FloatDistances:N0} exact");
        }
        output.Line(
            $"Mode {InterchangeNames.Of(result.Mode)}; {result.Considered:N0} memories considered as of event {result.Sequence}; " +
            $"search {result.SearchTime.TotalMicroseconds:N0} us, verification {result.VerifyTime.TotalMicroseconds:N0} us, with reading " +
            $"{result.TotalTime.TotalMicroseconds:N0} us.");
    }
}
