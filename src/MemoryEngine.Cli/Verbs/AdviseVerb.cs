using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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
                Write(json, advice.DomainVariance);
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
        if (advice.DomainVariance.All(v => v.Memories == 0)) return;
        output.Line();
        output.Table(
            ["level", "memories", "domains", "variance by domain", "before chance is taken off"],
            [.. advice.DomainVariance.Select(v => (string[])[
                MemoryText.NameOf(v.Level), $"{v.Memories:N0}", $"{v.Domains:N0}", Share(v.Explained), Share(v.Raw)])]);
        output.Line("Insights and strategies should mix, and be near 0; traces should not.");
    }

    private static string Share(double? share) =>
        share is { } s ? s.ToString("0.00;-0.00;0.00", CultureInfo.InvariantCulture) : "not enough data";

    private static void Write(Utf8JsonWriter json, IReadOnlyList<DomainVariance> levels)
    {
        json.WriteStartArray("domain_variance");
        foreach (var level in levels)
        {
            json.WriteStartObject();
            json.WriteNumber("level", (int)level.Level);
            json.WriteNumber("memories", level.Memories);
            json.WriteNumber("domains", level.Domains);
            GateText.Number(json, "explained", level.Explained);
            GateText.Number(json, "raw", level.Raw);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
