using MemoryEngine.Evidence.Design;
using MemoryEngine.Evidence.Effect;

namespace MemoryEngine.Cli.Simulation;

/// <summary>
/// Plays one world's tasks by one rule: draws candidates and inclusion, lets the outcome happen, hands it to the rule, and removes
/// what e-BH chooses. A removed memory is no candidate any more, and one removed in a domain is none there.
/// </summary>
internal sealed class Player<TRule>
    where TRule : struct, IRule
{
    /// <summary>e-BH is asked after so many tasks.</summary>
    private const int CheckEvery = 10;

    private readonly SimulationOptions _options;
    private readonly SimulatedWorld _world;
    private readonly bool _removes;
    private readonly double[] _values;
    private readonly bool[] _gone;
    private readonly int[] _appearances;
    private readonly int[] _chosen;
    private readonly InclusionCandidate[] _candidates;
    private readonly Inclusion[] _inclusions;
    private readonly TRule _rule;
    private bool _mayRemove;

    public Player(SimulationOptions options, SimulatedWorld world, TRule rule, bool removes)
    {
        (_options, _world, _rule, _removes) = (options, world, rule, removes);
        _values = new double[CellsOf(options)];
        Array.Fill(_values, 1);
        _gone = new bool[options.Memories * options.Domains];
        _appearances = new int[options.Memories];
        _chosen = new int[options.Candidates];
        _candidates = new InclusionCandidate[options.Candidates];
        _inclusions = new Inclusion[options.Candidates];
        Result = new PlayResult(options);
    }

    public PlayResult Result { get; }

    /// <summary>With several domains a memory has evidence overall and in each; with one they are the same.</summary>
    public static int CellsOf(SimulationOptions options) => options.Memories * CellsPerMemory(options);

    public void Play(FixedSampleTest? fixedSample = null)
    {
        for (var task = 0; task < _options.Tasks; task++)
        {
            var domain = _world.Domain(task);
            var count = Choose(task, domain);
            PlayTask(task, domain, count, fixedSample);
            if (_removes && _mayRemove && (task + 1) % CheckEvery == 0) Remove(task);
        }
    }

    private static int CellsPerMemory(SimulationOptions options) => options.Domains == 1 ? 1 : options.Domains + 1;

    private int Choose(int task, int domain)
    {
        var count = 0;
        // In a world where all but a few are removed, a task goes with fewer.
        for (var draw = 0; count < _options.Candidates && draw < 1_000; draw++)
        {
            var memory = _world.Candidate(task, draw);
            if (_gone[(memory * _options.Domains) + domain] || Array.IndexOf(_chosen, memory, 0, count) >= 0) continue;
            _chosen[count] = memory;
            _candidates[count++] = new InclusionCandidate(
                _world.Ids[memory], IsWatched(memory, domain), IsSuspect: IsSuspect(memory, domain));
        }
        return count;
    }

    private bool IsWatched(int memory, int domain) =>
        _options.IsEscalating && (_appearances[memory] < MemoryEffect.NewBelow || HarmE(memory, domain) >= MemoryEffect.WatchAt);

    // A store that never removes hands over suspects like the rest: what the harm that is left is compared with.
    private bool IsSuspect(int memory, int domain) =>
        _removes && _options.IsEscalating && HarmE(memory, domain) >= MemoryEffect.SuspectAt;

    private double HarmE(int memory, int domain)
    {
        var cell = memory * CellsPerMemory(_options);
        return _options.Domains == 1 ? _values[cell] : Math.Max(_values[cell], _values[cell + 1 + domain]);
    }

    private void PlayTask(int task, int domain, int count, FixedSampleTest? fixedSample)
    {
        var design = _options.Withhold is { } w
            ? new InclusionOptions(InclusionDesign.Withhold, _options.Candidates, w)
            : new InclusionOptions(InclusionDesign.Factorial, (_options.Candidates + 1) / 2);
        RandomisedInclusion.Draw(design, _candidates.AsSpan(0, count), _world.TransferSeed(task), _inclusions);
        var (sum, harm) = (_options.BaseRate, 0.0);
        for (var i = 0; i < count; i++)
        {
            if (!_inclusions[i].Included) continue;
            var effect = _world.Effect(_chosen[i], domain);
            sum += effect;
            harm += Math.Min(effect, 0);
        }
        var outcome = _world.Passes(task, Math.Clamp(sum, 0, 1)) ? 1.0 : 0.0;
        Result.CountHarm(task, Math.Clamp(sum - harm, 0, 1) - Math.Clamp(sum, 0, 1));
        _rule.BeginTask(domain);
        for (var i = 0; i < count; i++)
        {
            var without = Math.Clamp(sum - (_inclusions[i].Included ? _world.Effect(_chosen[i], domain) : 0), 0, 1);
            _appearances[_chosen[i]]++;
            fixedSample?.Add(_chosen[i], domain, outcome, _inclusions[i], without);
            Learn(_chosen[i], domain, outcome, _inclusions[i], without);
        }
        _rule.EndTask(domain, outcome);
    }

    private void Learn(int memory, int domain, double outcome, Inclusion inclusion, double without)
    {
        var several = _options.Domains > 1;
        var cell = memory * CellsPerMemory(_options);
        Add(new Appearance(cell, several, outcome, inclusion.Included, inclusion.Probability, without));
        if (several) Add(new Appearance(cell + 1 + domain, false, outcome, inclusion.Included, inclusion.Probability, without));
    }

    private void Add(in Appearance appearance)
    {
        var value = _values[appearance.Cell] = _rule.Add(appearance);
        if (value >= MemoryEffect.SuspectAt) _mayRemove = true;
    }

    private void Remove(int task)
    {
        _mayRemove = false;
        var threshold = EBenjaminiHochberg.Threshold(_values, _options.Alpha);
        if (double.IsInfinity(threshold)) return;
        var each = CellsPerMemory(_options);
        for (var cell = 0; cell < _values.Length; cell++)
        {
            if (_values[cell] < threshold) continue;
            var (memory, part) = (cell / each, cell % each);
            for (var domain = 0; domain < _options.Domains; domain++)
                if (part == 0 || part == domain + 1) RemoveIn(memory, domain, part == 0, task);
        }
    }

    private void RemoveIn(int memory, int domain, bool overall, int task)
    {
        var first = memory * _options.Domains;
        if (_gone[first + domain]) return;
        _gone[first + domain] = true;
        Result.CountRemoval(memory, domain, overall, task, _world);
        if (!_gone.AsSpan(first, _options.Domains).Contains(false)) Result.Removed.Add(memory);
    }
}
