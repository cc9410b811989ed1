namespace MemoryEngine.Cli.Simulation;

/// <summary>What came of one run.</summary>
internal sealed class RunFigures
{
    public required PlayResult Engine { get; init; }

    public required PlayResult Ideal { get; init; }

    public required PlayResult Never { get; init; }

    public int Harmful { get; set; }

    public int FoundAtTheEnd { get; set; }

    public int Exposed { get; set; }

    public int ExposedFound { get; set; }

    public int ExposedFoundByIdeal { get; set; }
}

/// <summary>What came of all runs. Shares are of all runs' memories together; null where there is nothing to share.</summary>
internal sealed record SimulationFigures
{
    public required int Runs { get; init; }

    public required int Harmful { get; init; }

    /// <summary>Harmful memories that were removed.</summary>
    public required double? Power { get; init; }

    public required double? IdealPower { get; init; }

    /// <summary>What a test finds that knows all pass rates and looks once, at the end.</summary>
    public required double? FixedSamplePower { get; init; }

    /// <summary>Harmful memories that appeared often enough to be found.</summary>
    public required int Exposed { get; init; }

    public required double? ExposedPower { get; init; }

    public required double? ExposedIdealPower { get; init; }

    /// <summary>The mean over runs of the share of wrong ones among the removed, 0 for a run that removes nothing.</summary>
    public required double FalseDiscoveryRate { get; init; }

    public required int Removals { get; init; }

    public required int WrongRemovals { get; init; }

    public required int RunsWithRemoval { get; init; }

    /// <summary>Passes lost to harmful memories after the learning tasks, as a share of what a store loses that never removes.</summary>
    public required double? ResidualHarm { get; init; }

    public required double? IdealResidualHarm { get; init; }

    /// <summary>Tasks lost to harmful memories over a whole run, on average.</summary>
    public required double TasksLost { get; init; }

    public required double TasksLostNeverRemoving { get; init; }

    /// <summary>The task after which a harmful memory that is found is removed, on average.</summary>
    public required double? FoundAfter { get; init; }

    /// <summary>Of the memories that the first run removed, those that no probe finds in a real pool after their removal.</summary>
    public required double? CleanupSuccess { get; init; }

    public static SimulationFigures Of(SimulationOptions options, IReadOnlyList<RunFigures> runs, CleanupFigures cleanup)
    {
        double Sum(Func<RunFigures, double> of) => runs.Sum(of);
        var (harmful, found) = (Sum(r => r.Harmful), Sum(r => r.Engine.Found));
        var (exposed, never) = (Sum(r => r.Exposed), Sum(r => r.Never.HarmAfterLearning));
        return new SimulationFigures
        {
            Runs = options.Runs,
            Harmful = (int)harmful,
            Power = Share(found, harmful),
            IdealPower = Share(Sum(r => r.Ideal.Found), harmful),
            FixedSamplePower = Share(Sum(r => r.FoundAtTheEnd), harmful),
            Exposed = (int)exposed,
            ExposedPower = Share(Sum(r => r.ExposedFound), exposed),
            ExposedIdealPower = Share(Sum(r => r.ExposedFoundByIdeal), exposed),
            FalseDiscoveryRate = runs.Average(r => (double)r.Engine.Wronged / Math.Max(1, r.Engine.Removals)),
            Removals = (int)Sum(r => r.Engine.Removals),
            WrongRemovals = (int)Sum(r => r.Engine.Wronged),
            RunsWithRemoval = runs.Count(r => r.Engine.Removals > 0),
            ResidualHarm = Share(Sum(r => r.Engine.HarmAfterLearning), never),
            IdealResidualHarm = Share(Sum(r => r.Ideal.HarmAfterLearning), never),
            TasksLost = runs.Average(r => r.Engine.Harm),
            TasksLostNeverRemoving = runs.Average(r => r.Never.Harm),
            FoundAfter = Share(Sum(r => r.Engine.FoundAfter), found),
            CleanupSuccess = Share(cleanup.Gone, cleanup.Removals),
        };
    }

    private static double? Share(double part, double whole) => whole > 0 ? part / whole : null;
}
