namespace MemoryEngine.Evidence.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    private const double SeriesUpTo = 3;

    /// <summary>The density.</summary>
    public static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>The probability of at most z.</summary>
    /// <remarks>Source: Abramowitz and Stegun (1964), 26.2.11 near the middle and 26.2.14 in the tails.</remarks>
    public static double AtMost(double z)
    {
        if (double.IsNaN(z)) return double.NaN;
        if (z > SeriesUpTo) return 1 - UpperTail(z);
        if (z < -SeriesUpTo) return UpperTail(-z);
        var (sum, term) = (z, z);
        for (var n = 3; ; n += 2)
        {
            term *= z * z / n;
            var next = sum + term;
            if (next == sum) return 0.5 + (Density(z) * sum);
            sum = next;
        }
    }

    /// <summary>The value that is not passed with that probability: 1.6449 for 0.95.</summary>
    /// <remarks>Abramowitz and Stegun (1964), 26.2.23, for a start, then Halley's method.</remarks>
    public static double Quantile(double probability)
    {
        if (!(probability is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A quantile's probability is above 0 and below 1.");
        if (probability == 0.5) return 0;
        var tail = Math.Min(probability, 1 - probability);
        var t = Math.Sqrt(-2 * Math.Log(tail));
        var z = -(t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))));
        for (var i = 0; i < 4; i++)
        {
            var step = (AtMost(z) - tail) / Density(z);
            z -= step / (1 + (z * step / 2));
        }
        return probability < 0.5 ? z : -z;
    }

    /// <summary>The standard normal quantile of a confidence level: between -z and z lies that share.</summary>
    public static double TwoSided(double confidence) => -Quantile((1 - confidence) / 2);

    private static double UpperTail(double z)
    {
        // 1/(z + 1/(z + 2/(z + 3/(z + ...)))), from the far end.
        var fraction = z;
        for (var n = 200; n > 0; n--) fraction = z + (n / fraction);
        return Density(z) / fraction;
    }
}
