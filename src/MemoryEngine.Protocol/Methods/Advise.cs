using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What the advice is for.</summary>
public sealed record AdviseRequest : WireRequest, IWireMap<AdviseRequest>
{
    /// <summary>What recalls are for, one of <see cref="WireNames.Scenarios"/>; null is <c>default</c>.</summary>
    public string? Scenario { get; init; }

    /// <summary>A request for the advice about a scenario of the engine.</summary>
    public static AdviseRequest Of(TransferScenario scenario) => new()
    {
        Scenario = scenario == TransferScenario.Default ? null : WireNames.Scenario.Of(scenario),
    };

    /// <summary>The scenario for the engine.</summary>
    public TransferScenario ToScenario() => Scenario is null ? TransferScenario.Default : WireNames.Scenario.ValueOf(Scenario);

    /// <inheritdoc/>
    public static AdviseRequest Read(ref MapReader map) => new()
    {
        Scenario = map.OneOf("scenario", WireNames.Scenarios),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("scenario", Scenario);
        WriteDeadline(ref map);
    }
}

/// <summary>The mode that a pool is ready for, and what that rests on.</summary>
public sealed record AdviseReply : IWireMap<AdviseReply>
{
    /// <summary>The mode to use, one of <see cref="WireNames.Modes"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>How likely memory is to do harm, one of <see cref="WireNames.Risks"/>.</summary>
    public required string Risk { get; init; }

    /// <summary>Whether the mode rests on the pool's size alone.</summary>
    public required bool Provisional { get; init; }

    /// <summary>Whether the pool is large enough to be shared between models.</summary>
    public required bool CrossModel { get; init; }

    /// <summary>Every gate of every mode.</summary>
    public required IReadOnlyList<GateView> Gates { get; init; }

    /// <summary>What stands between this mode and a better one, a sentence each.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>How much of what sets the memories of each level apart is their domain; empty where texts have no vectors.</summary>
    public IReadOnlyList<DomainVarianceView> DomainVariance { get; init; } = [];

    /// <summary>Advice of the engine.</summary>
    public static AdviseReply Of(Advice advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return new()
        {
            Mode = WireNames.Mode.Of(advice.Mode),
            Risk = WireNames.Risk.Of(advice.Risk),
            Provisional = advice.Provisional,
            CrossModel = advice.CrossModel,
            Gates = [.. advice.Gates.Select(GateView.Of)],
            Reasons = advice.Reasons,
            DomainVariance = [.. advice.DomainVariance.Select(DomainVarianceView.Of)],
        };
    }

    /// <summary>The advice as the engine gives it.</summary>
    public Advice ToAdvice() => new()
    {
        Mode = WireNames.Mode.ValueOf(Mode),
        Risk = WireNames.Risk.ValueOf(Risk),
        Provisional = Provisional,
        CrossModel = CrossModel,
        Gates = [.. Gates.Select(g => g.ToGate())],
        Reasons = Reasons,
        DomainVariance = [.. DomainVariance.Select(v => v.ToVariance())],
    };

    /// <inheritdoc/>
    public static AdviseReply Read(ref MapReader map) => new()
    {
        Mode = map.NeedOneOf("mode", WireNames.Modes),
        Risk = map.NeedOneOf("risk", WireNames.Risks),
        Provisional = map.NeedBoolean("provisional"),
        CrossModel = map.NeedBoolean("cross_model"),
        Gates = map.NeedMaps<GateView>("gates"),
        Reasons = map.Texts("reasons"),
        DomainVariance = map.Maps<DomainVarianceView>("domain_variance"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("mode", Mode);
        map.Text("risk", Risk);
        map.Boolean("provisional", Provisional);
        map.Boolean("cross_model", CrossModel);
        map.Maps("gates", Gates);
        map.Texts("reasons", Reasons);
        map.AnyMaps("domain_variance", DomainVariance);
    }
}

/// <summary>How much of the variance of a level's vectors the memories' domain explains.</summary>
public sealed record DomainVarianceView : IWireMap<DomainVarianceView>
{
    /// <summary>The level.</summary>
    public required int Level { get; init; }

    /// <summary>Active memories of it that name a domain and have a vector.</summary>
    public required long Memories { get; init; }

    /// <summary>How many domains they name.</summary>
    public required long Domains { get; init; }

    /// <summary>The share beyond what chance explains; null where there are too few memories.</summary>
    public double? Explained { get; init; }

    /// <summary>The share as it is, 0 to 1; null where nothing varies.</summary>
    public double? Raw { get; init; }

    /// <summary>A figure of the engine.</summary>
    public static DomainVarianceView Of(DomainVariance variance)
    {
        ArgumentNullException.ThrowIfNull(variance);
        return new()
        {
            Level = (int)variance.Level,
            Memories = variance.Memories,
            Domains = variance.Domains,
            Explained = variance.Explained,
            Raw = variance.Raw,
        };
    }

    /// <summary>The figure as the engine gives it.</summary>
    public DomainVariance ToVariance() => new((MemoryLevel)Level, Memories, Domains, Explained, Raw);

    /// <inheritdoc/>
    public static DomainVarianceView Read(ref MapReader map) => new()
    {
        Level = map.NeedInt32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Memories = map.NeedInt64("memories", 0),
        Domains = map.NeedInt64("domains", 0),
        Explained = map.Double("explained"),
        Raw = map.Double("raw"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("level", Level);
        map.Int64("memories", Memories);
        map.Int64("domains", Domains);
        map.Double("explained", Explained);
        map.Double("raw", Raw);
    }
}

/// <summary>A figure held against a limit.</summary>
public sealed record GateView : IWireMap<GateView>
{
    /// <summary>What is measured.</summary>
    public required string Name { get; init; }

    /// <summary>The measured value; null where nothing was measured.</summary>
    public double? Value { get; init; }

    /// <summary>Its one-sided 95 % lower bound.</summary>
    public double? Low { get; init; }

    /// <summary>Its one-sided 95 % upper bound.</summary>
    public double? High { get; init; }

    /// <summary>The limit, in the unit of the value.</summary>
    public required double Limit { get; init; }

    /// <summary>The article's figure; null where it names none.</summary>
    public double? Article { get; init; }

    /// <summary>What follows, one of <see cref="WireNames.GateVerdicts"/>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Where insufficient, how many more it takes at least; null where no number is known to do.</summary>
    public long? Needed { get; init; }

    /// <summary>A gate of the engine.</summary>
    public static GateView Of(Gate gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return new()
        {
            Name = gate.Name,
            Value = gate.Value,
            Low = gate.Low,
            High = gate.High,
            Limit = gate.Limit,
            Article = gate.Article,
            Verdict = WireNames.Gate.Of(gate.Verdict),
            Needed = gate.Needed,
        };
    }

    /// <summary>The gate as the engine gives it.</summary>
    public Gate ToGate() => new(Name, Value, Low, High, Limit, Article, WireNames.Gate.ValueOf(Verdict), Needed);

    /// <inheritdoc/>
    public static GateView Read(ref MapReader map) => new()
    {
        Name = map.NeedText("name"),
        Value = map.Double("value"),
        Low = map.Double("low"),
        High = map.Double("high"),
        Limit = map.NeedDouble("limit"),
        Article = map.Double("article"),
        Verdict = map.NeedOneOf("verdict", WireNames.GateVerdicts),
        Needed = map.Int64("needed"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        map.Double("value", Value);
        map.Double("low", Low);
        map.Double("high", High);
        map.Double("limit", Limit);
        map.Double("article", Article);
        map.Text("verdict", Verdict);
        map.Int64("needed", Needed);
    }
}
