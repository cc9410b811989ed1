namespace MemoryEngine.Evidence.Statistics;

/// <summary>McNemar's exact test: are there as many losses as gains among the pairs that differ?</summary>
internal static class McNemar
{
    /// <summary>The two-sided p-value of the exact conditional test; 1 when no pair differs.</summary>
    /// <remarks>Source: McNemar (1947); exact form: a sign test over the discordant pairs.</remarks>
    public static double Exact(long gains, long losses)
    {
        var (fewer, n) = (Math.Min(gains, losses), gains + losses);
        return gains == losses ? 1 : Math.Min(1, 2 * BinomialDistribution.AtMost(fewer, n, 0.5));
    }

    /// <summary>The two-sided mid-p-value: nearer to its level on average, and slightly above it at times.</summary>
    /// <remarks>Source: Fagerland, Lydersen and Laake (2013), The McNemar test for binary matched-pairs data.</remarks>
    public static double MidP(long gains, long losses)
    {
        var (fewer, n) = (Math.Min(gains, losses), gains + losses);
        var point = BinomialDistribution.Probability(fewer, n, 0.5);
        return n == 0 ? 1 : gains == losses ? 1 - (point / 2) : Exact(gains, losses) - point;
    }
}
