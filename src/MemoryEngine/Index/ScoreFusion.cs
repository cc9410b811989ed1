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
    /// <remarks>A row stands once in each ranking. Ties go to the older row.</remarks>
    public static int Fuse(ReadOnlySpan<Hit> vector, ReadOnlySpan<Hit> lexical, Span<FusedHit> target)
    {
        var room = vector.Length + lexical.Length;
        var (pooled, keys, places) =
            (ArrayPool<FusedHit>.Shared.Rent(room), ArrayPool<ulong>.Shared.Rent(room), ArrayPool<int>.Shared.Rent(room));
        var all = pooled.AsSpan(0, room);
        // Where one part alone answered, its order stands.
        AddVectors(vector, lexical.IsEmpty ? 1f : VectorShare, all);
        var count = AddWords(lexical, vector.IsEmpty ? 1f : 1f - VectorShare, all, vector.Length, keys, places);
        for (var i = 0; i < count; i++) (keys[i], places[i]) = (Key(all[i]), i);
        keys.AsSpan(0, count).Sort(places.AsSpan(0, count));
        var taken = Math.Min(count, target.Length);
        for (var i = 0; i < taken; i++) target[i] = all[places[i]];
        ArrayPool<int>.Shared.Return(places);
        ArrayPool<ulong>.Shared.Return(keys);
        ArrayPool<FusedHit>.Shared.Return(pooled);
        return taken;
    }

    private static void AddVectors(ReadOnlySpan<Hit> vector, float share, Span<FusedHit> all)
    {
        var floor = vector.IsEmpty ? 0f : vector[^1].Score;
        for (var i = 0; i < vector.Length; i++)
        {
            var span = vector[0].Score - floor;
            // All alike, all at the top.
            var fused = share * (span > 0f && float.IsFinite(span) ? (vector[i].Score - floor) / span : 1f);
            all[i] = new FusedHit(vector[i].Row, new RecallScores(vector[i].Score, i + 1, null, null, fused));
        }
    }

    // The rows that vectors found lie in front, and are looked up by halves among their sorted numbers; returns how many rows there are.
    private static int AddWords(ReadOnlySpan<Hit> lexical, float share, Span<FusedHit> all, int count, Span<ulong> keys, Span<int> places)
    {
        var found = keys[..count];
        for (var i = 0; i < found.Length; i++) (found[i], places[i]) = ((ulong)all[i].Row, i);
        found.Sort(places[..found.Length]);
        for (var i = 0; i < lexical.Length; i++)
        {
            var known = found.BinarySearch((ulong)lexical[i].Row);
            var at = known < 0 ? count++ : places[known];
            var other = known < 0 ? default : all[at].Scores;
            var fused = other.Fused + (share * lexical[i].Score / lexical[0].Score);
            all[at] = new FusedHit(lexical[i].Row, other with { Bm25 = lexical[i].Score, Bm25Rank = i + 1, Fused = fused });
        }
        return count;
    }

    // Ascending, it puts the best first and of equals the older. Scores are not negative, and the bits of such floats are in their order.
    private static ulong Key(in FusedHit hit) => ((ulong)~BitConverter.SingleToUInt32Bits(hit.Scores.Fused) << 32) | (uint)hit.Row;
}

/// <summary>A row with the scores of all parts.</summary>
internal readonly record struct FusedHit(int Row, RecallScores Scores);
