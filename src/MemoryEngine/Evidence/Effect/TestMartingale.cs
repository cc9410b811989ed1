using System.Runtime.CompilerServices;

namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// A fortune that bets on one direction of a memory's effect, begins at 1, and cannot grow on average while the effect does not have
/// that direction: e ← e (1 + λ (Y - ŷ)(A - π)) with λ and ŷ fixed before the outcome Y is seen, A = 1 when the memory was included
/// and π the probability of that. By Ville's inequality it ever reaches 1/α with a probability of at most α, however often one looks
/// and whatever π was.
/// </summary>
/// <remarks>
/// Sources: Ville (1939) for the inequality; Waudby-Smith and Ramdas (2024), Estimating means of bounded random variables by betting,
/// for betting λ on bounded outcomes and for mixing over a grid of λ; Grünwald, de Heide and Koolen (2024), Safe testing, for the bet
/// that is optimal for a given effect δ, here λ = δ / (ŷ (1 - ŷ)); Herbster and Warmuth (1998), Tracking the best expert, for moving
/// money from a reserve to the bets. The sum of several fortunes that share ŷ is one fortune whose λ is their mean by fortune.
///
/// Only +, -, ×, ÷ on doubles in a fixed order, which IEEE 754 defines to the last digit; .NET fuses none of them. So the same
/// events give the same digits on every machine.
/// </remarks>
internal struct TestMartingale
{
    /// <summary>The effects that are bet on, as differences of pass rates; the smallest that matters to the largest that is usual.</summary>
    private static readonly double[] Effects = [0.05, 0.1, 0.2, 0.35];

    /// <summary>How the first money is spread over them.</summary>
    private static readonly double[] Shares = [0.1, 0.2, 0.5, 0.15];

    /// <summary>
    /// Money that is not bet at first and trickles into the bets: where a memory did no harm for a long time and does so now, the
    /// bets of the past are lost, and this begins anew.
    /// </summary>
    private const double FirstReserve = 0.05;

    /// <summary>After n steps n0/(n0 + n) of the reserve is left.</summary>
    private const double ReserveSteps = 100;

    /// <summary>No bet risks more than this share of its money at once.</summary>
    private const double LargestRisk = 0.9;

    /// <summary>A fortune that reached this stops growing, so that nothing overflows; a capped one still does not grow on average.</summary>
    private const double Ceiling = 1e290;

    /// <summary>The doubles that <see cref="Write"/> writes.</summary>
    public const int Length = Count + 2;

    private const int Count = 4;

    private Fortunes _bets;
    private double _reserve;
    private double _steps;

    /// <summary>A fortune of 1.</summary>
    public static TestMartingale Begin()
    {
        var fresh = new TestMartingale { _reserve = FirstReserve };
        for (var i = 0; i < Count; i++) fresh._bets[i] = Shares[i];
        return fresh;
    }

    /// <summary>The e-value: how many times the first money there is now. Large values speak against "no such effect".</summary>
    public readonly double Value => _reserve + (_bets[0] + _bets[1] + (_bets[2] + _bets[3]));

    /// <summary>Takes one outcome.</summary>
    /// <param name="gain">(Y - ŷ)(A - π) where help is bet on, its negative where harm is.</param>
    /// <param name="spread">ŷ (1 - ŷ), above 0: the variance of the outcome as it was expected.</param>
    /// <param name="worst">The largest loss that was possible, as a positive number: the bound of -gain over Y and A.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Bet(double gain, double spread, double worst)
    {
        _steps += 1;
        var trickle = _reserve / (_steps + ReserveSteps);
        _reserve -= trickle;
        var limit = LargestRisk / worst;
        var total = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var lambda = Math.Min(Effects[i] / spread, limit);
            var money = _bets[i] + (trickle * (Shares[i] / (1 - FirstReserve)));
            _bets[i] = money + (money * (lambda * gain));
            total += _bets[i];
        }
        if (total > Ceiling) Scale(Ceiling / total);
    }

    /// <summary>Writes <see cref="Length"/> doubles from which <see cref="Read"/> makes the same fortune to the last digit.</summary>
    public readonly void Write(Span<double> target)
    {
        for (var i = 0; i < Count; i++) target[i] = _bets[i];
        (target[Count], target[Count + 1]) = (_reserve, _steps);
    }

    /// <inheritdoc cref="Write"/>
    public static TestMartingale Read(ReadOnlySpan<double> source)
    {
        var read = new TestMartingale { _reserve = source[Count], _steps = source[Count + 1] };
        for (var i = 0; i < Count; i++) read._bets[i] = source[i];
        return read;
    }

    private void Scale(double factor)
    {
        for (var i = 0; i < Count; i++) _bets[i] *= factor;
    }

    [InlineArray(Count)]
    private struct Fortunes
    {
        private double _first;
    }
}
