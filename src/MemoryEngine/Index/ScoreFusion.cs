using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// Two rankings made one by a weighted sum of their scores, each brought to 0..1 first (convex combination; Bruch, Gai and
/// Ingber 2023). The last of a
/// list of vectors gets nothing, and so does who is not on it. Unlike ranks,
/// scores tell how far the first is ahead of the rest, so a weak part cannot push down what a strong one is sure of.
/// </summary>
internal static class ScoreFusion
{
    /// <summary>
    /// The vector's share. On CACM anything from 0.3 to 0.5 is better than either part by MAP and nDCG, with a good vector and
    /// with a poor one; more would lose known items, which words find best.
    /// </summary>
    private const float VectorShare = 0.4f;

    /// <summary>Fuses two rankings, best first, into at most <c>target.Length</c> rows; returns how many.</summary>
    public static int Fuse(ReadOnlySpan<Hit> vector, ReadOnlySpan<Hit> lexical, Span<FusedHit> target)
    {
        var pooled = ArrayPool<FusedHit>.Shared.Rent(vector.Length + lexical.Length);
        var all = pooled.AsSpan(0, vector.Length + lexical.Length);
        var count = 0;
        // Where one part alone answered, its order stands.
        var vectorShare = lexical.IsEmpty ? 1f : VectorShare;
        var lexicalShare = vector.IsEmpty ? 1f : 1f - VectorShare;
        var floor = vector.IsEmpty ? 0f : vector[^1].Score;
        for (var i = 0; i < vector.Length; i++)
        {
            var span = vector[0].Score - floor;
            // All alike, all at the top.
            var fused = vectorShare * (span > 0f && float.IsFinite(span) ? (vector[i].Score - floor) / span : 1f);
            all[count++] = new FusedHit(vector[i].Row, new RecallScores(vector[i].Score, i + 1, null, null, fused));
        }
        for (var i = 0; i < lexical.Length; i++)
        {
            var at = IndexOf(all[..vector.Length], lexical[i].Row);
            var other = at < 0 ? default : all[at].Scores;
            var fused = other.Fused + (lexicalShare * lexical[i].Score / lexical[0].Score);
            all[at < 0 ? count++ : at] =
                new FusedHit(lexical[i].Row, other with { Bm25 = lexical[i].Score, Bm25Rank = i + 1, Fused = fused });
        }
        all = all[..count];
        all.Sort(static (a, b) =>
            a.Scores.Fused != b.Scores.Fused ? b.Scores.Fused.CompareTo(a.Scores.Fused) : a.Row.CompareTo(b.Row));
        var taken = Math.Min(count, target.Length);
        all[..taken].CopyTo(target);
        ArrayPool<FusedHit>.Shared.Return(pooled);
        return taken;
    }

    private static int IndexOf(ReadOnlySpan<FusedHit> hits, int row)
    {
        for (var i = 0; i < hits.Length; i++)
            if (hits[i].Row == row) return i;
        return -1;
    }
}

/// <summary>A row with the scores of all parts.</summary>
internal readonly record struct FusedHit(int Row, RecallScores Scores);
