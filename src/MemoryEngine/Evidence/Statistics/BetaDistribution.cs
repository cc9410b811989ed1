namespace MemoryEngine.Evidence.Statistics;

/// <summary>The beta distribution.</summary>
internal static class BetaDistribution
{
    /// <summary>The value that a beta variable is at most with that probability.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <param name="a">The first shape, above 0.</param>
    /// <param name="b">The second shape, above 0.</param>
    /// <remarks>Newton's method on <see cref="SpecialFunctions.IncompleteBeta"/>, kept within a bracket that halves where it strays.</remarks>
    public static double Quantile(double probability, double a, double b)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is between 0 and 1.");
        if (probability == 0) return 0;
        if (probability == 1) return 1;
        var (low, high) = (0.0, 1.0);
        var x = a / (a + b);
        for (var i = 0; i < 2_000; i++)
        {
            // The smaller tail is the one that has its digits.
            var error = probability <= 0.5
                ? SpecialFunctions.IncompleteBeta(x, a, b) - probability
                : 1 - probability - SpecialFunctions.IncompleteBetaComplement(x, a, b);
            if (error == 0) return x;
            if (error > 0) high = x;
            else low = x;
            var next = x - (error * x * (1 - x) / SpecialFunctions.BetaKernel(x, 1 - x, a, b));
            if (!(next > low && next < high)) next = Middle(low, high);
            if (Math.Abs(next - x) <= 1e-16 * Math.Min(next, 1 - next) || next == low || next == high) return next;
            x = next;
        }
        return x;
    }

    // Halving by ratio finds a quantile next to zero in tens of steps, not a thousand.
    private static double Middle(double low, double high) =>
        low > 0 && high / low > 4 ? Math.Sqrt(low * high) : low == 0 && high < 1e-3 ? high / 1024 : (low + high) / 2;
}
