using MemoryEngine.Evidence.Gates;

namespace MemoryEngine.Evidence.Advising;

/// <summary>The gates of the article's table of modes, held against a pool's figures.</summary>
internal sealed class ModeGates
{
    private const double StrictLoss = 0.05, LooseLoss = 0.1, HighShare = 0.5, LowShare = 0.1, Utilisation = 0.7;
    private const double SingleGain = 5, HybridGain = 4;
    private const int TaskTypes = 3;

    private readonly Dictionary<TransferMode, Gate[]> _byMode;
    private readonly Gate _lowShare;
    private readonly Gate _crossTasks;

    public ModeGates(PoolFigures pool)
    {
        var whole = Math.Max(1, pool.Active);
        _crossTasks = GateRules.CountAbove("cross_tasks", pool.Tasks, Advisor.HybridOver, Advisor.HybridOver);
        _lowShare = GateRules.CountBelow("low_share", (double)pool.LowLevel / whole, LowShare, LowShare);
        _byMode = new Dictionary<TransferMode, Gate[]>
        {
            [TransferMode.SingleDomain] =
            [
                GateRules.GainAbove("single_gain", pool.Pairs, SingleGain, SingleGain),
                Loss("single_ntr", pool, StrictLoss),
                GateRules.CountBelow("single_task_types", pool.TaskTypes, 2, 1) with { Limit = 1 },
            ],
            [TransferMode.CrossDomain] =
            [
                _crossTasks,
                GateRules.CountAbove("cross_high_share", (double)pool.HighLevel / whole, HighShare, HighShare),
                GateRules.CountAbove("cross_task_types", pool.TaskTypes, TaskTypes - 1, TaskTypes) with { Limit = TaskTypes },
            ],
            [TransferMode.Hybrid] =
            [
                Loss("hybrid_ntr", pool, LooseLoss),
                GateRules.RateAbove("hybrid_utilisation", pool.Used, pool.Eligible, Utilisation, Utilisation),
                GateRules.GainAbove("hybrid_gain", pool.Pairs, HybridGain, HybridGain),
            ],
        };
        var tasks = GateRules.CountAbove("article_tasks", pool.Tasks, Advisor.ArticleTasks, Advisor.ArticleTasks);
        All = [.. _byMode.Values.SelectMany(g => g), _lowShare, tasks];
    }

    public IReadOnlyList<Gate> All { get; }

    public IReadOnlyList<Gate> Of(TransferMode mode) => _byMode[mode];

    /// <summary>Whether it is about a size that the article's tiers state otherwise: it makes a mode provisional, it does not refuse it.</summary>
    public bool IsTierGate(Gate gate) => ReferenceEquals(gate, _crossTasks);

    /// <summary>Gates of a mode that refuse it.</summary>
    public IEnumerable<Gate> Refusals(TransferMode mode) => _byMode[mode].Where(g => g.Verdict == GateVerdict.Fail && !IsTierGate(g));

    /// <summary>Whether every gate of a mode passes.</summary>
    public bool IsProven(TransferMode mode) => _byMode[mode].All(g => g.Verdict == GateVerdict.Pass);

    /// <summary>By the losses that are proven, and by the share of traces, which are what does harm elsewhere.</summary>
    public TransferRisk Risk()
    {
        var (strict, loose) = (_byMode[TransferMode.SingleDomain][1].Verdict, _byMode[TransferMode.Hybrid][0].Verdict);
        if (loose == GateVerdict.Fail) return TransferRisk.High;
        if (strict == GateVerdict.Fail && _lowShare.Verdict == GateVerdict.Fail) return TransferRisk.High;
        return strict == GateVerdict.Pass ? TransferRisk.Low : TransferRisk.Medium;
    }

    /// <summary>The loss beyond chance where two controls were run; the raw one, which chance alone makes larger, where they were not.</summary>
    private static Gate Loss(string name, PoolFigures pool, double limit) => pool.Flips.Tasks > 0
        ? GateRules.ExcessBelow(name, pool.Flips, limit, limit)
        : GateRules.RateBelow(name, pool.Pairs.Losses, pool.Pairs.Pairs, limit, limit);
}
