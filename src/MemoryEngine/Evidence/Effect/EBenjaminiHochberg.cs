namespace MemoryEngine.Evidence.Effect;

/// <summary>
/// Chooses among many e-values so that of those chosen a share of at most α is wrong on average, however the e-values depend on
/// each other: the k largest, for the largest k whose smallest is at least m / (α k).
/// </summary>
/// <remarks>
/// Source: Wang and Ramdas (2022), False discovery rate control with e-values. It may be asked again after every outcome: what was
/// chosen is not handed over any more, so its e-value stays as it is, and still is large enough for every larger k; hence at any
/// moment the chosen are a set that satisfies the same inequality, and the bound holds at every stopping time.
/// </remarks>
internal static class EBenjaminiHochberg
{
    /// <summary>The smallest e-value that is chosen now; infinite where none is.</summary>
    /// <param name="values">The e-values of the whole set, those chosen before included.</param>
    /// <param name="alpha">The share of wrong ones that is allowed, 0.05 say.</param>
    public static double Threshold(ReadOnlySpan<double> values, double alpha)
    {
        // No k asks for less than 1/α, and few values reach that.
        var (count, m) = (0, values.Length);
        foreach (var value in values)
            if (value >= 1 / alpha) count++;
        if (count == 0) return double.PositiveInfinity;
        var large = count <= 256 ? stackalloc double[count] : new double[count];
        var at = 0;
        foreach (var value in values)
            if (value >= 1 / alpha) large[at++] = value;
        large.Sort();
        for (var k = count; k > 0; k--)
        {
            var smallest = large[count - k];
            if (smallest >= m / (alpha * k)) return smallest;
        }
        return double.PositiveInfinity;
    }
}
