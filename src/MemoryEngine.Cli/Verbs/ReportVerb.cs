using System.CommandLine;
using System.Globalization;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Tells what came of a transfer.</summary>
internal sealed class ReportVerb : Verb
{
    private const string VerifierName = "verifier", ModelPrefix = "model:";

    private readonly Argument<Guid> _transfer = Values.Transfer();

    private readonly Argument<double> _score = new("OUTCOME")
    {
        Description = "pass, fail, or a score from 0 (failed) to 1 (passed).",
        CustomParser = static result => result.Tokens[0].Value switch
        {
            "pass" => 1,
            "fail" => 0,
            var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && score is >= 0 and <= 1 => score,
            _ => Values.Refuse<double>(result, "OUTCOME is pass, fail or a number from 0 to 1"),
        },
    };

    private readonly Option<string[]> _used = Values.Many("--used", "Memories that the agent says it used; several with commas.", "ID,…");
    private readonly Option<bool> _inferred = new("--inferred") { Description = "The ids of --used were worked out by someone else." };
    private readonly Option<string?> _judge = Values.Text("--judge", "Who says so: verifier (the default), or model:NAME.", "JUDGE");
    private readonly Option<FailureClass?> _failure = Values.Failure();
    private readonly Option<double?> _tokens = Values.Number("--tokens", "Tokens that the task took.", "N");
    private readonly Option<double?> _seconds = Values.Number("--seconds", "Seconds that it took.", "S");
    private readonly Option<double?> _steps = Values.Number("--steps", "Steps that it took.", "N");
    private readonly Option<double?> _firstEdit = Values.Number("--first-edit", "Seconds until the first edit.", "S");
    private readonly Option<double?> _cost = Values.Number("--cost", "What it cost, in a currency of your choice.", "C");

    public ReportVerb(Shell shell)
        : base(shell, "report", "Tells what came of a transfer, so that it can be measured what memories do.")
    {
        Add(_transfer);
        Add(_score);
        Option[] all = [_used, _inferred, _judge, _failure, _tokens, _seconds, _steps, _firstEdit, _cost];
        foreach (var option in all) Add(option);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (judge, model) = Judge(call.Get(_judge));
        var outcome = new Outcome
        {
            Transfer = call.Get(_transfer),
            Score = call.Get(_score),
            Judge = judge,
            JudgeModel = model,
            Used = [.. (call.Get(_used) ?? []).SelectMany(u => u.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Id)],
            IsUsedInferred = call.Get(_inferred),
            Failure = call.Get(_failure) ?? FailureClass.None,
            Tokens = call.Get(_tokens),
            Seconds = call.Get(_seconds),
            Steps = call.Get(_steps),
            FirstEditSeconds = call.Get(_firstEdit),
            Cost = call.Get(_cost),
        };
        await using var pool = await PoolDoor.OpenForLifeAsync(call, cancellation);
        var answer = await pool.Store.ReportAsync(outcome, cancellation);
        foreach (var id in answer.NotInjected) call.Output.Note($"memory {id} had not been handed over; it is passed over.");
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("transfer", outcome.Transfer);
                json.WriteString("result", InterchangeNames.Of(answer.Result));
                json.WriteNumber("score", outcome.Score);
                json.WriteStartArray("not_injected");
                foreach (var id in answer.NotInjected) json.WriteStringValue(id);
                json.WriteEndArray();
            });
        }
        else
        {
            call.Output.Line(Told(answer.Result));
        }
        return answer.Result == OutcomeResult.Unknown ? ExitCode.NotFound : ExitCode.Done;
    }

    private static string Told(OutcomeResult result) => result switch
    {
        OutcomeResult.Counted => "Recorded.",
        OutcomeResult.Repeated => "Recorded before: the same outcome counts once.",
        OutcomeResult.Conflicting => "Another outcome of this transfer was recorded before. The first one counts; nothing was changed.",
        _ => "The transfer is so long ago that its candidates are no longer kept. Nothing was changed.",
    };

    private static (OutcomeJudge Judge, string? Model) Judge(string? text)
    {
        if (text is null or VerifierName) return (OutcomeJudge.Verifier, null);
        if (text.StartsWith(ModelPrefix, StringComparison.Ordinal) && text.Length > ModelPrefix.Length)
            return (OutcomeJudge.Model, text[ModelPrefix.Length..]);
        throw new UsageException($"--judge is verifier or model:NAME, not '{text}'.");
    }

    private static Guid Id(string text) => Guid.TryParseExact(text, "D", out var id)
        ? id
        : throw new UsageException($"--used names memories by their UUIDs, as recall shows them, not '{text}'.");
}
