namespace MemoryEngine.Transfers;

/// <summary>
/// Maximal marginal relevance (Carbonell and Goldstein 1998): the next is the one that is relevant and unlike those before it.
/// </summary>
internal static class Diversity
{
    /// <summary>Puts candidates into the order in which they are to be taken.</summary>
    /// <param name="relevance">Their relevance, each 0 to 1, best first.</param>
    /// <param name="similarity">How alike two of them are, 0 to 1.</param>
    /// <param name="diversity">0 leaves the order as it is; 1 looks at nothing but unlikeness. It is 1 - λ.</param>
    /// <param name="order">Room for as many indices, in the new order.</param>
    public static void Order(ReadOnlySpan<double> relevance, Func<int, int, double> similarity, double diversity, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        if (diversity <= 0) return;
        // The likeness of each candidate to the most alike of those taken, kept up to date: n², not n³.
        var closest = new double[relevance.Length];
        for (var taken = 0; taken < order.Length; taken++)
        {
            var best = taken;
            for (var i = taken + 1; i < order.Length; i++)
                if (Score(relevance, closest, diversity, order[i]) > Score(relevance, closest, diversity, order[best])) best = i;
            var next = order[best];
            // Moved to the front of the rest, whose order stays that of their relevance.
            order[taken..best].CopyTo(order[(taken + 1)..]);
            order[taken] = next;
            for (var i = taken + 1; i < order.Length; i++) closest[order[i]] = Math.Max(closest[order[i]], similarity(next, order[i]));
        }
    }

    private static double Score(ReadOnlySpan<double> relevance, double[] closest, double diversity, int i) =>
        ((1 - diversity) * relevance[i]) - (diversity * closest[i]);
}
