using System.Globalization;

namespace MemoryEngine.Evidence.Advising;

/// <summary>
/// Recommends a mode: the best that the pool's size allows and no gate of its own refuses. The limits are the article's; they are
/// options of its authors, shown beside what is measured, not science.
/// </summary>
internal static class Advisor
{
    /// <summary>Under it a pool is for its own domain.</summary>
    public const int CrossDomainFrom = 100;

    /// <summary>Over it a pool may mix domains and models. The article's table of modes asks for as many before any other domain.</summary>
    public const int HybridOver = 500;

    /// <summary>From here on, the article says, memory gains more than four points.</summary>
    public const int ArticleTasks = 1_000;

    /// <summary>The advice for a pool.</summary>
    public static Advice Advise(PoolFigures pool)
    {
        var gates = new ModeGates(pool);
        var tier = pool.Tasks < CrossDomainFrom ? TransferMode.SingleDomain
            : pool.Tasks <= HybridOver ? TransferMode.CrossDomain : TransferMode.Hybrid;
        var reasons = new List<string>();
        var mode = Choose(pool, gates, tier, reasons);
        var isProvisional = !gates.IsProven(mode);
        if (isProvisional) Explain(pool, gates, mode, reasons);
        return new Advice
        {
            Mode = mode,
            Risk = gates.Risk(),
            Provisional = isProvisional,
            CrossModel = pool.Tasks > HybridOver,
            Gates = gates.All,
            Reasons = reasons,
        };
    }

    private static TransferMode Choose(PoolFigures pool, ModeGates gates, TransferMode tier, List<string> reasons)
    {
        if (pool.Scenario == TransferScenario.SingleTask)
        {
            reasons.Add("The scenario single-task is about one domain.");
            return TransferMode.SingleDomain;
        }
        for (var mode = TransferMode.Hybrid; mode > TransferMode.SingleDomain; mode--)
        {
            if (mode > tier) reasons.Add(TooSmall(pool, mode));
            else if (gates.Refusals(mode).ToList() is { Count: > 0 } refusals)
                foreach (var gate in refusals) reasons.Add($"{Name(mode)} is refused by {Told(gate)}.");
            else return mode;
        }
        return TransferMode.SingleDomain;
    }

    private static void Explain(PoolFigures pool, ModeGates gates, TransferMode mode, List<string> reasons)
    {
        if (mode == TransferMode.CrossDomain && pool.Tasks <= HybridOver)
        {
            reasons.Add(
                Text($"The article contradicts itself about {pool.Tasks:N0} tasks: its size tiers allow other domains from ")
                + Text($"{CrossDomainFrom} on, its table of modes over {HybridOver}."));
        }
        foreach (var gate in gates.Of(mode))
        {
            if (gate.Verdict == GateVerdict.Insufficient)
                reasons.Add($"{Name(mode)} is not proven: {gate.Name} {Needs(gate)}.");
            else if (gate.Verdict == GateVerdict.Fail && !gates.IsTierGate(gate))
                reasons.Add($"{Name(mode)} is all that is left, and does not meet {Told(gate)}.");
        }
    }

    private static string TooSmall(PoolFigures pool, TransferMode mode) => mode == TransferMode.Hybrid
        ? Text($"Hybrid takes more than {HybridOver} source tasks; the pool has {pool.Tasks:N0}.")
        : Text($"CrossDomain takes {CrossDomainFrom} source tasks or more; the pool has {pool.Tasks:N0}.");

    private static string Needs(Gate gate) => gate switch
    {
        { Needed: { } needed } => Text($"needs at least {needed:N0} more"),
        { Value: null } => "has no data",
        _ => "would not be reached at this rate",
    };

    private static string Told(Gate gate) => Text($"{gate.Name}: {gate.Value:0.###} against {gate.Limit:0.###}");

    private static string Name(TransferMode mode) => mode.ToString();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
