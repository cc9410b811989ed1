using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MemoryEngine.Agents.Interchange;

namespace MemoryEngine.Agents.Mcp.Tools;

internal sealed record AdviseArguments
{
    [AllowedValues("default", "single-task", "long-edit", "cross-domain", "new-task")]
    [Description("What the memories are for.")]
    public string? Scenario { get; init; }
}

internal sealed record PoolAdvice
{
    [AllowedValues("single", "cross", "hybrid")]
    [Description("The mode to use: memories of the task's own domain, of other domains too, or of all.")]
    public required string Mode { get; init; }

    [AllowedValues("low", "medium", "high")]
    [Description("How likely memory is to do harm as it is used now; medium where nothing is proven.")]
    public required string Risk { get; init; }

    [Description("Whether the mode rests on the pool's size alone, because the evidence does not suffice.")]
    public required bool Provisional { get; init; }

    [Description("Whether the pool is large enough to be shared between models.")]
    public required bool CrossModel { get; init; }

    [Description("Every gate of every mode.")]
    public required IReadOnlyList<AdviceGate> Gates { get; init; }

    [Description("What stands between this mode and a better one, and why it is provisional.")]
    public required IReadOnlyList<string> Reasons { get; init; }

    [Description("For each level, how much of the variance of its vectors the domain explains. Insights should mix, traces not.")]
    public required IReadOnlyList<LevelVariance> DomainVariance { get; init; }

    public static PoolAdvice Of(Advice advice) => new()
    {
        Mode = InterchangeNames.Of(advice.Mode),
        Risk = advice.Risk.ToString().ToLowerInvariant(),
        Provisional = advice.Provisional,
        CrossModel = advice.CrossModel,
        Gates = [.. advice.Gates.Select(AdviceGate.Of)],
        Reasons = advice.Reasons,
        DomainVariance = [.. advice.DomainVariance.Select(v => new LevelVariance
        {
            Level = (int)v.Level,
            Memories = v.Memories,
            Domains = v.Domains,
            Explained = v.Explained,
            Raw = v.Raw,
        })],
    };
}

internal sealed record LevelVariance
{
    [Description("1 a trace, 2 a procedure, 3 an insight, 4 a strategy.")]
    public required int Level { get; init; }

    [Description("Active memories of the level that name a domain and have a vector.")]
    public required long Memories { get; init; }

    [Description("How many domains they name.")]
    public required long Domains { get; init; }

    [Description("The share beyond what chance explains: 0 where they mix, 1 where they keep apart; absent where there are too few.")]
    public double? Explained { get; init; }

    [Description("The share as it is, 0 to 1: near 1 by chance where domains have few memories.")]
    public double? Raw { get; init; }
}

internal sealed record AdviceGate
{
    [Description("What is measured.")]
    public required string Name { get; init; }

    [Description("The measured value; absent where nothing was measured.")]
    public double? Value { get; init; }

    [Description("Its one-sided 95 % lower bound.")]
    public double? Low { get; init; }

    [Description("Its one-sided 95 % upper bound.")]
    public double? High { get; init; }

    [Description("The limit, in the unit of the value.")]
    public required double Limit { get; init; }

    [Description("The figure of the article that the gate comes from; absent where it names none.")]
    public double? Article { get; init; }

    [AllowedValues("insufficient", "pass", "fail")]
    [Description("What follows; insufficient where the data allow both.")]
    public required string Verdict { get; init; }

    [Description("Where insufficient: how many more it takes at least; absent where no number is known to do.")]
    public long? Needed { get; init; }

    public static AdviceGate Of(Gate gate) => new()
    {
        Name = gate.Name,
        Value = Finite(gate.Value),
        Low = Finite(gate.Low),
        High = Finite(gate.High),
        Limit = gate.Limit,
        Article = gate.Article,
        Verdict = gate.Verdict.ToString().ToLowerInvariant(),
        Needed = gate.Needed,
    };

    // JSON has no infinity, which is the bound of what few data say nothing about.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
