namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// Judges e-values that arrive without an end in sight, so that of those chosen a share of at most α is wrong on average whenever
/// one stops: the i-th is chosen when it reaches 1 / (α γ_i (discoveries so far + 1)), with γ_i = 1 / (i (i + 1)), which sum to 1.
/// </summary>
/// <remarks>Source: Xu and Ramdas (2024), Online multiple testing with e-values. Discoveries may be chosen later than they arrived.</remarks>
internal struct ELond(double alpha)
{
    /// <summary>Those that arrived.</summary>
    public long Arrived { get; private set; }

    /// <summary>Those that were chosen.</summary>
    public long Discoveries { get; private set; }

    /// <summary>A new one arrives; what it has to reach is given by its number.</summary>
    public long Arrive() => ++Arrived;

    /// <summary>The e-value that the one with that number has to reach now.</summary>
    public readonly double Threshold(long number) => number * (number + 1.0) / (alpha * (Discoveries + 1));

    /// <summary>Chooses it if it reaches what it has to. It must not be asked for again once it is chosen.</summary>
    public bool TryChoose(long number, double value)
    {
        if (number < 1 || number > Arrived) throw new ArgumentOutOfRangeException(nameof(number), number, "No such one has arrived.");
        if (!(value >= Threshold(number))) return false;
        Discoveries++;
        return true;
    }
}
