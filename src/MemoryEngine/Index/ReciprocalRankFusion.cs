namespace MemoryEngine.Index;

/// <summary>Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): 1/(60 + rank), summed over the parts that found a row.</summary>
internal static class ReciprocalRankFusion
{
    private const float RankOffset = 60f;

    /// <summary>Fuses two rankings, best first, into at most <c>target.Length</c> rows; returns how many.</summary>
    public static int Fuse(ReadOnlySpan<Hit> vector, ReadOnlySpan<Hit> lexical, Span<FusedHit> target)
    {
        Span<FusedHit> all = vector.Length + lexical.Length <= 256
            ? stackalloc FusedHit[vector.Length + lexical.Length]
            : new FusedHit[vector.Length + lexical.Length];
        var count = 0;
        for (var i = 0; i < vector.Length; i++)
            all[count++] = new FusedHit(vector[i].Row, new RecallScores(vector[i].Score, i + 1, null, null, Share(i)));
        for (var i = 0; i < lexical.Length; i++)
        {
            var at = IndexOf(all[..vector.Length], lexical[i].Row);
            var other = at < 0 ? default : all[at].Scores;
            var scores = other with { Bm25 = lexical[i].Score, Bm25Rank = i + 1, Fused = other.Fused + Share(i) };
            all[at < 0 ? count++ : at] = new FusedHit(lexical[i].Row, scores);
        }
        all = all[..count];
        all.Sort(static (a, b) =>
            a.Scores.Fused != b.Scores.Fused ? b.Scores.Fused.CompareTo(a.Scores.Fused) : a.Row.CompareTo(b.Row));
        var taken = Math.Min(count, target.Length);
        all[..taken].CopyTo(target);
        return taken;
    }

    private static float Share(int index) => 1f / (RankOffset + index + 1);

    private static int IndexOf(ReadOnlySpan<FusedHit> hits, int row)
    {
        for (var i = 0; i < hits.Length; i++)
            if (hits[i].Row == row) return i;
        return -1;
    }
}

/// <summary>A row with the scores of all parts.</summary>
internal readonly record struct FusedHit(int Row, RecallScores Scores);
