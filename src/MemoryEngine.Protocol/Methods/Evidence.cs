using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What to report of the evidence, and at which prices.</summary>
public sealed record EvidenceRequest : WireRequest, IWireMap<EvidenceRequest>
{
    /// <summary>How many memories to list, 0 to <see cref="EvidenceQuery.MostMemories"/>; null is 100.</summary>
    public int? Memories { get; init; }

    /// <summary>What a passed task is worth; null where nobody says.</summary>
    public double? PassValue { get; init; }

    /// <summary>What memory itself costs for each run with it; null where nobody says.</summary>
    public double? Upkeep { get; init; }

    /// <summary>A request for what a query of the engine asks for.</summary>
    public static EvidenceRequest Of(EvidenceQuery? query) => query is null
        ? new()
        : new() { Memories = query.Memories, PassValue = query.PassValue, Upkeep = query.Upkeep };

    /// <summary>The query for the engine, which checks it.</summary>
    public EvidenceQuery ToQuery()
    {
        var query = new EvidenceQuery { PassValue = PassValue, Upkeep = Upkeep };
        return Memories is { } memories ? query with { Memories = memories } : query;
    }

    /// <inheritdoc/>
    public static EvidenceRequest Read(ref MapReader map) => new()
    {
        Memories = map.Int32("memories"),
        PassValue = map.Double("pass_value"),
        Upkeep = map.Double("upkeep"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("memories", Memories);
        map.Double("pass_value", PassValue);
        map.Double("upkeep", Upkeep);
        WriteDeadline(ref map);
    }
}

/// <summary>What a pool's evidence adds up to at one moment.</summary>
public sealed record EvidenceReply : IWireMap<EvidenceReply>
{
    /// <summary>When, in microseconds since 1970 UTC.</summary>
    public required long AtUs { get; init; }

    /// <summary>Outcomes that a verifier has told.</summary>
    public required long Outcomes { get; init; }

    /// <summary>Those of them that were of recalls held out as a whole.</summary>
    public required long Controls { get; init; }

    /// <summary>How far back a use counts, in microseconds.</summary>
    public required long WindowUs { get; init; }

    /// <summary>Answered transfers that are kept whole.</summary>
    public required long Kept { get; init; }

    /// <summary>The measures of the pool.</summary>
    public required IReadOnlyList<FigureView> Measures { get; init; }

    /// <summary>The three modes beside each other.</summary>
    public required IReadOnlyList<ModeFiguresView> Modes { get; init; }

    /// <summary>Gains by groups of outcomes.</summary>
    public required IReadOnlyList<GroupFiguresView> Groups { get; init; }

    /// <summary>Outcomes by producer and consumer of memories.</summary>
    public required IReadOnlyList<ModelPairView> Models { get; init; }

    /// <summary>What memory costs and saves.</summary>
    public required IReadOnlyList<FigureView> Economy { get; init; }

    /// <summary>The credit ledger, by contributor.</summary>
    public required IReadOnlyList<ContributorView> Contributors { get; init; }

    /// <summary>Labels of models that judge.</summary>
    public required IReadOnlyList<JudgeView> Judges { get; init; }

    /// <summary>How memories misled their readers: counts by <see cref="WireNames.Failures"/>; a newer server may know others.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = WireMaps.NoCounts;

    /// <summary>Memory versions about which chance has decided.</summary>
    public required long MeasuredMemories { get; init; }

    /// <summary>The first of them, those with the most against them first.</summary>
    public required IReadOnlyList<MeasuredMemoryView> Memories { get; init; }

    /// <summary>Removals that hold, the newest first.</summary>
    public required IReadOnlyList<RemovalView> Removals { get; init; }

    /// <summary>A report of the engine.</summary>
    public static EvidenceReply Of(EvidenceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new()
        {
            AtUs = WireTime.Of(report.At),
            Outcomes = report.Outcomes,
            Controls = report.Controls,
            WindowUs = WireTime.Of(report.Window),
            Kept = report.Kept,
            Measures = [.. report.Measures.Select(FigureView.Of)],
            Modes = [.. report.Modes.Select(ModeFiguresView.Of)],
            Groups = [.. report.Groups.Select(GroupFiguresView.Of)],
            Models = [.. report.Models.Select(ModelPairView.Of)],
            Economy = [.. report.Economy.Select(FigureView.Of)],
            Contributors = [.. report.Contributors.Select(ContributorView.Of)],
            Judges = [.. report.Judges.Select(JudgeView.Of)],
            Failures = report.Failures.ToDictionary(f => WireNames.Failure.Of(f.Key), f => f.Value),
            MeasuredMemories = report.MeasuredMemories,
            Memories = [.. report.Memories.Select(MeasuredMemoryView.Of)],
            Removals = [.. report.Removals.Select(RemovalView.Of)],
        };
    }

    /// <summary>The report as the engine gives it; kinds of failures that only a newer server knows are left out.</summary>
    public EvidenceReport ToReport() => new()
    {
        At = WireTime.At(AtUs),
        Outcomes = Outcomes,
        Controls = Controls,
        Window = WireTime.Span(WindowUs),
        Kept = Kept,
        Measures = [.. Measures.Select(f => f.ToFigure())],
        Modes = [.. Modes.Select(m => m.ToFigures())],
        Groups = [.. Groups.Select(g => g.ToFigures())],
        Models = [.. Models.Select(m => m.ToFigures())],
        Economy = [.. Economy.Select(f => f.ToFigure())],
        Contributors = [.. Contributors.Select(c => c.ToFigures())],
        Judges = [.. Judges.Select(j => j.ToFigures())],
        Failures = Failures.Where(f => WireNames.Failures.Contains(f.Key)).ToDictionary(f => WireNames.Failure.ValueOf(f.Key), f => f.Value),
        MeasuredMemories = MeasuredMemories,
        Memories = [.. Memories.Select(m => m.ToFigures())],
        Removals = [.. Removals.Select(r => r.ToWatch())],
    };

    /// <inheritdoc/>
    public static EvidenceReply Read(ref MapReader map) => new()
    {
        AtUs = map.NeedInt64("at_us", 0, WireNames.LastMicrosecond),
        Outcomes = map.NeedInt64("outcomes", 0),
        Controls = map.NeedInt64("controls", 0),
        WindowUs = map.NeedInt64("window_us", 0, WireNames.LastMicrosecond),
        Kept = map.NeedInt64("kept", 0),
        Measures = map.NeedMaps<FigureView>("measures"),
        Modes = map.NeedMaps<ModeFiguresView>("modes"),
        Groups = map.NeedMaps<GroupFiguresView>("groups"),
        Models = map.NeedMaps<ModelPairView>("models"),
        Economy = map.NeedMaps<FigureView>("economy"),
        Contributors = map.NeedMaps<ContributorView>("contributors"),
        Judges = map.NeedMaps<JudgeView>("judges"),
        Failures = map.Counts("failures"),
        MeasuredMemories = map.NeedInt64("measured_memories", 0),
        Memories = map.NeedMaps<MeasuredMemoryView>("memories"),
        Removals = map.NeedMaps<RemovalView>("removals"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Int64("at_us", AtUs);
        map.Int64("outcomes", Outcomes);
        map.Int64("controls", Controls);
        map.Int64("window_us", WindowUs);
        map.Int64("kept", Kept);
        map.Maps("measures", Measures);
        map.Maps("modes", Modes);
        map.Maps("groups", Groups);
        map.Maps("models", Models);
        map.Maps("economy", Economy);
        map.Maps("contributors", Contributors);
        map.Maps("judges", Judges);
        map.Counts("failures", Failures);
        map.Int64("measured_memories", MeasuredMemories);
        map.Maps("memories", Memories);
        map.Maps("removals", Removals);
    }
}
