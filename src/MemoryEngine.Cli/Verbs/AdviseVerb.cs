using System.CommandLine;
using MemoryEngine.Agents.Interchange;
using MemoryEngine.Cli.Shared;

namespace MemoryEngine.Cli.Verbs;

/// <summary>Says which mode the pool is ready for, and what it rests on.</summary>
internal sealed class AdviseVerb : Verb
{
    private readonly Option<TransferScenario?> _scenario = Values.Scenario();

    public AdviseVerb(Shell shell)
        : base(shell, "advise", "Says which mode the pool is ready for, by which gates, and what a better one takes.")
    {
        Add(_scenario);
    }

    protected override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await using var pool = await PoolDoor.OpenToReadAsync(call, cancellation);
        var advice = await pool.Store.AdviseAsync(call.Get(_scenario) ?? TransferScenario.Default, cancellation);
        if (call.Output.IsJson)
        {
            call.Output.Json(json =>
            {
                json.WriteString("mode", InterchangeNames.Of(advice.Mode));
                json.WriteString("risk", advice.Risk.ToString().ToLowerInvariant());
                json.WriteBoolean("provisional", advice.Provisional);
                json.WriteBoolean("cross_model", advice.CrossModel);
                GateText.Write(json, advice.Gates);
                json.WriteStartArray("reasons");
                foreach (var reason in advice.Reasons) json.WriteStringValue(reason);
                json.WriteEndArray();
            });
        }
        else
        {
            Show(call.Output, advice);
        }
        return ExitCode.Done;
    }

    private static void Show(Output output, Advice advice)
    {
        var provisional = advice.Provisional ? ", provisional" : "";
        output.Line($"Mode {InterchangeNames.Of(advice.Mode)}{provisional}; risk {advice.Risk.ToString().ToLowerInvariant()}.");
        if (advice.CrossModel) output.Line("The pool is large enough to be shared between models.");
        foreach (var reason in advice.Reasons) output.Line($"   {reason}");
        output.Line();
        GateText.Show(output, advice.Gates);
    }
}
