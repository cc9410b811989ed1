namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// A running mean of outcomes, drawn towards a wider one while it has few: what an outcome is expected to be before it is seen.
/// </summary>
/// <remarks>The mean of a beta posterior whose prior has the wider mean and a fixed weight, as in Efron and Morris (1973).</remarks>
internal struct BaseRate
{
    /// <summary>The wider mean counts like this many outcomes.</summary>
    private const double PriorWeight = 20;

    private double _sum;
    private double _count;

    /// <summary>The sum of outcomes and their number, to be kept.</summary>
    public (double Sum, double Count) State
    {
        readonly get => (_sum, _count);
        set => (_sum, _count) = value;
    }

    /// <summary>What to expect of the next outcome, given what is expected more widely; 0.5 where nothing is known.</summary>
    public readonly double Expect(double wider = 0.5) => (_sum + (PriorWeight * wider)) / (_count + PriorWeight);

    /// <summary>Takes one outcome, 0 to 1.</summary>
    public void Add(double outcome)
    {
        _sum += outcome;
        _count += 1;
    }
}
