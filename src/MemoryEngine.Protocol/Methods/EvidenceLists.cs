using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>A contributor's credit.</summary>
public sealed record ContributorView : IWireMap<ContributorView>
{
    /// <summary>Who; empty where nobody is stated.</summary>
    public required string Contributor { get; init; }

    /// <summary>Passed tasks that the contributor's memories have gained so far.</summary>
    public required double Passes { get; init; }

    /// <summary>Credits that this is the sum of.</summary>
    public required long Tasks { get; init; }

    /// <summary>By what it multiplies a score where recalls ask for it.</summary>
    public required double Influence { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static ContributorView Of(ContributorFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Contributor = figures.Contributor,
            Passes = figures.Passes,
            Tasks = figures.Tasks,
            Influence = figures.Influence,
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public ContributorFigures ToFigures() => new(Contributor, Passes, Tasks, Influence);

    /// <inheritdoc/>
    public static ContributorView Read(ref MapReader map) => new()
    {
        Contributor = map.NeedText("contributor"),
        Passes = map.NeedDouble("passes"),
        Tasks = map.NeedInt64("tasks", 0),
        Influence = map.NeedDouble("influence"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("contributor", Contributor);
        map.Double("passes", Passes);
        map.Int64("tasks", Tasks);
        map.Double("influence", Influence);
    }
}

/// <summary>Outcomes that a model judged.</summary>
public sealed record JudgeView : IWireMap<JudgeView>
{
    /// <summary>The judge.</summary>
    public required string Model { get; init; }

    /// <summary>Points between tasks with memory and without, uncorrected.</summary>
    public required FigureView Gain { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static JudgeView Of(JudgeFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Model = figures.Model,
            Gain = FigureView.Of(figures.Gain),
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public JudgeFigures ToFigures() => new(Model, Gain.ToFigure());

    /// <inheritdoc/>
    public static JudgeView Read(ref MapReader map) => new()
    {
        Model = map.NeedText("model"),
        Gain = map.NeedMap<FigureView>("gain"),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("model", Model);
        map.Map("gain", Gain);
    }
}

/// <summary>What a memory version is known to do, and what it takes to know more.</summary>
public sealed record MeasuredMemoryView : IWireMap<MeasuredMemoryView>
{
    /// <summary>Its effect, its appearances, its state.</summary>
    public required EffectView Effect { get; init; }

    /// <summary>Its level.</summary>
    public required int Level { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Domain { get; init; }

    /// <summary>Passed tasks that it has gained so far.</summary>
    public required double Passes { get; init; }

    /// <summary>Appearances still needed until harm of 20 points would be found.</summary>
    public required long Needed { get; init; }

    /// <summary>Figures of the engine.</summary>
    public static MeasuredMemoryView Of(MemoryFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        return new()
        {
            Effect = EffectView.Of(figures.Effect),
            Level = (int)figures.Level,
            Domain = figures.Domain,
            Passes = figures.Passes,
            Needed = figures.Needed,
        };
    }

    /// <summary>The figures as the engine gives them.</summary>
    public MemoryFigures ToFigures() => new(Effect.ToFigures(), (MemoryLevel)Level, Domain, Passes, Needed);

    /// <inheritdoc/>
    public static MeasuredMemoryView Read(ref MapReader map) => new()
    {
        Effect = map.NeedMap<EffectView>("effect"),
        Level = map.NeedInt32("level", WireNames.LowestLevel, WireNames.HighestLevel),
        Domain = map.NeedText("domain"),
        Passes = map.NeedDouble("passes"),
        Needed = map.NeedInt64("needed", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Map("effect", Effect);
        map.Int64("level", Level);
        map.Text("domain", Domain);
        map.Double("passes", Passes);
        map.Int64("needed", Needed);
    }
}

/// <summary>A decision that holds, and what happened in its domain before and since.</summary>
public sealed record RemovalView : IWireMap<RemovalView>
{
    /// <summary>The decision.</summary>
    public required DecisionView Decision { get; init; }

    /// <summary>The share of failed tasks until then; null where nothing was known.</summary>
    public double? FailuresBefore { get; init; }

    /// <summary>The share since; null where nothing has come.</summary>
    public double? FailuresSince { get; init; }

    /// <summary>Outcomes since.</summary>
    public required long Outcomes { get; init; }

    /// <summary>What the engine knows of a removal.</summary>
    public static RemovalView Of(RemovalWatch watch)
    {
        ArgumentNullException.ThrowIfNull(watch);
        return new()
        {
            Decision = DecisionView.Of(watch.Decision),
            FailuresBefore = watch.FailuresBefore,
            FailuresSince = watch.FailuresSince,
            Outcomes = watch.Outcomes,
        };
    }

    /// <summary>The same as the engine gives it.</summary>
    public RemovalWatch ToWatch() => new(Decision.ToDecision(), FailuresBefore, FailuresSince, Outcomes);

    /// <inheritdoc/>
    public static RemovalView Read(ref MapReader map) => new()
    {
        Decision = map.NeedMap<DecisionView>("decision"),
        FailuresBefore = map.Double("failures_before"),
        FailuresSince = map.Double("failures_since"),
        Outcomes = map.NeedInt64("outcomes", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Map("decision", Decision);
        map.Double("failures_before", FailuresBefore);
        map.Double("failures_since", FailuresSince);
        map.Int64("outcomes", Outcomes);
    }
}
