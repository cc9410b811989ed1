namespace MemoryEngine.Evidence.Statistics;

/// <summary>The binomial distribution: successes in n trials of probability p.</summary>
internal static class BinomialDistribution
{
    /// <summary>The probability of exactly k successes.</summary>
    /// <remarks>Source: Loader (2000), Fast and accurate computation of binomial probabilities.</remarks>
    public static double Probability(long k, long n, double p)
    {
        if (k < 0 || k > n) return 0;
        if (p <= 0) return k == 0 ? 1 : 0;
        if (p >= 1) return k == n ? 1 : 0;
        if (k == 0) return Math.Exp(n * LogOneMinus(p));
        if (k == n) return Math.Exp(n * Math.Log(p));
        var (a, b) = ((double)k, (double)(n - k));
        return SpecialFunctions.BetaKernel(p, 1 - p, a, b) * n / (a * b);
    }

    /// <summary>The probability of at most k successes.</summary>
    /// <remarks>Source: Abramowitz and Stegun (1964), 26.5.24, by the incomplete beta function.</remarks>
    public static double AtMost(long k, long n, double p) =>
        k < 0 ? 0 : k >= n ? 1 : SpecialFunctions.IncompleteBetaComplement(p, k + 1, n - k);

    /// <summary>The probability of at least k successes.</summary>
    /// <remarks>Source: Abramowitz and Stegun (1964), 26.5.24, by the incomplete beta function.</remarks>
    public static double AtLeast(long k, long n, double p) =>
        k <= 0 ? 1 : k > n ? 0 : SpecialFunctions.IncompleteBeta(p, k, n - k + 1);

    private static double LogOneMinus(double p) => p < 1e-5 ? -p - (p * p / 2) - (p * p * p / 3) : Math.Log(1 - p);
}
