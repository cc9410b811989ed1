using MemoryEngine.Evidence.Design;

namespace MemoryEngine.Cli.Simulation;

/// <summary>
/// One run's world: which memories do harm, where, and what chance has in store for each task. Everything follows from the run's
/// seed and the task's number, so that two players of the same world meet the same chances, and differ by what they do alone.
/// </summary>
internal sealed class SimulatedWorld
{
    private const ulong CandidateStream = 1, DomainStream = 2, OutcomeStream = 3, InclusionStream = 4, MemoryStream = 5;

    private readonly SimulationOptions _options;
    private readonly ulong _seed;
    private readonly double[] _effects;
    private readonly double[]? _popularity;

    public SimulatedWorld(SimulationOptions options, int run)
    {
        _options = options;
        _seed = CounterRandom.Next((ulong)(options.Seed + run));
        var order = Shuffled(options.Memories, salt: 0);
        Ids = new Guid[options.Memories];
        for (var i = 0; i < Ids.Length; i++)
            Ids[i] = new Guid((int)CounterRandom.Next(_seed + (ulong)i), 0, 0, BitConverter.GetBytes((long)i));
        var harmful = (int)Math.Round(options.Memories * options.Harmful);
        var helpful = Math.Min((int)Math.Round(options.Memories * options.Helpful), options.Memories - harmful);
        Harmful = new bool[options.Memories];
        HarmDomain = new int[options.Memories];
        _effects = new double[options.Memories * options.Domains];
        for (var i = 0; i < harmful; i++) PlantHarm(order[i]);
        for (var i = harmful; i < harmful + helpful; i++)
            Array.Fill(_effects, options.Help / 100, order[i] * options.Domains, options.Domains);
        if (options.IsZipf) _popularity = Cumulated(Shuffled(options.Memories, salt: 1));
    }

    public Guid[] Ids { get; }

    public bool[] Harmful { get; }

    /// <summary>Where a harmful memory does harm; everywhere when there is one domain.</summary>
    public int[] HarmDomain { get; }

    /// <summary>What a memory does to the pass rate of a task of a domain when it is handed over.</summary>
    public double Effect(int memory, int domain) => _effects[(memory * _options.Domains) + domain];

    public int Domain(int task) => _options.Domains == 1 ? 0 : (int)(Chance(DomainStream, task, 0) * _options.Domains);

    /// <summary>A candidate of a task; the same may come twice, and the caller asks for the next then.</summary>
    public int Candidate(int task, int draw)
    {
        var u = Chance(CandidateStream, task, draw);
        if (_popularity is null) return (int)(u * _options.Memories);
        var at = Array.BinarySearch(_popularity, u * _popularity[^1]);
        return Math.Min(at >= 0 ? at + 1 : ~at, _options.Memories - 1);
    }

    /// <summary>Whether the task is passed, given the probability of it.</summary>
    public bool Passes(int task, double probability) => Chance(OutcomeStream, task, 0) < probability;

    /// <summary>The seed of the task's transfer.</summary>
    public ulong TransferSeed(int task) => CounterRandom.Next(_seed + (InclusionStream << 56) + (ulong)task);

    private void PlantHarm(int memory)
    {
        Harmful[memory] = true;
        var domain = HarmDomain[memory] = (int)(Chance(MemoryStream, memory, 0) * _options.Domains);
        _effects[(memory * _options.Domains) + domain] = _options.Effect / 100;
    }

    private double Chance(ulong stream, int first, int second) =>
        CounterRandom.Uniform(_seed + (stream << 56), (ulong)first, (ulong)second);

    private int[] Shuffled(int count, int salt)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)(Chance(MemoryStream, i, salt + 1) * (i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private static double[] Cumulated(int[] ranks)
    {
        var (sums, sum) = (new double[ranks.Length], 0.0);
        for (var i = 0; i < ranks.Length; i++) sums[i] = sum += 1.0 / (ranks[i] + 1);
        return sums;
    }
}
