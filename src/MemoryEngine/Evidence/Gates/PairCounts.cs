using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Gates;

/// <summary>Tasks that were run without memory and with it, by how both runs ended.</summary>
/// <param name="Both">Both passed.</param>
/// <param name="Gains">The control failed and the run with memory passed.</param>
/// <param name="Losses">The control passed and the run with memory failed.</param>
/// <param name="Neither">Both failed.</param>
internal readonly record struct PairCounts(long Both, long Gains, long Losses, long Neither)
{
    /// <summary>All pairs.</summary>
    public long Pairs => Both + Gains + Losses + Neither;

    /// <summary>The raw negative transfer rate: losses among all pairs.</summary>
    public double NegativeTransferRate => Pairs == 0 ? double.NaN : (double)Losses / Pairs;

    /// <summary>Pass rate with memory minus pass rate of the control, -1 to 1.</summary>
    public double Gain => Pairs == 0 ? double.NaN : (double)(Gains - Losses) / Pairs;

    /// <summary>These counts and one pair more.</summary>
    public PairCounts Add(bool control, bool memory) => (control, memory) switch
    {
        (true, true) => this with { Both = Both + 1 },
        (false, true) => this with { Gains = Gains + 1 },
        (true, false) => this with { Losses = Losses + 1 },
        (false, false) => this with { Neither = Neither + 1 },
    };

    /// <summary>The interval of <see cref="Gain"/>: Newcombe's for paired data.</summary>
    public Interval GainInterval(double confidence = 0.95) => Difference.Paired(Both, Gains, Losses, Neither, confidence);
}

/// <summary>
/// Tasks with two controls and one run with memory. A loss is a passed first control and a failed run with memory, a flip a
/// passed first control and a failed second one. Agents are random, so flips happen without any memory.
/// </summary>
/// <param name="LossAndFlip">Both happened.</param>
/// <param name="LossOnly">The memory run failed, the second control passed.</param>
/// <param name="FlipOnly">The second control failed, the memory run passed.</param>
/// <param name="Neither">Neither happened.</param>
internal readonly record struct FlipCounts(long LossAndFlip, long LossOnly, long FlipOnly, long Neither)
{
    /// <summary>Tasks with all three runs.</summary>
    public long Tasks => LossAndFlip + LossOnly + FlipOnly + Neither;

    /// <summary>The loss beyond what chance flips: the rate of losses minus the rate of flips; null where no task has all three runs.</summary>
    public double? Excess => Tasks == 0 ? null : (double)(LossOnly - FlipOnly) / Tasks;

    /// <summary>These counts and one task more.</summary>
    public FlipCounts Add(bool control, bool secondControl, bool memory) => (control && !memory, control && !secondControl) switch
    {
        (true, true) => this with { LossAndFlip = LossAndFlip + 1 },
        (true, false) => this with { LossOnly = LossOnly + 1 },
        (false, true) => this with { FlipOnly = FlipOnly + 1 },
        (false, false) => this with { Neither = Neither + 1 },
    };

    /// <summary>The interval of <see cref="Excess"/>: Newcombe's for paired data.</summary>
    public Interval ExcessInterval(double confidence = 0.95) =>
        Difference.Paired(LossAndFlip, LossOnly, FlipOnly, Neither, confidence);
}
