using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Agents.Distilling;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Agents.Trajectories;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Makes memories of a recorded run.</summary>
internal sealed class DistillVerb : Verb
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "The record of a run: a transcript, or a trajectory of mini-swe-agent, OpenHands or Claude Code. Plain or gzipped.",
    };

    private readonly Option<string?> _domain = Values.Text("--domain", "The domain of the task, as in backend/go.", "D");
    private readonly Option<string?> _task = Values.Text("--task", "The task; what the record says otherwise.", "TEXT");

    private readonly Option<TaskResult?> _result = new("--result")
    {
        Description = "How it ended by its verifier: pass or fail. A model learns different things from both.",
        HelpName = "pass|fail",
        CustomParser = result =>
        {
            if (InterchangeNames.ResultOf(result.Tokens[0].Value) is { } given) return given;
            result.AddError($"--result is pass or fail, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private readonly Option<TrajectoryFormat?> _from = new("--from")
    {
        Description = $"The record's form: {string.Join(", ", TrajectoryFile.FormatNames)}. Told by its content when not given.",
        HelpName = "FORM",
        CustomParser = result =>
        {
            if (TrajectoryFile.FormatOf(result.Tokens[0].Value) is { } format) return format;
            result.AddError($"--from is one of {string.Join(", ", TrajectoryFile.FormatNames)}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private readonly Option<MemoryFormat[]> _formats = new("--format")
    {
        Description = "What a model is asked for: workflow, summary or insight; may be given several times. All three when not given.",
        HelpName = "FORMAT",
        CustomParser = result =>
        {
            var formats = result.Tokens.Select(t => InterchangeNames.FormatOf(t.Value)).ToList();
            if (formats.All(f => f is { } g && DistillOptions.AllFormats.Contains(g))) return [.. formats.Select(f => f!.Value).Distinct()];
            result.AddError("--format is workflow, summary or insight; the trajectory itself is always kept.");
            return [];
        },
    };

    private readonly Option<string?> _contributor = Values.Text("--contributor", "The agent or person it comes from.", "NAME");
    private readonly Option<string[]> _requires = Values.Many("--requires", "What a task must have for it, as in language=go.", "K=V");
    private readonly ChatClientOptions _chat = new();
    private readonly EmbedderOptions _embedder = new();

    public DistillVerb(Shell shell)
        : base(shell, "distill", "Makes memories of a recorded run, by a language model; without one, of its steps and the commands that worked.")
    {
        Add(_file);
        Option[] all = [_domain, _task, _result, _from, _formats, _contributor, _requires];
        foreach (var option in all) Add(option);
        _chat.AddTo(this);
        _embedder.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var file = call.Get(_file);
        if (!File.Exists(file)) throw new UsageException($"There is no file {file}.");
        var record = TrajectoryFile.Read(file, call.Get(_from));
        foreach (var failed in record.Failed) call.Output.Error($"{failed.File}:{failed.Line}: {failed.Message}");
        if (record.Trajectories.Count == 0)
        {
            var form = TrajectoryFile.FormatNames[(int)record.Format];
            throw new UsageException($"{file} holds no run that could be read as {form}. --from names another form.");
        }
        var requires = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (call.Get(_requires) ?? []).Select(r => Values.Pair("--requires", r))) requires[name] = value;
        var options = new DistillOptions
        {
            Domain = call.Get(_domain) ?? "",
            Task = call.Get(_task),
            Result = call.Get(_result),
            Contributor = call.Get(_contributor),
            Source = Path.GetFileName(file),
            Requires = requires,
        };
        if (call.Get(_formats) is { Length: > 0 } formats) options = options with { Formats = formats };
        using var chat = _chat.Choose(call);
        using var embedder = _embedder.Choose(call);
        await using var pool = await PoolDoor.OpenAsync(call, create: true, embedder, cancellation);
        var distiller = new Distiller(pool.Store, chat);
        var reports = new List<DistillReport>();
        foreach (var trajectory in record.Trajectories) reports.Add(await distiller.DistillAsync(trajectory, options, cancellation));
        if (call.Output.IsJson) call.Output.Json(json => WriteJson(json, reports));
        else foreach (var report in reports) Show(call.Output, report);
        return ExitCode.Done;
    }

    private static void WriteJson(Utf8JsonWriter json, List<DistillReport> reports)
    {
        json.WriteStartArray("runs");
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteString("trajectory", report.Trajectory);
            json.WriteString("model", report.Model);
            WriteMemories(json, report);
            json.WriteStartArray("refused");
            foreach (var refused in report.Refused)
            {
                json.WriteStartObject();
                json.WriteString("format", InterchangeNames.Of(refused.Format));
                json.WriteString("fault", refused.Fault);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("duplicates");
            foreach (var duplicate in report.Duplicates)
            {
                json.WriteStartObject();
                json.WriteString("format", InterchangeNames.Of(duplicate.Format));
                json.WriteString("of", duplicate.Of);
                json.WriteNumber("similarity", Math.Round(duplicate.Similarity, 3));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteMemories(Utf8JsonWriter json, DistillReport report)
    {
        json.WriteStartArray("memories");
        foreach (var memory in report.Memories)
        {
            json.WriteStartObject();
            json.WriteString("id", memory.Id);
            json.WriteString("format", InterchangeNames.Of(memory.Format));
            json.WriteNumber("level", (int)memory.Level);
            json.WriteString("title", memory.Title);
            json.WriteString("outcome", memory.Outcome.ToString().ToLowerInvariant());
            json.WriteBoolean("repaired", memory.IsRepaired);
            json.WriteString("note", memory.Note);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Show(Output output, DistillReport report)
    {
        output.Line(report.Model is { } model ? $"Distilled by {model}:" : "Kept without a model:");
        foreach (var memory in report.Memories)
        {
            var repaired = memory.IsRepaired ? ", at the second try" : "";
            var note = memory.Note is { } n ? $" {n}" : "";
            output.Line(
                $"  {memory.Id}  {InterchangeNames.Of(memory.Format)}, level {MemoryText.NameOf(memory.Level)}, " +
                $"{memory.Outcome.ToString().ToLowerInvariant()}{repaired}.{note}");
        }
        foreach (var refused in report.Refused)
            output.Line($"  No {InterchangeNames.Of(refused.Format)}: the model's answer was refused twice. {refused.Fault}");
        foreach (var duplicate in report.Duplicates)
            output.Line($"  No {InterchangeNames.Of(duplicate.Format)}: {duplicate.Of} says nearly the same ({duplicate.Similarity:0.00}).");
    }
}
