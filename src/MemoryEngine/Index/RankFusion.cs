namespace MemoryEngine.Index;

/// <summary>
/// Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009) of any number of rankings, each with a weight: weight / (60 + rank),
/// summed over those that found a row. It asks nothing of the scores, so rankings of spaces that have nothing in common can be
/// made one.
/// </summary>
internal sealed class RankFusion
{
    private const float RankOffset = 60f;
    private readonly Dictionary<int, RecallScores> _rows = [];

    /// <summary>Adds what vectors found, best first. Of several spaces that found a row the best rank is told.</summary>
    public void AddVectors(ReadOnlySpan<Hit> hits, float weight)
    {
        for (var i = 0; i < hits.Length; i++)
        {
            var scores = _rows.GetValueOrDefault(hits[i].Row);
            if (scores.VectorRank is not { } rank || rank > i + 1) scores = scores with { Vector = hits[i].Score, VectorRank = i + 1 };
            _rows[hits[i].Row] = scores with { Fused = scores.Fused + Share(i, weight) };
        }
    }

    /// <summary>Adds what words found, best first.</summary>
    public void AddWords(ReadOnlySpan<Hit> hits, float weight)
    {
        for (var i = 0; i < hits.Length; i++)
        {
            var scores = _rows.GetValueOrDefault(hits[i].Row);
            _rows[hits[i].Row] = scores with { Bm25 = hits[i].Score, Bm25Rank = i + 1, Fused = scores.Fused + Share(i, weight) };
        }
    }

    /// <summary>Writes the best rows, best first; returns how many. Ties go to the older row.</summary>
    public int Take(Span<FusedHit> target)
    {
        var count = 0;
        foreach (var (row, scores) in _rows.OrderByDescending(r => r.Value.Fused).ThenBy(r => r.Key).Take(target.Length))
            target[count++] = new FusedHit(row, scores);
        return count;
    }

    private static float Share(int index, float weight) => weight / (RankOffset + index + 1);
}
