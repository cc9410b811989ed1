using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Cli.Simulation;

/// <summary>What one task showed about one candidate.</summary>
/// <param name="Cell">Which evidence it goes to: the memory's overall, or its own in a domain.</param>
/// <param name="IsOverall">Whether that is its evidence over several domains.</param>
/// <param name="Outcome">1 passed, 0 failed.</param>
/// <param name="Included">Whether it was handed over.</param>
/// <param name="Probability">The probability of that.</param>
/// <param name="Without">The true pass rate without it, the other candidates as they were: only an ideal test knows it.</param>
internal readonly record struct Appearance(
    int Cell, bool IsOverall, double Outcome, bool Included, double Probability, double Without);

/// <summary>Something that turns appearances into e-values. A structure, so that the player is compiled for each.</summary>
internal interface IRule
{
    /// <summary>Begins a task of a domain.</summary>
    void BeginTask(int domain);

    /// <summary>Takes an appearance; gives the cell's e-value.</summary>
    double Add(in Appearance appearance);

    /// <summary>Ends a task.</summary>
    void EndTask(int domain, double outcome);
}

/// <summary>The engine's own evidence: it knows what a pool knows.</summary>
internal readonly struct EngineRule : IRule
{
    private readonly MemoryEffect[] _effects;
    private readonly BaseRate[] _rates;
    private readonly double[] _expected;

    public EngineRule(int cells, int domains)
    {
        _effects = new MemoryEffect[cells];
        Array.Fill(_effects, MemoryEffect.Begin());
        _rates = new BaseRate[domains + 1];
        _expected = new double[1];
    }

    public void BeginTask(int domain) => _expected[0] = _rates[domain + 1].Expect(_rates[0].Expect());

    public double Add(in Appearance appearance)
    {
        ref var effect = ref _effects[appearance.Cell];
        effect.Add(appearance.Outcome, _expected[0], appearance.Included, appearance.Probability);
        return effect.HarmE;
    }

    public void EndTask(int domain, double outcome)
    {
        _rates[0].Add(outcome);
        _rates[domain + 1].Add(outcome);
    }
}

/// <summary>
/// The test that nothing can beat with the same data: it knows the true pass rate of the task with every other candidate as it was,
/// and how much harm a harmful memory does; all it does not know is which ones are. Its e-value is the likelihood ratio of "this one
/// does that harm", which grows fastest of all e-values (Grünwald, de Heide and Koolen 2024, Safe testing; Kelly 1956).
/// </summary>
internal readonly struct IdealRule : IRule
{
    private readonly double[] _values;
    private readonly double _effect;
    private readonly double _overall;

    public IdealRule(int cells, SimulationOptions options)
    {
        _values = new double[cells];
        Array.Fill(_values, 1);
        _effect = options.Effect / 100;
        // Where harm is in one domain of several, what to look for over all of them is its mean.
        _overall = _effect / options.Domains;
    }

    public void BeginTask(int domain)
    {
        // It knows what to expect.
    }

    public double Add(in Appearance appearance)
    {
        var (without, pi) = (appearance.Without, appearance.Probability);
        var with = Math.Clamp(without + (appearance.IsOverall ? _overall : _effect), 0, 1);
        var mean = (pi * with) + ((1 - pi) * without);
        var mine = appearance.Included ? with : without;
        if (mean is > 0 and < 1) _values[appearance.Cell] *= appearance.Outcome > 0 ? mine / mean : (1 - mine) / (1 - mean);
        return _values[appearance.Cell];
    }

    public void EndTask(int domain, double outcome)
    {
        // It has nothing to learn.
    }
}
