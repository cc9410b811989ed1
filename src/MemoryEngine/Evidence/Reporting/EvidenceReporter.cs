using MemoryEngine.Evidence.Advising;
using MemoryEngine.Evidence.Effect;
using MemoryEngine.Evidence.State;

namespace MemoryEngine.Evidence.Reporting;

/// <summary>Makes the report of what a pool's evidence adds up to.</summary>
internal sealed class EvidenceReporter(EvidenceState state, PoolMeasures pool, ModeTally modes, EvidenceQuery query)
{
    /// <summary>Harm of this size is what <see cref="MemoryFigures.Needed"/> is about.</summary>
    private const double HarmSought = 0.2;

    private const double NeededProbability = 0.5;

    private static readonly (GainGroup Group, string Name)[] Groups =
        [(GainGroup.PoolSize, "pool_size"), (GainGroup.Domain, "domain"), (GainGroup.Consumer, "consumer"), (GainGroup.Modality, "modality")];

    /// <summary>The report.</summary>
    /// <param name="at">When.</param>
    /// <param name="window">How far back a use counts.</param>
    /// <param name="removals">The decisions that hold.</param>
    /// <param name="figuresOf">What is known of the effect of a version.</param>
    public EvidenceReport Make(
        DateTimeOffset at, TimeSpan window, IReadOnlyList<RemovalWatch> removals, Func<VersionKey, MemoryEffectFigures> figuresOf) => new()
        {
            At = at,
            Outcomes = state.Outcomes,
            Controls = pool.Overall.Arms.Control.Count,
            Window = window,
            Kept = modes.Count,
            Measures = [.. PoolFigureList.Measures(pool, state)],
            Modes = [.. ModeTally.Modes.Select(Mode)],
            Groups = [.. Groups.SelectMany(g => pool.Gains(g.Group).Select(e => new GroupFigures(g.Name, e.Key, Figures.Of("gain_points", e.Gain))))],
            Models = [.. Models()],
            Economy = [.. PoolFigureList.Economy(pool, query)],
            Contributors = [.. state.Credits.Contributors().Select(c =>
                new ContributorFigures(c.Contributor, c.Passes, c.Tasks, state.Credits.Influence(c.Contributor)))],
            Judges = [.. state.Sums.Judged.OrderBy(j => j.Key, StringComparer.Ordinal).Select(j =>
                new JudgeFigures(j.Key, Figures.Of("gain_points", new Gain(j.Value))))],
            Failures = Enum.GetValues<FailureClass>().Where(f => f != FailureClass.None).ToDictionary(f => f, f => state.Sums.Failures[(int)f]),
            MeasuredMemories = state.Memories.Values.Count(m => m.Overall is not null),
            Memories = [.. Memories(figuresOf)],
            // What is listed fits into one message of a pipe.
            Removals = [.. removals.OrderByDescending(r => r.Decision.At).Take(EvidenceQuery.MostMemories)],
        };

    private ModeFigures Mode(TransferMode mode)
    {
        var (gain, utilisation, risk) = mode switch
        {
            TransferMode.SingleDomain => ("> 5", "< 50 %", TransferRisk.Low),
            TransferMode.CrossDomain => (null, "> 80 %", TransferRisk.Medium),
            _ => ("> 4", "70 to 90 %", TransferRisk.High),
        };
        var (pairs, flips) = (modes.Pairs(mode), modes.Flips(mode));
        var gates = new ModeGates(pool.ForAdvisor() with { Pairs = pairs, Flips = flips });
        var used = modes.Used(mode);
        return new ModeFigures(
            mode, Figures.Of("gain_points", pool.GainOf(GainGroup.Mode, mode.ToString()), gain),
            PoolFigureList.Loss(flips.Tasks > 0 ? "excess_negative_transfer" : "negative_transfer", pairs, flips), gates.Risk(), risk,
            // A mode that nobody has used says nothing about how much of the pool it would use.
            used.Count == 0 ? Figures.Unknown("utilisation", utilisation) : Figures.Of("utilisation", pool.UtilisationOf(used), utilisation),
            Figures.Of("used_of_injected", pool.UsedOfInjected(mode)));
    }

    private IEnumerable<ModelPairFigures> Models() =>
        from cell in pool.CrossModel()
        let lift = new Gain(new Arms(pool.GainOf(GainGroup.Consumer, cell.Consumer).Arms.Control, cell.Outcomes))
        select new ModelPairFigures(
            cell.Producer, cell.Consumer, Figures.Of("outcome", new Share(cell.Outcomes.Sum, cell.Outcomes.Count)),
            Figures.Of("lift_points", lift));

    private IEnumerable<MemoryFigures> Memories(Func<VersionKey, MemoryEffectFigures> figuresOf) => state.Memories
        .Where(m => m.Value.Overall is not null)
        .OrderByDescending(m => m.Value.Overall!.Value.Effect.HarmE).ThenBy(m => m.Key)
        .Take(query.Memories)
        .Select(m => new MemoryFigures(
            figuresOf(m.Key), m.Value.Level, m.Value.Domain, state.Credits.Of(m.Key.Memory, m.Key.Version).Passes,
            SampleSize.StillNeeded(m.Value.Overall!.Value.Effect, NeededProbability, HarmSought)));
}
