namespace MemoryEngine.Cli.Simulation;

/// <summary>What came of one world under one rule.</summary>
internal sealed class PlayResult(SimulationOptions options)
{
    private readonly bool[] _found = new bool[options.Memories];
    private readonly bool[] _wronged = new bool[options.Memories];

    /// <summary>Passes lost to harmful memories over the whole run: the sum over tasks of how much the pass rate was lowered.</summary>
    public double Harm { get; private set; }

    /// <summary>The same after the tasks that are for learning.</summary>
    public double HarmAfterLearning { get; private set; }

    /// <summary>Harmful memories that were removed where they do harm.</summary>
    public int Found { get; private set; }

    /// <summary>Memories that were removed where they do none.</summary>
    public int Wronged { get; private set; }

    /// <summary>The sum of the tasks at which harmful memories were removed.</summary>
    public double FoundAfter { get; private set; }

    /// <summary>Memories that were removed, each counted once where it was right and once where it was wrong.</summary>
    public int Removals => Found + Wronged;

    /// <summary>Memories that are no candidate of any task any more, in the order they were removed.</summary>
    public List<int> Removed { get; } = [];

    public bool IsFound(int memory) => _found[memory];

    public void CountHarm(int task, double lowered)
    {
        Harm += lowered;
        if (task >= options.LearningTasks) HarmAfterLearning += lowered;
    }

    /// <summary>Overall, a memory that does harm in one domain does harm: its mean effect is negative.</summary>
    public void CountRemoval(int memory, int domain, bool overall, int task, SimulatedWorld world)
    {
        if (world.Harmful[memory] && (overall || world.HarmDomain[memory] == domain))
        {
            if (world.HarmDomain[memory] != domain || _found[memory]) return;
            _found[memory] = true;
            Found++;
            FoundAfter += task + 1;
        }
        else if (!_wronged[memory])
        {
            _wronged[memory] = true;
            Wronged++;
        }
    }
}
