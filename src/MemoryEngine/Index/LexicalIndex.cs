using System.Buffers;
using System.Collections.Concurrent;

namespace MemoryEngine.Index;

/// <summary>
/// BM25 (Robertson and Zaragoza 2009) over weighted fields. Document frequencies and the mean length are counted over
/// the rows that are live in the reader's view, so a score depends on what the pool holds, not on how it got there;
/// filters do not change it.
/// </summary>
internal sealed class LexicalIndex
{
    /// <summary>How fast repetition saturates; with <see cref="B"/>, what plain BM25 does best with on CACM.</summary>
    private const float K1 = 0.9f;

    /// <summary>How much a long document is held against itself.</summary>
    private const float B = 0.4f;

    private readonly ConcurrentDictionary<ulong, PostingList> _postings = new(concurrencyLevel: 1, capacity: 1024);
    private readonly AppendOnlyList<int> _lengths = new();

    /// <summary>The weighted length of a row, in terms.</summary>
    public int Length(int row) => _lengths[row];

    /// <summary>Adds the next row; one writer, rows in order.</summary>
    public void Add(int row, in TermCounts document)
    {
        for (var i = 0; i < document.Terms.Length; i++)
        {
            if (!_postings.TryGetValue(document.Terms[i], out var list))
                _postings[document.Terms[i]] = list = new PostingList();
            list.Add(row, document.Counts[i]);
        }
        _lengths.Add(document.Length);
    }

    /// <summary>Scores the rows that hold any term of the query; the best go to <paramref name="hits"/>.</summary>
    /// <param name="query">The query's terms.</param>
    /// <param name="filter">What is live, and what may be answered.</param>
    /// <param name="rowCount">Rows from here on are not looked at.</param>
    /// <param name="liveCount">Live rows.</param>
    /// <param name="liveLength">The sum of their lengths.</param>
    /// <param name="hits">Gets the best.</param>
    public void Search<TFilter>(
        in TermCounts query, TFilter filter, int rowCount, long liveCount, long liveLength, ref TopHits hits)
        where TFilter : IRowFilter
    {
        if (liveCount == 0 || rowCount == 0) return;
        var meanLength = Math.Max(1f, (float)liveLength / liveCount);
        var scores = ArrayPool<float>.Shared.Rent(rowCount);
        var touched = ArrayPool<int>.Shared.Rent(1024);
        scores.AsSpan(0, rowCount).Clear();
        var touchedCount = 0;
        for (var t = 0; t < query.Terms.Length; t++)
        {
            if (!_postings.TryGetValue(query.Terms[t], out var list)) continue;
            var frequency = 0;
            for (var cursor = list.Read(); cursor.MoveNext() && cursor.Document < rowCount;)
                if (filter.IsLive(cursor.Document)) frequency++;
            if (frequency == 0) continue;
            var idf = MathF.Log(1f + ((liveCount - frequency + 0.5f) / (frequency + 0.5f)));
            for (var cursor = list.Read(); cursor.MoveNext() && cursor.Document < rowCount;)
            {
                var row = cursor.Document;
                if (scores[row] == 0f)
                {
                    if (!filter.IsLive(row)) continue;
                    if (touchedCount == touched.Length) touched = Grow(touched);
                    touched[touchedCount++] = row;
                }
                var normalised = K1 * (1f - B + (B * _lengths[row] / meanLength));
                scores[row] += idf * cursor.Frequency * (K1 + 1f) / (cursor.Frequency + normalised);
            }
        }
        foreach (var row in touched.AsSpan(0, touchedCount))
            if (filter.Matches(row)) hits.Add(row, scores[row]);
        ArrayPool<int>.Shared.Return(touched);
        ArrayPool<float>.Shared.Return(scores);
    }

    private static int[] Grow(int[] array)
    {
        var grown = ArrayPool<int>.Shared.Rent(array.Length * 2);
        array.CopyTo(grown, 0);
        ArrayPool<int>.Shared.Return(array);
        return grown;
    }
}
