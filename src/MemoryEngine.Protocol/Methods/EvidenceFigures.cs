using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A measured figure with what it rests on.</summary>
public sealed record FigureView : IWireMap<FigureView>
{
    /// <summary>What is measured, its unit last where it has one.</summary>
    public required string Name { get; init; }

    /// <summary>The figure; null where nothing was measured.</summary>
    public double? Value { get; init; }

    /// <summary>The lower end of its 95 % interval.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of its 95 % interval.</summary>
    public double? High { get; init; }

    /// <summary>What was counted; of two arms the smaller one.</summary>
    public required long Count { get; init; }

    /// <summary>What the article says of it; null where it says nothing.</summary>
    public string? Article { get; init; }

    /// <summary>A figure of the engine.</summary>
    public static FigureView Of(EvidenceFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return new()
        {
            Name = figure.Name,
            Value = figure.Value,
            Low = figure.Low,
            High = figure.High,
            Count = figure.Count,
            Article = figure.Article,
        };
    }

    /// <summary>The figure as the engine gives it.</summary>
    public EvidenceFigure ToFigure() => new(Name, Value, Low, High, Count, Article);

    /// <inheritdoc/>
    public static FigureView Read(ref MapReader map) => new()
    {
        Name = map.NeedText("name"),
        Value = map.Double("value"),
        Low = map.Double("low"),
        High = map.Double("high"),
        Count = map.NeedInt64("n", 0),
        Article = map.Text("article"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("name", Name);
        map.Double("value", Value);
        map.Double("low", Low);
        map.Double("high", High);
        map.Int64("n", Count);
        map.Text("article", Article);
    }
}

/// <summary>A mode beside the others.</summary>
public sealed record ModeFiguresView : IWireMap<ModeFiguresView>
{
    /// <summary>The mode, one of <see cref="WireNames.Modes"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>Points gained over recalls that were held out.</summary>
    public required FigureView Gain { get; init; }

    /// <summary>Tasks that passed without memory and failed with it, of the pairs in this mode.</summary>
    public required FigureView Loss { get; init; }

    /// <summary>By the gates of those losses, one of <see cref="WireNames.Risks"/>.</summary>
    public required string Risk { get; init; }

    /// <summary>What the article calls the mode, one of <see cref="WireNames.Risks"/>.</summary>
    public required string ArticleRisk { get; init; }

    /// <summary>Eligible memories that were handed over and used in this mode.</summary>
    public required FigureView Utilisation { get; init; }

    /// <summary>Used among handed over.</summary>
    public required FigureView UsedOfInjected { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static ModeFiguresView Of(ModeFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Mode = WireNames.Mode.Of(figures.Mode),
            Gain = FigureView.Of(figures.Gain),
            Loss = FigureView.Of(figures.Loss),
            Risk = WireNames.Risk.Of(figures.Risk),
            ArticleRisk = WireNames.Risk.Of(figures.ArticleRisk),
            Utilisation = FigureView.Of(figures.Utilisation),
            UsedOfInjected = FigureView.Of(figures.UsedOfInjected),
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public ModeFigures ToFigures() =>
        new(WireNames.Mode.ValueOf(Mode), Gain.ToFigure(), Loss.ToFigure(), WireNames.Risk.ValueOf(Risk), WireNames.Risk.ValueOf(ArticleRisk),
        Utilisation.ToFigure(), UsedOfInjected.ToFigure());

    /// <inheritdoc/>
    public static ModeFiguresView Read(ref MapReader map) => new()
    {
        Mode = map.NeedOneOf("mode", WireNames.Modes),
        Gain = map.NeedMap<FigureView>("gain"),
        Loss = map.NeedMap<FigureView>("loss"),
        Risk = map.NeedOneOf("risk", WireNames.Risks),
        ArticleRisk = map.NeedOneOf("article_risk", WireNames.Risks),
        Utilisation = map.NeedMap<FigureView>("utilisation"),
        UsedOfInjected = map.NeedMap<FigureView>("used_of_injected"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("mode", Mode);
        map.Map("gain", Gain);
        map.Map("loss", Loss);
        map.Text("risk", Risk);
        map.Text("article_risk", ArticleRisk);
        map.Map("utilisation", Utilisation);
        map.Map("used_of_injected", UsedOfInjected);
    }
}

/// <summary>The gain in one group of outcomes.</summary>
public sealed record GroupFiguresView : IWireMap<GroupFiguresView>
{
    /// <summary>By what they are grouped.</summary>
    public required string Group { get; init; }

    /// <summary>Which group.</summary>
    public required string Key { get; init; }

    /// <summary>Points gained over recalls that were held out.</summary>
    public required FigureView Gain { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static GroupFiguresView Of(GroupFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Group = figures.Group,
            Key = figures.Key,
            Gain = FigureView.Of(figures.Gain),
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public GroupFigures ToFigures() => new(Group, Key, Gain.ToFigure());

    /// <inheritdoc/>
    public static GroupFiguresView Read(ref MapReader map) => new()
    {
        Group = map.NeedText("group"),
        Key = map.NeedText("key"),
        Gain = map.NeedMap<FigureView>("gain"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("group", Group);
        map.Text("key", Key);
        map.Map("gain", Gain);
    }
}

/// <summary>Outcomes of tasks of one model that was handed memories of another, or its own.</summary>
public sealed record ModelPairView : IWireMap<ModelPairView>
{
    /// <summary>The model that the memories come from.</summary>
    public required string Producer { get; init; }

    /// <summary>The model that got them.</summary>
    public required string Consumer { get; init; }

    /// <summary>The mean outcome, 0 to 1.</summary>
    public required FigureView Outcome { get; init; }

    /// <summary>Points over that consumer's tasks without memory.</summary>
    public required FigureView Lift { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static ModelPairView Of(ModelPairFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Producer = figures.Producer,
            Consumer = figures.Consumer,
            Outcome = FigureView.Of(figures.Outcome),
            Lift = FigureView.Of(figures.Lift),
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public ModelPairFigures ToFigures() => new(Producer, Consumer, Outcome.ToFigure(), Lift.ToFigure());

    /// <inheritdoc/>
    public static ModelPairView Read(ref MapReader map) => new()
    {
        Producer = map.NeedText("producer"),
        Consumer = map.NeedText("consumer"),
        Outcome = map.NeedMap<FigureView>("outcome"),
        Lift = map.NeedMap<FigureView>("lift"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("producer", Producer);
        map.Text("consumer", Consumer);
        map.Map("outcome", Outcome);
        map.Map("lift", Lift);
    }
}
