using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A memory that a transfer considered.</summary>
public sealed record CandidateView : IWireMap<CandidateView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>How abstract it is, from 1 (trace) to 4 (strategy).</summary>
    public required int Level { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Domain { get; init; }

    /// <summary>The model that produced it.</summary>
    public string? ProducerModel { get; init; }

    /// <summary>Whom it comes from.</summary>
    public string? Contributor { get; init; }

    /// <summary>Why it was found.</summary>
    public required ScoresView Scores { get; init; }

    /// <summary>The probability with which it was to be handed over.</summary>
    public required double Probability { get; init; }

    /// <summary>What became of it, one of <see cref="WireNames.Fates"/>.</summary>
    public required string Fate { get; init; }

    /// <summary>What verification and the choice said about it, by name.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>A candidate of the engine.</summary>
    public static CandidateView Of(TransferCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return new()
        {
            Id = candidate.Memory,
            Version = candidate.Version,
            Level = (int)candidate.Level,
            Domain = candidate.Domain.Length == 0 ? null : candidate.Domain,
            ProducerModel = candidate.ProducerModel,
            Contributor = candidate.Contributor,
            Scores = ScoresView.Of(candidate.Scores),
            Probability = candidate.Probability,
            Fate = WireNames.Fate.Of(candidate.Fate),
            Reasons = [.. candidate.Reasons.Select(VerdictView.NameOf)],
        };
    }

    /// <summary>The candidate as the engine gives it. A reason that only a newer server knows has the code 0.</summary>
    public TransferCandidate ToCandidate() => new()
    {
        Memory = Id,
        Version = Version,
        Level = (MemoryLevel)Level,
        Domain = Domain ?? "",
        ProducerModel = ProducerModel,
        Contributor = Contributor,
        Scores = Scores.ToScores(),
        Probability = Probability,
        Fate = WireNames.Fate.ValueOf(Fate),
        Reasons = [.. Reasons.Select(VerdictView.CodeOf)],
    };

    /// <inheritdoc/>
    public static CandidateView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        Level = map.NeedInt32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Domain = map.Text("domain"),
        ProducerModel = map.Text("producer_model"),
        Contributor = map.Text("contributor"),
        Scores = map.NeedMap<ScoresView>("scores"),
        Probability = map.NeedDouble("probability"),
        Fate = map.NeedOneOf("fate", WireNames.Fates),
        Reasons = map.Texts("reasons"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Int64("level", Level);
        map.Text("domain", Domain);
        map.Text("producer_model", ProducerModel);
        map.Text("contributor", Contributor);
        map.Map("scores", Scores);
        map.Double("probability", Probability);
        map.Text("fate", Fate);
        map.Texts("reasons", Reasons);
    }
}

/// <summary>What is known of the effect of a memory version.</summary>
public sealed record EffectView : IWireMap<EffectView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Its state by evidence, one of <see cref="WireNames.States"/>.</summary>
    public required string State { get; init; }

    /// <summary>Tasks with a known outcome for which chance had decided about it.</summary>
    public required long Appearances { get; init; }

    /// <summary>The estimated effect, -1 to 1; null where there is not enough data.</summary>
    public double? Effect { get; init; }

    /// <summary>The lower end of its 95 % interval.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end of its 95 % interval.</summary>
    public required double High { get; init; }

    /// <summary>The mean outcome of tasks from which it was withheld; null where that never happened.</summary>
    public double? ControlRate { get; init; }

    /// <summary>Evidence that it does harm: an e-value.</summary>
    public required double HarmE { get; init; }

    /// <summary>Evidence that it helps: an e-value.</summary>
    public required double HelpE { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static EffectView Of(MemoryEffectFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Id = figures.Memory,
            Version = figures.Version,
            State = WireNames.State.Of(figures.State),
            Appearances = figures.Appearances,
            Effect = figures.Effect,
            Low = figures.Interval.Low,
            High = figures.Interval.High,
            ControlRate = figures.ControlRate,
            HarmE = figures.HarmE,
            HelpE = figures.HelpE,
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public MemoryEffectFigures ToFigures() =>
        new(Id, Version, WireNames.State.ValueOf(State), Appearances, Effect, new Interval(Low, High), ControlRate, HarmE, HelpE);

    /// <inheritdoc/>
    public static EffectView Read(ref MapReader map) => new()
    {
        Id = map.NeedId("id"),
        Version = map.NeedInt32("version", 1),
        State = map.NeedOneOf("state", WireNames.States),
        Appearances = map.NeedInt64("appearances", 0),
        Effect = map.Double("effect"),
        Low = map.NeedDouble("low"),
        High = map.NeedDouble("high"),
        ControlRate = map.Double("control_rate"),
        HarmE = map.NeedDouble("harm_e"),
        HelpE = map.NeedDouble("help_e"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
        map.Text("state", State);
        map.Int64("appearances", Appearances);
        map.Double("effect", Effect);
        map.Double("low", Low);
        map.Double("high", High);
        map.Double("control_rate", ControlRate);
        map.Double("harm_e", HarmE);
        map.Double("help_e", HelpE);
    }
}
