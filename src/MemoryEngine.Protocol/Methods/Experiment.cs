using MemoryEngine.Protocol.Wire;

namespace MemoryEngine.Protocol.Methods;

/// <summary>How chance takes part in a recall.</summary>
public sealed record ExperimentView : IWireMap<ExperimentView>
{
    /// <summary>The design, one of <see cref="WireNames.Designs"/>.</summary>
    public required string Design { get; init; }

    /// <summary>The probability of withholding a candidate; null takes the engine's own.</summary>
    public double? Withhold { get; init; }

    /// <summary>The same for a memory that is new or suspected.</summary>
    public double? WithholdWatched { get; init; }

    /// <summary>The share of recalls that are held out as a whole.</summary>
    public double? HoldOutShare { get; init; }

    /// <summary>Pools with fewer source tasks leave nothing to chance.</summary>
    public int? MinTasks { get; init; }

    /// <summary>An experiment of the engine.</summary>
    public static ExperimentView Of(RecallExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return new()
        {
            Design = WireNames.Design.Of(experiment.Design),
            Withhold = experiment.Withhold,
            WithholdWatched = experiment.WithholdWatched,
            HoldOutShare = experiment.HoldOutShare,
            MinTasks = experiment.MinTasks,
        };
    }

    /// <summary>The experiment for the engine.</summary>
    public RecallExperiment ToExperiment()
    {
        var own = new RecallExperiment();
        return own with
        {
            Design = WireNames.Design.ValueOf(Design),
            Withhold = Withhold ?? own.Withhold,
            WithholdWatched = WithholdWatched ?? own.WithholdWatched,
            HoldOutShare = HoldOutShare ?? own.HoldOutShare,
            MinTasks = MinTasks ?? own.MinTasks,
        };
    }

    /// <inheritdoc/>
    public static ExperimentView Read(ref MapReader map) => new()
    {
        Design = map.NeedOneOf("design", WireNames.Designs),
        Withhold = map.Double("withhold"),
        WithholdWatched = map.Double("withhold_watched"),
        HoldOutShare = map.Double("hold_out_share"),
        MinTasks = map.Int32("min_tasks", 0),
    };

    /// <inheritdoc/>
    public void Write(ref MapWriter map)
    {
        map.Text("design", Design);
        map.Double("withhold", Withhold);
        map.Double("withhold_watched", WithholdWatched);
        map.Double("hold_out_share", HoldOutShare);
        map.Int64("min_tasks", MinTasks);
    }
}
