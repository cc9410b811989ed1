using MemoryEngine.Evidence.Effect;
using MemoryEngine.Evidence.Gates;
using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Pairs;

/// <summary>
/// What pairs of runs say about memory as a whole and about each memory. Nobody drew by chance which memory a task got, so the effect
/// of one memory is that of everything that was handed over with it: enough to judge the whole, seldom to judge one.
/// </summary>
internal sealed class PairEvidence
{
    private const double Alpha = 0.05;

    /// <summary>The article's limits: 10 % and 5 % for negative transfer, 5 and 4 points for gain.</summary>
    private const double Loose = 0.1, Strict = 0.05, Wanted = 5, LeastGain = 4;

    private readonly Dictionary<Guid, MemoryPairs> _memories = [];
    private readonly List<Guid> _order = [];
    private PairCounts _pairs;
    private FlipCounts _flips;

    /// <summary>Takes one pair.</summary>
    public void Add(OutcomePair pair)
    {
        _pairs = _pairs.Add(pair.Control, pair.Memory);
        if (pair.SecondControl is { } second) _flips = _flips.Add(pair.Control, second, pair.Memory);
        foreach (var memory in pair.Memories)
        {
            if (!_memories.TryGetValue(memory, out var state))
            {
                state = MemoryPairs.Begin();
                _order.Add(memory);
            }
            _memories[memory] = state.Add(pair.Control, pair.Memory);
        }
    }

    /// <summary>What follows from the pairs so far.</summary>
    public PairConclusion Conclude()
    {
        List<Gate> gates =
        [
            GateRules.RateBelow("ntr_below_10", _pairs.Losses, _pairs.Pairs, Loose, Loose),
            GateRules.RateBelow("ntr_below_5", _pairs.Losses, _pairs.Pairs, Strict, Strict),
        ];
        if (_flips.Tasks > 0)
        {
            gates.Add(GateRules.ExcessBelow("excess_ntr_below_10", _flips, Loose, Loose));
            gates.Add(GateRules.ExcessBelow("excess_ntr_below_5", _flips, Strict, Strict));
        }
        gates.Add(GateRules.GainAbove("gain_above_5", _pairs, Wanted, Wanted));
        gates.Add(GateRules.GainAbove("gain_above_4", _pairs, LeastGain, LeastGain));
        return new PairConclusion
        {
            Pairs = _pairs,
            Flips = _flips,
            McNemarP = McNemar.Exact(_pairs.Gains, _pairs.Losses),
            Gates = gates,
            Memories = JudgeMemories(),
        };
    }

    private List<MemoryConclusion> JudgeMemories()
    {
        double[] harm = [.. _order.Select(id => _memories[id].Harm.Value)];
        double[] help = [.. _order.Select(id => _memories[id].Help.Value)];
        var (harmful, helpful) = (EBenjaminiHochberg.Threshold(harm, Alpha), EBenjaminiHochberg.Threshold(help, Alpha));
        var judged = new List<MemoryConclusion>(_order.Count);
        for (var i = 0; i < harm.Length; i++)
        {
            var verdict = harm[i] >= harmful ? GateVerdict.Fail : help[i] >= helpful ? GateVerdict.Pass : GateVerdict.Insufficient;
            var pairs = _memories[_order[i]].Pairs;
            judged.Add(new MemoryConclusion(_order[i], pairs.Pairs, pairs.Gain, pairs.GainInterval(), verdict));
        }
        return judged;
    }

    /// <summary>One memory's pairs, and fortunes that bet on which of two runs that differ was the one with memory.</summary>
    private readonly record struct MemoryPairs(PairCounts Pairs, TestMartingale Harm, TestMartingale Help)
    {
        /// <summary>Of two runs that differ, each is as likely to be the failed one, when memory does nothing.</summary>
        private const double Stake = 0.5, Spread = 0.25;

        public static MemoryPairs Begin() => new(default, TestMartingale.Begin(), TestMartingale.Begin());

        public MemoryPairs Add(bool control, bool memory)
        {
            var (harm, help) = (Harm, Help);
            if (control != memory)
            {
                var gain = memory ? Stake : -Stake;
                harm.Bet(-gain, Spread, Stake);
                help.Bet(gain, Spread, Stake);
            }
            return new MemoryPairs(Pairs.Add(control, memory), harm, help);
        }
    }
}

/// <summary>What pairs of runs say.</summary>
internal sealed record PairConclusion
{
    /// <summary>The pairs by how both runs ended.</summary>
    public required PairCounts Pairs { get; init; }

    /// <summary>Those that have a second control, by loss and flip.</summary>
    public required FlipCounts Flips { get; init; }

    /// <summary>The p-value of McNemar's exact test of losses against gains.</summary>
    public required double McNemarP { get; init; }

    /// <summary>The article's limits, each with a verdict.</summary>
    public required IReadOnlyList<Gate> Gates { get; init; }

    /// <summary>Every memory that was handed over, in the order they came first.</summary>
    public required IReadOnlyList<MemoryConclusion> Memories { get; init; }
}

/// <summary>What pairs of runs say about one memory.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Appearances">Pairs whose run with memory had it.</param>
/// <param name="Effect">Their gain, -1 to 1.</param>
/// <param name="Interval">Its 95 % interval, Newcombe's for paired data: to be shown.</param>
/// <param name="Verdict">Pass: it helps, fail: it harms, both by e-BH at 5 % over all memories; else insufficient.</param>
internal sealed record MemoryConclusion(Guid Memory, long Appearances, double Effect, Interval Interval, GateVerdict Verdict);
