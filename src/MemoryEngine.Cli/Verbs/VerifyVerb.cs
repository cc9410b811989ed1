using System.CommandLine;
using System.Text.Json;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Verdicts on memories for a task, without recalling them.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Argument<Guid[]> _ids = Values.Ids();
    private readonly Option<string?> _domain = Values.Text("--domain", "The domain of the task.", "D");
    private readonly Option<TransferMode?> _mode = Values.Mode();
    private readonly TaskOptions _task = new();

    public VerifyVerb(Shell shell)
        : base(shell, "verify", "Says whether memories may be handed over for a task, and why.")
    {
        Add(_ids);
        Add(_domain);
        Add(_mode);
        _task.AddTo(this);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var query = new VerifyQuery
        {
            Domain = call.Get(_domain),
            Mode = call.Get(_mode) ?? TransferMode.Auto,
            Context = _task.Context(call),
        };
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var verified = await pool.Store.VerifyAsync(call.Get(_ids), query, cancellation);
        if (call.Output.IsJson) call.Output.Json(json => WriteJson(json, verified));
        else foreach (var memory in verified) Show(call.Output, memory);
        return ExitCode.Done;
    }

    private static void Show(Output output, VerifiedMemory memory)
    {
        output.Line($"{memory.Id}  version {memory.Version}  {memory.Verdict.Verdict.ToString().ToLowerInvariant()}");
        output.Line($"   {RecallText.Explain(memory.Verdict)}");
        if (memory.Specificity is not { } s) return;
        output.Line(FormattableString.Invariant(
            $"   specificity {s.Value:0.00}: paths {s.Paths:0.00}, identifiers {s.Identifiers:0.00}, literals {s.Literals:0.00}, ") +
            FormattableString.Invariant($"numbers {s.Numbers:0.00}, code {s.Code:0.00}"));
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<VerifiedMemory> verified)
    {
        json.WriteStartArray("verdicts");
        foreach (var memory in verified)
        {
            json.WriteStartObject();
            json.WriteString("id", memory.Id);
            json.WriteNumber("version", memory.Version);
            RecallText.Write(json, memory.Verdict);
            if (memory.Specificity is { } s)
            {
                json.WriteStartObject("specificity");
                json.WriteNumber("value", s.Value);
                json.WriteNumber("paths", s.Paths);
                json.WriteNumber("identifiers", s.Identifiers);
                json.WriteNumber("literals", s.Literals);
                json.WriteNumber("numbers", s.Numbers);
                json.WriteNumber("code", s.Code);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
