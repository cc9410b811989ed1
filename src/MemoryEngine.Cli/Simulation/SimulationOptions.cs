namespace MemoryEngine.Cli.Simulation;

/// <summary>A world to be simulated, and how long.</summary>
internal sealed record SimulationOptions
{
    /// <summary>Memories of the pool.</summary>
    public int Memories { get; init; } = 200;

    /// <summary>The share of them that does harm.</summary>
    public double Harmful { get; init; } = 0.1;

    /// <summary>What a harmful one does to the pass rate, in points of a hundred; below 0.</summary>
    public double Effect { get; init; } = -20;

    /// <summary>The share of them that helps.</summary>
    public double Helpful { get; init; }

    /// <summary>What a helpful one does, in points.</summary>
    public double Help { get; init; } = 10;

    /// <summary>Tasks of a run.</summary>
    public int Tasks { get; init; } = 20_000;

    /// <summary>Runs, each with a seed of its own.</summary>
    public int Runs { get; init; } = 20;

    /// <summary>The seed of the first run; the next has the next.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The share of withholding; null is the factorial design.</summary>
    public double? Withhold { get; init; }

    /// <summary>Whether a suspect, and a memory with few appearances, is withheld half of the time.</summary>
    public bool IsEscalating { get; init; } = true;

    /// <summary>Candidates of a task.</summary>
    public int Candidates { get; init; } = 6;

    /// <summary>Domains of tasks. With more than one, a harmful memory does harm in one of them and nothing in the others.</summary>
    public int Domains { get; init; } = 1;

    /// <summary>Whether the memory of rank r is a candidate 1/r times as often as the first; else all are equally often.</summary>
    public bool IsZipf { get; init; }

    /// <summary>The pass rate of a task without memory.</summary>
    public double BaseRate { get; init; } = 0.5;

    /// <summary>The share of wrong ones among the removed that is allowed.</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Runs that are played at the same time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Residual harm is counted from this task on: a quarter of the run is for learning.</summary>
    public int LearningTasks => Tasks / 4;
}
