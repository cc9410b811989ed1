using MemoryEngine.Evidence.Statistics;

namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// What is known of the effect of one memory version, overall or in one target domain, from outcomes of tasks for which chance decided
/// whether it was handed over. Constant size, constant time an outcome, the same digits from the same outcomes.
/// </summary>
internal struct MemoryEffect
{
    /// <summary>At this e-value a memory is suspected.</summary>
    public const double SuspectAt = 20;

    /// <summary>
    /// From this e-value on a memory is watched: withheld more often, so that it is known sooner. Harmless ones are here at times;
    /// that costs them a few appearances.
    /// </summary>
    public const double WatchAt = 2;

    /// <summary>A memory with fewer appearances is new, and watched too.</summary>
    public const int NewBelow = 100;

    /// <summary>The doubles that <see cref="Write"/> writes.</summary>
    public const int Length = (2 * TestMartingale.Length) + 9;

    /// <summary>An outcome is never expected with more certainty than this variance leaves.</summary>
    private const double LeastSpread = 0.02;

    private TestMartingale _harm;
    private TestMartingale _help;
    private BaseRate _rate;
    private Arm _included;
    private Arm _withheld;
    private double _product;
    private double _weight;
    private double _productSquares;

    /// <summary>Nothing is known.</summary>
    public static MemoryEffect Begin() => new() { _harm = TestMartingale.Begin(), _help = TestMartingale.Begin() };

    /// <summary>Evidence that it does harm: an e-value.</summary>
    public readonly double HarmE => _harm.Value;

    /// <summary>Evidence that it helps: an e-value.</summary>
    public readonly double HelpE => _help.Value;

    /// <summary>Outcomes of tasks for which it was a candidate, handed over or withheld by chance.</summary>
    public readonly long Appearances => (long)(_included.Count + _withheld.Count);

    /// <summary>Those with it handed over.</summary>
    public readonly long Included => (long)_included.Count;

    /// <summary>Whether it is to be withheld more often, because it is new or because there is something against it.</summary>
    public readonly bool IsWatched => Appearances < NewBelow || HarmE >= WatchAt;

    /// <summary>The mean outcome where it was withheld; NaN where that never happened.</summary>
    public readonly double ControlRate => _withheld.Mean;

    /// <summary>The sum of π (1 - π) as it fell out: what the appearances are worth; 0.25 each at π = ½.</summary>
    public readonly double Information => _weight;

    /// <summary>
    /// The effect as a difference of mean outcomes: Σ(A - π)(Y - ŷ) / Σ(A - π)². NaN before the first appearance.
    /// </summary>
    /// <remarks>Source: Robinson (1988), Root-N-consistent semiparametric regression, residual on residual with a known propensity.</remarks>
    public readonly double Estimate => _product / _weight;

    /// <summary>The standard error of <see cref="Estimate"/>, robust to unequal variances.</summary>
    /// <remarks>
    /// Source: White (1980); the prior weight of one outcome of variance ¼ keeps it from being zero where two outcomes were alike.
    /// </remarks>
    public readonly double StandardError => Math.Sqrt(_productSquares + (0.25 * 0.25)) / _weight;

    /// <summary>
    /// <see cref="Estimate"/> to be shown: within ±1, since a difference of outcomes of 0 to 1 is. With few appearances at an uneven π the raw
    /// one lies far beyond; cut off it is nearer to the effect, whatever that is. What is computed further takes the raw one, which is unbiased.
    /// </summary>
    public readonly double Shown => Math.Clamp(Estimate, -1, 1);

    /// <summary>
    /// The interval of <see cref="Estimate"/> by the normal approximation, within ±1: to be shown, it decides nothing. Cut off it holds every
    /// effect that it held before.
    /// </summary>
    public readonly Interval EstimateInterval(double confidence = 0.95)
    {
        if (_weight == 0) return new Interval(-1, 1);
        var half = NormalDistribution.TwoSided(confidence) * StandardError;
        return new Interval(Math.Clamp(Estimate - half, -1, 1), Math.Clamp(Estimate + half, -1, 1));
    }

    /// <summary>Takes the outcome of one task for which the memory was a candidate.</summary>
    /// <param name="outcome">0 (failed) to 1 (passed).</param>
    /// <param name="expected">What was expected of such a task before, whatever was included: the base rate of its domain.</param>
    /// <param name="included">Whether the memory was handed over.</param>
    /// <param name="probability">The probability of that, logged when it was drawn, above 0 and below 1.</param>
    public void Add(double outcome, double expected, bool included, double probability)
    {
        // The memory's own tasks may be harder or easier than others of the domain.
        var rate = _rate.Expect(expected);
        _rate.Add(outcome);
        var (arm, surprise) = ((included ? 1 : 0) - probability, outcome - rate);
        var gain = surprise * arm;
        var spread = Math.Max(rate * (1 - rate), LeastSpread);
        _harm.Bet(-gain, spread, Math.Max((1 - rate) * (1 - probability), rate * probability));
        _help.Bet(gain, spread, Math.Max((1 - rate) * probability, rate * (1 - probability)));
        _product += gain;
        _weight += arm * arm;
        _productSquares += gain * gain;
        if (included) _included.Add(outcome);
        else _withheld.Add(outcome);
    }

    /// <summary>Writes <see cref="Length"/> doubles from which <see cref="Read"/> makes the same state to the last digit.</summary>
    public readonly void Write(Span<double> target)
    {
        _harm.Write(target);
        _help.Write(target[TestMartingale.Length..]);
        var rest = target[(2 * TestMartingale.Length)..];
        (rest[0], rest[1]) = _rate.State;
        (rest[2], rest[3], rest[4], rest[5]) = (_included.Sum, _included.Count, _withheld.Sum, _withheld.Count);
        (rest[6], rest[7], rest[8]) = (_product, _weight, _productSquares);
    }

    /// <inheritdoc cref="Write"/>
    public static MemoryEffect Read(ReadOnlySpan<double> source)
    {
        var rest = source[(2 * TestMartingale.Length)..];
        return new MemoryEffect
        {
            _harm = TestMartingale.Read(source),
            _help = TestMartingale.Read(source[TestMartingale.Length..]),
            _rate = new BaseRate { State = (rest[0], rest[1]) },
            _included = new Arm { Sum = rest[2], Count = rest[3] },
            _withheld = new Arm { Sum = rest[4], Count = rest[5] },
            _product = rest[6],
            _weight = rest[7],
            _productSquares = rest[8],
        };
    }

    private struct Arm
    {
        public double Sum;
        public double Count;

        public readonly double Mean => Sum / Count;

        public void Add(double outcome)
        {
            Sum += outcome;
            Count += 1;
        }
    }
}
