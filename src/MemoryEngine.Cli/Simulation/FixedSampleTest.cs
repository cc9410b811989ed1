using MemoryEngine.Evidence.Design;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Cli.Simulation;

/// <summary>
/// What a test could find that looks once, at the end, at a store that never removed anything, and knows every pass rate: the score
/// test of each memory in each domain with the Benjamini-Hochberg rule. It could not have acted before the end; it is the measure of
/// what looking at any time costs.
/// </summary>
/// <remarks>Source: Benjamini and Hochberg (1995), Controlling the false discovery rate.</remarks>
internal sealed class FixedSampleTest(SimulationOptions options)
{
    private readonly double[] _scores = new double[options.Memories * options.Domains];
    private readonly double[] _variances = new double[options.Memories * options.Domains];
    private readonly double[] _information = new double[options.Memories * options.Domains];

    /// <summary>The sum of π (1 - π) over a memory's appearances in a domain.</summary>
    public double Information(int memory, int domain) => _information[(memory * options.Domains) + domain];

    public void Add(int memory, int domain, double outcome, Inclusion inclusion, double without)
    {
        var cell = (memory * options.Domains) + domain;
        var pi = inclusion.Probability;
        _scores[cell] += ((inclusion.Included ? 1 : 0) - pi) * (outcome - without);
        _variances[cell] += pi * (1 - pi) * without * (1 - without);
        _information[cell] += pi * (1 - pi);
    }

    /// <summary>Harmful memories that it finds where they do harm.</summary>
    public bool[] Find(SimulatedWorld world)
    {
        var values = new double[_scores.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = _variances[i] > 0 ? NormalDistribution.AtMost(_scores[i] / Math.Sqrt(_variances[i])) : 1;
        var sorted = values.Order().ToArray();
        var limit = -1.0;
        for (var k = 0; k < sorted.Length; k++)
            if (sorted[k] <= options.Alpha * (k + 1) / sorted.Length) limit = sorted[k];
        var found = new bool[options.Memories];
        for (var memory = 0; memory < found.Length; memory++)
            found[memory] = world.Harmful[memory] && values[(memory * options.Domains) + world.HarmDomain[memory]] <= limit;
        return found;
    }
}
