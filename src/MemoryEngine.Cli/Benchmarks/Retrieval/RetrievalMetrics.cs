namespace MemoryEngine.Cli.Benchmarks;

/// <summary>
/// How good one ranking is, by trec_eval's definitions: average precision, nDCG with the relevance as gain, recall,
/// whether any of the first is relevant, reciprocal rank of the first relevant, precision.
/// </summary>
internal readonly record struct RetrievalMetrics(
    double Map, double NdcgAt10, double RecallAt10, double HitAt5, double HitAt10, double Mrr, double PAt30)
{
    /// <summary>The names of the figures in the order of <see cref="Values"/>.</summary>
    public static readonly string[] Names = ["map", "ndcg_at_10", "recall_at_10", "hit_at_5", "hit_at_10", "mrr", "p_at_30"];

    public double[] Values => [Map, NdcgAt10, RecallAt10, HitAt5, HitAt10, Mrr, PAt30];

    /// <summary>Judges a ranking, best first.</summary>
    /// <param name="ranking">The documents found.</param>
    /// <param name="relevant">The relevant ones with how relevant each is, above zero; at least one.</param>
    public static RetrievalMetrics Of(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> relevant)
    {
        double precisions = 0, gain = 0, first = 0;
        int found = 0, in5 = 0, in10 = 0, in30 = 0;
        for (var i = 0; i < ranking.Count; i++)
        {
            if (!relevant.TryGetValue(ranking[i], out var relevance)) continue;
            found++;
            precisions += (double)found / (i + 1);
            if (found == 1) first = 1.0 / (i + 1);
            if (i < 5) in5++;
            if (i < 10)
            {
                in10++;
                gain += relevance / Math.Log2(i + 2);
            }
            if (i < 30) in30++;
        }
        var ideal = relevant.Values.OrderDescending().Take(10).Select((r, i) => r / Math.Log2(i + 2)).Sum();
        return new RetrievalMetrics(
            precisions / relevant.Count, gain / ideal, (double)in10 / relevant.Count, Math.Min(1, in5), Math.Min(1, in10), first, in30 / 30.0);
    }
}

/// <summary>A figure of many queries: its mean, and where 95 of 100 means of as many queries would lie.</summary>
internal readonly record struct Estimate(double Mean, double Low, double High)
{
    private const int Resamples = 2_000;

    /// <summary>The mean with its percentile bootstrap interval (Efron 1979); the same values make the same interval.</summary>
    public static Estimate Of(IReadOnlyList<double> values)
    {
        var random = new Random(1);
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++) sum += values[random.Next(values.Count)];
            means[r] = sum / values.Count;
        }
        Array.Sort(means);
        return new Estimate(values.Average(), means[(int)(Resamples * 0.025)], means[(int)(Resamples * 0.975) - 1]);
    }
}
