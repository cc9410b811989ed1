namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// Judges e-values that arrive without an end in sight, so that of those chosen a share of at most α is wrong on average whenever
/// one stops: the i-th is chosen when it reaches 1 / (α γ_i (discoveries so far + 1)), with the γ_i of <see cref="ErrorBudget"/>.
/// </summary>
/// <remarks>
/// Source: Xu and Ramdas (2024), Online multiple testing with e-values. One may be chosen later than it arrived: the discoveries at
/// that moment are at most those at the end, which is all that the proof needs.
/// </remarks>
internal struct ELond(double alpha)
{
    /// <summary>Those that arrived.</summary>
    public long Arrived { get; private set; }

    /// <summary>Those that were chosen.</summary>
    public long Discoveries { get; private set; }

    /// <summary>A new one arrives; what it has to reach is given by its number.</summary>
    public long Arrive() => ++Arrived;

    /// <summary>The e-value that the one with that number has to reach now.</summary>
    public readonly double Threshold(long number) => 1 / (alpha * ErrorBudget.Share(number) * (Discoveries + 1));

    /// <summary>Chooses it if it reaches what it has to. It must not be asked for again once it is chosen.</summary>
    public bool TryChoose(long number, double value)
    {
        if (number < 1 || number > Arrived) throw new ArgumentOutOfRangeException(nameof(number), number, "No such one has arrived.");
        if (!(value >= Threshold(number))) return false;
        Discoveries++;
        return true;
    }
}
