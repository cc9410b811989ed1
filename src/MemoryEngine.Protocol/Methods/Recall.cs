using System.Buffers;
using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>What to recall: a text, a vector, or both.</summary>
public sealed record RecallRequest : WireRequest, IWireMap<RecallRequest>
{
    private float[]? _rented;

    /// <summary>The task or question.</summary>
    public string? Query { get; init; }

    /// <summary>The domain of the task that asks: which memories may reach it follows from that.</summary>
    public string? Domain { get; init; }

    /// <summary>How many memories at most; null means 3.</summary>
    public int? K { get; init; }

    /// <summary>Which memories may reach the task, one of <see cref="WireNames.Modes"/>; null means <c>auto</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>What the recall is for, one of <see cref="WireNames.Scenarios"/>; null means <c>default</c>.</summary>
    public string? Scenario { get; init; }

    /// <summary>The lowest and highest level; null means all.</summary>
    public (int Least, int Most)? Level { get; init; }

    /// <summary>Only this format, one of <see cref="WireNames.Formats"/>.</summary>
    public string? Format { get; init; }

    /// <summary>Only memories that this model produced.</summary>
    public string? Model { get; init; }

    /// <summary>Only memories with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only memories that require this language or state none.</summary>
    public string? Language { get; init; }

    /// <summary>Only memories of this domain or below it.</summary>
    public string? WithinDomain { get; init; }

    /// <summary>No memories of this domain or below it.</summary>
    public string? ExcludeDomain { get; init; }

    /// <summary>What the task has: <c>language</c>, <c>tool</c>, ...; compared with what memories require.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = WireMaps.NoTexts;

    /// <summary>Memories to hand over whatever their rank and level.</summary>
    public IReadOnlyList<PinView> Pins { get; init; } = [];

    /// <summary>The least raw similarity, or BM25 score of what words alone found.</summary>
    public float? MinScore { get; init; }

    /// <summary>Whether the most similar are put in the order of their estimated effect.</summary>
    public bool? ByEffect { get; init; }

    /// <summary>How much unlikeness counts against similarity, 0 to 1.</summary>
    public double? Diversity { get; init; }

    /// <summary>The probability that the last place goes to a memory that was hardly ever handed over.</summary>
    public double? Exploration { get; init; }

    /// <summary>The space that is searched by vector; null means that of texts.</summary>
    public string? Space { get; init; }

    /// <summary>A vector of that space; null lets the pool's embedder make one of the query.</summary>
    public ReadOnlyMemory<float>? Vector { get; init; }

    /// <summary>Vectors of several spaces in place of one.</summary>
    public IReadOnlyList<QueryVectorView> Vectors { get; init; } = [];

    /// <summary>What the query's words weigh beside several vectors; null means 1.</summary>
    public float? TextWeight { get; init; }

    /// <summary>As the pool was when this snapshot was made; null means now.</summary>
    public string? AsOf { get; init; }

    /// <summary>The task that asks, by whatever name its runs share.</summary>
    public string? Task { get; init; }

    /// <summary>The model that gets the memories.</summary>
    public string? ConsumerModel { get; init; }

    /// <summary>How chance takes part; null takes the pool's own.</summary>
    public ExperimentView? Experiment { get; init; }

    /// <summary>Whether the recall is recorded as a transfer; null means that it is.</summary>
    public bool? Record { get; init; }

    /// <summary>Whether to tell what was left out, and how the pool was searched.</summary>
    public bool? Explain { get; init; }

    /// <summary>A question of the engine.</summary>
    public static RecallRequest Of(RecallQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new()
        {
            Query = query.Text,
            Domain = query.Domain,
            K = query.K,
            Mode = query.Mode == TransferMode.Auto ? null : WireNames.Mode.Of(query.Mode),
            Scenario = query.Scenario == TransferScenario.Default ? null : WireNames.Scenario.Of(query.Scenario),
            Level = query is { MinLevel: MemoryLevel.Trace, MaxLevel: MemoryLevel.Strategy }
                ? null : ((int)query.MinLevel, (int)query.MaxLevel),
            Format = query.Format is { } format ? WireNames.Format.Of(format) : null,
            Model = query.Model,
            Tag = query.Tag,
            Language = query.Language,
            WithinDomain = query.WithinDomain,
            ExcludeDomain = query.ExcludeDomain,
            Context = query.Context,
            Pins = query.Pins.Count == 0 ? [] : [.. query.Pins.Select(p => new PinView { Id = p.Id, Version = p.Version })],
            MinScore = query.MinScore,
            ByEffect = query.ByEffect ? true : null,
            Diversity = query.Diversity == 0 ? null : query.Diversity,
            Exploration = query.Exploration == 0 ? null : query.Exploration,
            Space = query.Space == VectorSpace.TextSpace ? null : query.Space,
            Vector = query.Vector,
            Vectors = query.Vectors.Count == 0 ? [] : [.. query.Vectors.Select(QueryVectorView.Of)],
            TextWeight = query.TextWeight == 1 ? null : query.TextWeight,
            Task = query.Task,
            ConsumerModel = query.ConsumerModel,
            Experiment = query.Experiment is { } experiment ? ExperimentView.Of(experiment) : null,
            Record = query.Record ? null : false,
            Explain = query.Explain ? true : null,
        };
    }

    /// <summary>The question for the engine; whether it is about a snapshot is <see cref="AsOf"/>'s to say.</summary>
    public RecallQuery ToQuery() => new()
    {
        Text = Query,
        Domain = Domain,
        K = K ?? 3,
        Mode = Mode is null ? TransferMode.Auto : WireNames.Mode.ValueOf(Mode),
        Scenario = Scenario is null ? TransferScenario.Default : WireNames.Scenario.ValueOf(Scenario),
        MinLevel = Level is var (least, _) ? (MemoryLevel)least : MemoryLevel.Trace,
        MaxLevel = Level is var (_, most) ? (MemoryLevel)most : MemoryLevel.Strategy,
        Format = Format is null ? null : WireNames.Format.ValueOf(Format),
        Model = Model,
        Tag = Tag,
        Language = Language,
        WithinDomain = WithinDomain,
        ExcludeDomain = ExcludeDomain,
        Context = Context,
        Pins = Pins.Count == 0 ? [] : [.. Pins.Select(p => new MemoryPin(p.Id, p.Version))],
        MinScore = MinScore,
        ByEffect = ByEffect ?? false,
        Diversity = Diversity ?? 0,
        Exploration = Exploration ?? 0,
        Space = Space ?? VectorSpace.TextSpace,
        Vector = Vector,
        Vectors = Vectors.Count == 0 ? [] : [.. Vectors.Select(v => v.ToVector())],
        TextWeight = TextWeight ?? 1,
        Task = Task,
        ConsumerModel = ConsumerModel,
        Experiment = Experiment?.ToExperiment(),
        Record = Record ?? true,
        Explain = Explain ?? false,
    };

    /// <inheritdoc/>
    public override void Release()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } vector) ArrayPool<float>.Shared.Return(vector);
    }

    /// <inheritdoc/>
    public static RecallRequest Read(ref MapReader map) => new()
    {
        Query = map.Text("query"),
        Domain = map.Text("domain"),
        K = map.Int32("k", 1),
        Mode = map.OneOf("mode", WireNames.Modes),
        Scenario = map.OneOf("scenario", WireNames.Scenarios),
        Level = map.Range("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Format = map.OneOf("format", WireNames.Formats),
        Model = map.Text("model"),
        Tag = map.Text("tag"),
        Language = map.Text("language"),
        WithinDomain = map.Text("within_domain"),
        ExcludeDomain = map.Text("exclude_domain"),
        Context = map.TextMap("context"),
        Pins = map.Maps<PinView>("pins"),
        MinScore = map.Single("min_score"),
        ByEffect = map.Boolean("by_effect"),
        Diversity = map.Double("diversity"),
        Exploration = map.Double("exploration"),
        Space = map.Text("space"),
        Vector = map.RentedVector("vector", out var rented),
        _rented = rented,
        Vectors = map.Maps<QueryVectorView>("vectors"),
        TextWeight = map.Single("text_weight"),
        AsOf = map.Text("as_of"),
        Task = map.Text("task"),
        ConsumerModel = map.Text("consumer_model"),
        Experiment = map.Map<ExperimentView>("experiment"),
        Record = map.Boolean("record"),
        Explain = map.Boolean("explain"),
        DeadlineMs = ReadDeadline(ref map),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("query", Query);
        map.Text("domain", Domain);
        map.Int64("k", K);
        map.Text("mode", Mode);
        map.Text("scenario", Scenario);
        map.Range("level", Level);
        map.Text("format", Format);
        map.Text("model", Model);
        map.Text("tag", Tag);
        map.Text("language", Language);
        map.Text("within_domain", WithinDomain);
        map.Text("exclude_domain", ExcludeDomain);
        map.TextMap("context", Context);
        map.AnyMaps("pins", Pins);
        map.Single("min_score", MinScore);
        map.Boolean("by_effect", ByEffect);
        map.Double("diversity", Diversity);
        map.Double("exploration", Exploration);
        map.Text("space", Space);
        map.Vector("vector", Vector);
        map.AnyMaps("vectors", Vectors);
        map.Single("text_weight", TextWeight);
        map.Text("as_of", AsOf);
        map.Text("task", Task);
        map.Text("consumer_model", ConsumerModel);
        map.Map("experiment", Experiment);
        map.Boolean("record", Record);
        map.Boolean("explain", Explain);
        WriteDeadline(ref map);
    }
}

/// <summary>A memory that is asked for by id.</summary>
public sealed record PinView : IWireMap<PinView>
{
    /// <summary>The memory.</summary>
    public required Guid Id { get; init; }

    /// <summary>A version of it, which may be an old one; null for the current one.</summary>
    public int? Version { get; init; }

    /// <inheritdoc/>
    public static PinView Read(ref MapReader map) => new() { Id = map.NeedId("id"), Version = map.Int32("version", 1) };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Id("id", Id);
        map.Int64("version", Version);
    }
}

/// <summary>One of several vectors of a query.</summary>
public sealed record QueryVectorView : IWireMap<QueryVectorView>
{
    /// <summary>Its space.</summary>
    public required string Space { get; init; }

    /// <summary>As long as the space's dimension.</summary>
    public required ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>What its ranking weighs against the others; null means 1.</summary>
    public float? Weight { get; init; }

    /// <summary>A vector of the engine.</summary>
    public static QueryVectorView Of(QueryVector vector) =>
        new() { Space = vector.Space, Vector = vector.Vector, Weight = vector.Weight == 1 ? null : vector.Weight };

    /// <summary>The vector for the engine.</summary>
    public QueryVector ToVector() => new(Space, Vector, Weight ?? 1);

    /// <inheritdoc/>
    public static QueryVectorView Read(ref MapReader map) =>
        new() { Space = map.NeedText("space"), Vector = map.NeedVector("vector"), Weight = map.Single("weight") };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("space", Space);
        map.Vector("vector", Vector);
        map.Single("weight", Weight);
    }
}
