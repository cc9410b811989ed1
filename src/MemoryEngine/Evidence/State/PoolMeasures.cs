using MemoryEngine.Evidence.Advising;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.State;

/// <summary>An active memory, as measures of the pool need it.</summary>
internal readonly record struct ActiveMemory(
    Guid Memory, int Version, MemoryLevel Level, string Domain, string? Task, DateTimeOffset CreatedAt);

/// <summary>A share with its counts and its interval: Wilson's, to be shown.</summary>
internal readonly record struct Share(double Count, long Of)
{
    /// <summary>The share; NaN of nothing.</summary>
    public double Value => Count / Of;

    /// <summary>The 95 % interval.</summary>
    public Interval Interval => Proportion.Wilson(Count, Of);
}

/// <summary>The gain of one group of outcomes: mean with memory minus mean of recalls that were held out, -1 to 1.</summary>
internal readonly record struct Gain(Arms Arms)
{
    /// <summary>The difference; NaN where an arm is empty. Tasks of the arms are not the same ones.</summary>
    public double Value => Arms.Memory.Value - Arms.Control.Value;

    /// <summary>The 95 % interval: Newcombe's for unpaired data.</summary>
    public Interval Interval => Difference.Unpaired(Arms.Memory.Sum, Arms.Memory.Count, Arms.Control.Sum, Arms.Control.Count);
}

/// <summary>What a pool's evidence adds up to: computed when asked for, from the sums and from what is active now.</summary>
internal sealed class PoolMeasures
{
    private readonly EvidenceState _state;
    private readonly (long Eligible, long Reached, long Used)[] _byLevel = new (long, long, long)[(int)MemoryLevel.Strategy + 1];
    private readonly List<VersionKey> _eligible = [];

    /// <param name="state">The evidence.</param>
    /// <param name="active">The current version of each active memory.</param>
    /// <param name="now">The end of the window.</param>
    /// <param name="window">How far back a use counts.</param>
    /// <param name="grace">Younger memories need not have been used yet.</param>
    /// <param name="minHighLevel">From which level on a memory is a high one.</param>
    public PoolMeasures(
        EvidenceState state, IEnumerable<ActiveMemory> active, DateTimeOffset now, TimeSpan window, TimeSpan grace,
        MemoryLevel minHighLevel = MemoryLevel.Insight)
    {
        _state = state;
        var (tasks, types) = (new HashSet<(string, string)>(), new HashSet<string>(StringComparer.Ordinal));
        var from = (now - window).UtcTicks / TimeSpan.TicksPerMicrosecond;
        foreach (var memory in active)
        {
            Active++;
            if (memory.Level >= minHighLevel) High++;
            if (memory.Level == MemoryLevel.Strategy) Strict++;
            if (memory.Level == MemoryLevel.Trace) Low++;
            if (memory.Task is { } task) tasks.Add((memory.Domain, task));
            types.Add(DomainPath.TaskType(memory.Domain));
            if (memory.CreatedAt > now - grace) continue;
            Eligible++;
            _eligible.Add(new VersionKey(memory.Memory, memory.Version));
            ref var level = ref _byLevel[(int)memory.Level];
            level.Eligible++;
            var last = state.Find(memory.Memory, memory.Version)?.Last ?? default;
            if (last.Retrieved >= from && last.Retrieved > 0)
            {
                Reached++;
                level.Reached++;
            }
            if (last.Used >= from && last.Used > 0)
            {
                Used++;
                level.Used++;
            }
        }
        (Tasks, TaskTypes) = (tasks.Count, types.Count);
    }

    /// <summary>Distinct pairs of domain and task with an active memory.</summary>
    public long Tasks { get; }

    /// <summary>Distinct first parts of domains.</summary>
    public long TaskTypes { get; }

    /// <summary>Active memories.</summary>
    public long Active { get; }

    /// <summary>Active memories of a high level.</summary>
    public long High { get; }

    /// <summary>Active strategies: the strict share of high levels.</summary>
    public long Strict { get; }

    /// <summary>Active traces.</summary>
    public long Low { get; }

    /// <summary>Active memories older than the grace period.</summary>
    public long Eligible { get; }

    /// <summary>Eligible memories that a recall has considered in the window.</summary>
    public long Reached { get; }

    /// <summary>Eligible memories that were handed over and used in the window.</summary>
    public long Used { get; }

    /// <summary>Used among eligible.</summary>
    public Share Utilisation => new(Used, Eligible);

    /// <summary>Considered among eligible.</summary>
    public Share Reach => new(Reached, Eligible);

    /// <summary>Used among eligible, of one level.</summary>
    public Share UtilisationOf(MemoryLevel level) => new(_byLevel[(int)level].Used, _byLevel[(int)level].Eligible);

    /// <summary>Considered among eligible, of one level.</summary>
    public Share ReachOf(MemoryLevel level) => new(_byLevel[(int)level].Reached, _byLevel[(int)level].Eligible);

    /// <summary>Those of a set among eligible.</summary>
    public Share UtilisationOf(IReadOnlySet<VersionKey> used) => new(_eligible.Count(used.Contains), Eligible);

    /// <summary>Used among handed over, of all requests in a mode, at a level or at all.</summary>
    public Share UsedOfInjected(TransferMode? mode = null, MemoryLevel? level = null)
    {
        var (used, injected) = (0L, 0L);
        foreach (var m in Enum.GetValues<TransferMode>())
            foreach (var l in Enum.GetValues<MemoryLevel>())
            {
                if ((mode ?? m) != m || (level ?? l) != l) continue;
                var use = _state.Sums.Uses[PoolSums.UseAt(m, l)];
                (used, injected) = (used + use.Used, injected + use.Injected);
            }
        return new Share(used, injected);
    }

    /// <summary>Passes of transfers that handed over a memory of that level from another domain. Mostly it says how hard the tasks were.</summary>
    public Share TransferSuccess(MemoryLevel level) => new(_state.Sums.AcrossDomains[(int)level].Sum, _state.Sums.AcrossDomains[(int)level].Count);

    /// <summary>Its lift: that success minus the mean of recalls that were held out; NaN where one of them is empty.</summary>
    public double TransferLift(MemoryLevel level) => LiftOf(level).Value;

    /// <inheritdoc cref="TransferLift"/>
    public Gain LiftOf(MemoryLevel level) => new(new Arms(Overall.Arms.Control, _state.Sums.AcrossDomains[(int)level]));

    /// <summary>Micro: every outcome counts the same.</summary>
    public Gain Overall => GainOf(GainGroup.All, "");

    /// <summary>Macro: every domain that has both arms counts the same; NaN where none has.</summary>
    public double MacroGain
    {
        get
        {
            var gains = Gains(GainGroup.Domain).Select(g => g.Gain.Value).Where(double.IsFinite).ToList();
            return gains.Count == 0 ? double.NaN : gains.Average();
        }
    }

    /// <summary>The 95 % interval of <see cref="MacroGain"/>, over how many domains.</summary>
    public (Interval Interval, int Domains) MacroGainInterval
    {
        get
        {
            var gains = Gains(GainGroup.Domain).Where(g => double.IsFinite(g.Gain.Value)).ToList();
            return (Combination.Sum(gains.Select(g => new WeightedEstimate(1.0 / gains.Count, g.Gain.Value, g.Gain.Interval))), gains.Count);
        }
    }

    /// <summary>The gain of one group.</summary>
    public Gain GainOf(GainGroup group, string key) => new(_state.Sums.Gains.GetValueOrDefault((group, key)));

    /// <summary>The gains of a kind of group, by name.</summary>
    public IEnumerable<(string Key, Gain Gain)> Gains(GainGroup group) => _state.Sums.Gains
        .Where(g => g.Key.Group == group)
        .OrderBy(g => g.Key.Key, StringComparer.Ordinal)
        .Select(g => (g.Key.Key, new Gain(g.Value)));

    /// <summary>Mean outcomes by the model that produced a memory and the one that got it, with the lift over that consumer's controls.</summary>
    public IEnumerable<(string Producer, string Consumer, Mean Outcomes, double Lift)> CrossModel() =>
        from pair in _state.Sums.CrossModel
        orderby pair.Key.Producer, pair.Key.Consumer
        let control = GainOf(GainGroup.Consumer, pair.Key.Consumer).Arms.Control.Value
        select (pair.Key.Producer, pair.Key.Consumer, pair.Value, pair.Value.Value - control);

    /// <summary>
    /// (value saved - cost) / cost: the value of the passes gained and of the cost saved, against the cost of runs with memory. NaN
    /// where costs are unknown.
    /// </summary>
    /// <param name="passValue">What a passed task is worth, in the currency of the costs.</param>
    /// <param name="upkeep">What memory itself cost for each run with it.</param>
    public double ReturnOnInvestment(double passValue, double upkeep)
    {
        var cost = _state.Sums.Figures[(int)RunFigure.Cost];
        var saved = (passValue * Overall.Value) + (cost.Control.Value - cost.Memory.Value);
        return (saved - upkeep) / upkeep;
    }

    /// <summary>
    /// The 95 % interval of <see cref="ReturnOnInvestment"/>, taking the gain and the difference of costs for independent; NaN where costs
    /// are unknown or known of one run.
    /// </summary>
    public Interval ReturnInterval(double passValue, double upkeep)
    {
        var cost = _state.Sums.Figures[(int)RunFigure.Cost];
        var saved = Combination.Difference(
            cost.Control.Value, cost.Control.Variance, cost.Control.Count, cost.Memory.Value, cost.Memory.Variance, cost.Memory.Count);
        var all = Combination.Sum(
        [
            new WeightedEstimate(passValue / upkeep, Overall.Value, Overall.Interval),
            new WeightedEstimate(1 / upkeep, cost.Control.Value - cost.Memory.Value, saved),
        ]);
        return new Interval(all.Low - 1, all.High - 1);
    }

    /// <summary>Runs of which a figure is known, in the smaller arm, and the 95 % interval of its <see cref="Change"/>.</summary>
    public (Interval Interval, long Count) ChangeInterval(RunFigure figure)
    {
        var (control, memory) = _state.Sums.Figures[(int)figure];
        var ratio = Combination.Ratio(memory.Value, memory.Variance, memory.Count, control.Value, control.Variance, control.Count);
        return (new Interval(ratio.Low - 1, ratio.High - 1), Math.Min(control.Count, memory.Count));
    }

    /// <summary>
    /// Of tasks that had failed without memory, the share that passed with it: repeated failures avoided. Some of them chance alone lets
    /// pass the second time.
    /// </summary>
    public Share FailuresAvoided => new(_state.Runs.Pairs.Gains, _state.Runs.Pairs.Gains + _state.Runs.Pairs.Neither);

    /// <summary>By how much memory changes a figure of a run, as a share of the control's: -0.3 is 30 % less. NaN where unknown.</summary>
    public double Change(RunFigure figure)
    {
        var arms = _state.Sums.Figures[(int)figure];
        return (arms.Memory.Value - arms.Control.Value) / arms.Control.Value;
    }

    /// <summary>
    /// Whether outcomes go missing more often in one arm: the share of what was handed over whose outcome a verifier has told, minus
    /// that of what was withheld. An interval without 0 means that effects cannot be trusted.
    /// </summary>
    public Interval MissingByArm
    {
        get
        {
            var drawn = _state.Sums.Drawn;
            return Difference.Unpaired(drawn.IncludedKnown, drawn.Included, drawn.WithheldKnown, drawn.Withheld);
        }
    }

    /// <summary>What the advisor looks at.</summary>
    public PoolFigures ForAdvisor(TransferScenario scenario = TransferScenario.Default) => new()
    {
        Tasks = Tasks,
        TaskTypes = TaskTypes,
        Active = Active,
        HighLevel = High,
        LowLevel = Low,
        Eligible = Eligible,
        Used = Used,
        Pairs = _state.Runs.Pairs,
        Flips = _state.Runs.Flips,
        Scenario = scenario,
    };
}
