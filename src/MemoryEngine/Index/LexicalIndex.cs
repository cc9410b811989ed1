using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// BM25 (Robertson and Zaragoza 2009) over weighted fields. Document frequencies and the mean length are counted over
/// the rows that are live in the reader's view, so a score depends on what the pool holds, not on how it got there;
/// filters do not change it.
/// </summary>
internal sealed class LexicalIndex : ITermSet
{
    /// <summary>How fast repetition saturates. Between 1.2 and 1.5 it matters little on CACM; 0.9 costs a hundredth of MAP.</summary>
    private const float K1 = 1.2f;

    /// <summary>How much a long document is held against itself. From 0.4 to 0.75 it matters little.</summary>
    private const float B = 0.5f;

    private readonly TermTable _postings = new();
    private readonly AppendOnlyList<int> _lengths = new();

    /// <summary>The weighted length of a row, in terms.</summary>
    public int Length(int row) => _lengths[row];

    /// <summary>Whether any row has a term, live or not.</summary>
    public bool Contains(ulong term) => _postings.Find(term) is not null;

    /// <summary>Adds the next row; one writer, rows in order.</summary>
    public void Add(int row, in TermCounts document)
    {
        for (var i = 0; i < document.Terms.Length; i++)
        {
            var list = _postings.Find(document.Terms[i]);
            if (list is null) _postings.Add(document.Terms[i], list = new PostingList());
            list.Add(row, document.Counts[i]);
        }
        _lengths.Add(document.Length);
    }

    /// <summary>Adds the lengths of the next rows, which have no terms.</summary>
    public void AddLengths(int length, int rows) => _lengths.AddMany(length, rows);

    /// <summary>Adds the length of the next row, whose postings come by <see cref="TryAppend"/>.</summary>
    public void AddLength(int length) => _lengths.Add(length);

    /// <summary>Adds postings of a term that a segment kept; see <see cref="PostingList.TryAppend"/>.</summary>
    public bool TryAppend(ulong term, int first, int rows, ReadOnlySpan<byte> encoded)
    {
        if (_postings.Find(term) is { } list) return list.TryAppend(first, rows, encoded);
        list = new PostingList(encoded.Length + PostingList.MostBytes);
        if (!list.TryAppend(first, rows, encoded)) return false;
        _postings.Add(term, list);
        return true;
    }

    /// <summary>The terms of the rows from one on, ascending; for the writer.</summary>
    public ulong[] TermsFrom(int row)
    {
        var terms = new ulong[_postings.All().Count(p => p.List.LastDocument >= row)];
        var count = 0;
        foreach (var (term, list) in _postings.All()) if (list.LastDocument >= row) terms[count++] = term;
        Array.Sort(terms);
        return terms;
    }

    /// <summary>The postings of a term that some row has.</summary>
    public PostingList Postings(ulong term) => _postings.Find(term) ?? throw new KeyNotFoundException($"No row has term {term:x}.");

    /// <summary>Scores the rows that hold any term of the query; the best go to <paramref name="hits"/>.</summary>
    /// <param name="query">The terms and their weights.</param>
    /// <param name="marks">A mark for each row; rows beyond it are not looked at.</param>
    /// <param name="liveCount">Live rows.</param>
    /// <param name="liveLength">The sum of their lengths.</param>
    /// <param name="hits">Gets the best.</param>
    public void Search(in LexicalQuery query, ReadOnlySpan<RowMark> marks, long liveCount, long liveLength, ref TopHits hits)
    {
        if (liveCount == 0 || marks.IsEmpty) return;
        var meanLength = Math.Max(1f, (float)liveLength / liveCount);
        var scores = ArrayPool<float>.Shared.Rent(marks.Length);
        var rows = ArrayPool<int>.Shared.Rent(marks.Length);
        var frequencies = ArrayPool<int>.Shared.Rent(marks.Length);
        scores.AsSpan(0, marks.Length).Clear();
        for (var t = 0; t < query.Terms.Length; t++)
        {
            if (_postings.Find(query.Terms[t]) is not { } list) continue;
            var count = 0;
            for (var cursor = list.Read(); cursor.MoveNext() && cursor.Document < marks.Length;)
            {
                rows[count] = cursor.Document;
                frequencies[count] = cursor.Frequency;
                // Written always, counted when live: no branch to mispredict.
                count += (int)(marks[cursor.Document] & RowMark.Live);
            }
            if (count == 0) continue;
            // In single precision the idf of a term that ten million rows all have would be zero, as if none had it.
            var idf = (float)Math.Log(1 + ((liveCount - count + 0.5) / (count + 0.5)));
            var gain = query.Weights[t] * idf * (K1 + 1f);
            for (var i = 0; i < count; i++)
            {
                var frequency = (float)frequencies[i];
                var normalised = K1 * (1f - B + (B * _lengths[rows[i]] / meanLength));
                scores[rows[i]] += gain * frequency / (frequency + normalised);
            }
        }
        for (var row = 0; row < marks.Length; row++)
            if (scores[row] > 0f && marks[row].HasFlag(RowMark.Match)) hits.Add(row, scores[row]);
        ArrayPool<int>.Shared.Return(frequencies);
        ArrayPool<int>.Shared.Return(rows);
        ArrayPool<float>.Shared.Return(scores);
    }
}
