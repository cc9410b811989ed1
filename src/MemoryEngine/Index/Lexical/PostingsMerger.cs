namespace MemoryEngine.Index;

/// <summary>The terms of a part of the index, ascending, each with its postings; what a segment is written from.</summary>
internal interface IPostingSource
{
    /// <summary>The row of the pool that the source counts from.</summary>
    int FirstRow { get; }

    /// <summary>The present term.</summary>
    ulong Term { get; }

    /// <summary>The most postings that the present term may have.</summary>
    int MostPostings { get; }

    /// <summary>Goes to the next term; false behind the last.</summary>
    bool MoveNext();

    /// <summary>Reads the postings of the present term; returns how many there are.</summary>
    int Read(Span<int> rows, Span<int> frequencies);
}

/// <summary>The terms of a segment.</summary>
internal sealed class SegmentTerms(SegmentPostings segment) : IPostingSource
{
    private long _next;
    private SegmentList _list;

    public int FirstRow => segment.FirstRow;

    public ulong Term { get; private set; }

    public int MostPostings => _list.Count;

    public bool MoveNext()
    {
        if (_next == segment.TermCount) return false;
        var term = segment.TermAt(_next);
        if (_next > 0 && term <= Term) throw new InvalidDataException($"Term {term:x} follows term {Term:x}.");
        (Term, _list) = (term, segment.ListOf(_next++));
        return true;
    }

    public int Read(Span<int> rows, Span<int> frequencies)
    {
        _list.ReadAll(rows, frequencies);
        return _list.Count;
    }
}

/// <summary>The terms of the rows in memory from one on.</summary>
/// <param name="index">The words of the rows in memory.</param>
/// <param name="first">The first row, as the index counts them, that is read.</param>
/// <param name="firstRow">The row of the pool that row 0 of the index is.</param>
internal sealed class MemtableTerms(LexicalIndex index, int first, int firstRow) : IPostingSource
{
    private readonly ulong[] _terms = index.TermsFrom(first);
    private int _next;

    public int FirstRow => firstRow;

    public ulong Term { get; private set; }

    public int MostPostings => index.Postings(Term).Read().MostPostings;

    public bool MoveNext()
    {
        if (_next == _terms.Length) return false;
        Term = _terms[_next++];
        return true;
    }

    public int Read(Span<int> rows, Span<int> frequencies)
    {
        var count = 0;
        for (var cursor = index.Postings(Term).Read(); cursor.MoveNext();)
            if (cursor.Document >= first) (rows[count], frequencies[count++]) = (cursor.Document, cursor.Frequency);
        return count;
    }
}

/// <summary>Merges the words of several parts, term by term: in memory is one list at a time.</summary>
internal static class PostingsMerger
{
    /// <param name="sources">The parts, in the order of their rows, which do not overlap.</param>
    /// <param name="firstRow">The row of the pool that the merged segment begins with.</param>
    /// <param name="isErased">Rows of the pool of which nothing is kept.</param>
    /// <param name="writer">Gets the terms; the caller finishes it.</param>
    public static void Merge(IReadOnlyList<IPostingSource> sources, int firstRow, Func<int, bool> isErased, PostingsWriter writer)
    {
        var queue = new PriorityQueue<int, (ulong Term, int Source)>(sources.Count);
        for (var i = 0; i < sources.Count; i++) if (sources[i].MoveNext()) queue.Enqueue(i, (sources[i].Term, i));
        var postings = new PostingBuffer(PostingBlock.Size);
        while (queue.Count > 0)
        {
            postings.Clear();
            var term = sources[queue.Peek()].Term;
            while (queue.TryPeek(out var i, out var at) && at.Term == term)
            {
                var source = sources[i];
                var start = postings.Reserve(source.MostPostings);
                var count = source.Read(postings.Rows[start..], postings.Frequencies[start..]);
                Keep(ref postings, start, count, source.FirstRow, firstRow, isErased);
                if (source.MoveNext()) queue.DequeueEnqueue(i, (source.Term, i));
                else queue.Dequeue();
            }
            if (postings.Count > 0) writer.Add(term, postings.Rows[..postings.Count], postings.Frequencies[..postings.Count]);
        }
        postings.Dispose();
    }

    private static void Keep(scoped ref PostingBuffer postings, int start, int count, int sourceFirst, int mergedFirst, Func<int, bool> isErased)
    {
        var rows = postings.Rows;
        var frequencies = postings.Frequencies;
        var kept = start;
        for (var i = start; i < start + count; i++)
        {
            var row = sourceFirst + rows[i];
            if (isErased(row)) continue;
            (rows[kept], frequencies[kept]) = (row - mergedFirst, frequencies[i]);
            kept++;
        }
        postings.Take(kept - start);
    }
}
