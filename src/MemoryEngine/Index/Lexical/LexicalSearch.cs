using System.Buffers;

namespace MemoryEngine.Index;

/// <summary>
/// BM25 over all parts of a pool's words. First every term is
/// found in every part and its live rows are counted; then each part is scored against the best of those before. Nothing is
/// allocated but pooled arrays.
/// </summary>
internal unsafe ref struct LexicalSearch
{
    /// <summary>Scores stay below two to this, in units.</summary>
    private const int ScoreBits = 30;

    /// <summary>Short lists are mostly much shorter.</summary>
    private const int PostingsPerTerm = 32;

    private readonly LexicalParts _parts;
    private readonly LexicalQuery _query;
    private readonly LexicalView _view;
    private readonly int _terms;
    private readonly TermCursor[] _cursors;
    private readonly long[] _places;
    private readonly SegmentList[] _lists;
    private readonly long[] _holding;
    private readonly float[] _gains;
    private readonly float[] _ranks;
    private readonly int[] _order;
    private PostingBuffer _postings;

    private LexicalSearch(scoped in LexicalParts parts, scoped in LexicalQuery query, scoped in LexicalView view)
    {
        _parts = parts;
        _view = view;
        (_query, _terms) = (query, query.Terms.Length);
        // A row for each part, and one in which they are brought into order.
        _cursors = ArrayPool<TermCursor>.Shared.Rent((parts.Count + 1) * _terms);
        _places = ArrayPool<long>.Shared.Rent(_terms);
        _lists = ArrayPool<SegmentList>.Shared.Rent(_terms);
        _holding = ArrayPool<long>.Shared.Rent(_terms);
        _gains = ArrayPool<float>.Shared.Rent(_terms);
        _ranks = ArrayPool<float>.Shared.Rent(_terms);
        _order = ArrayPool<int>.Shared.Rent(_terms);
        _postings = new PostingBuffer(PostingsPerTerm * _terms);
        _cursors.AsSpan(0, (parts.Count + 1) * _terms).Clear();
        _holding.AsSpan(0, _terms).Clear();
    }

    /// <summary>Finds the rows with the best scores; ties go to the older row.</summary>
    /// <param name="parts">The words.</param>
    /// <param name="query">The terms and their weights, above zero.</param>
    /// <param name="view">What is live, and what may be found.</param>
    /// <param name="hits">Gets the best: rows of the pool, and their scores.</param>
    /// <param name="prunes">False: every posting is added up, with the same result; for comparison.</param>
    /// <exception cref="CorruptionException">Bytes of a segment are not those that were written.</exception>
    /// <exception cref="InvalidDataException">Bytes of a segment are not those of postings.</exception>
    public static void Search(in LexicalParts parts, in LexicalQuery query, in LexicalView view, ref TopHits hits, bool prunes = true)
    {
        if (view.LiveCount == 0 || query.Terms.IsEmpty) return;
        var search = new LexicalSearch(parts, query, view);
        try
        {
            search.Find();
            if (search.Weigh() is { } unit) search.Score(unit, prunes, ref hits);
        }
        finally
        {
            search.Dispose();
        }
    }

    /// <summary>How many live rows have a term.</summary>
    public static long DocumentFrequency(in LexicalParts parts, ulong term, in LiveRowBits live)
    {
        var count = 0L;
        foreach (var segment in parts.Segments)
            if (segment.TryFind(term, out var list)) count += list.CountLive(live, segment.FirstRow);
        foreach (var (index, firstRow, rows) in parts.Memtables)
        {
            if (index.Find(term) is not { } postings) continue;
            for (var cursor = postings.Read(); cursor.MoveNext() && cursor.Document < rows;)
                count += live.Has(firstRow + cursor.Document) ? 1 : 0;
        }
        return count;
    }

    private readonly Span<TermCursor> CursorsOf(int part) => _cursors.AsSpan(part * _terms, _terms);

    private void Find()
    {
        for (var part = 0; part < _parts.Segments.Length; part++)
        {
            var segment = _parts.Segments[part];
            var liveness = _view.Live.Of(segment.FirstRow, segment.FirstRow + segment.Rows - 1);
            if (liveness == Liveness.None) continue;
            var cursors = CursorsOf(part);
            segment.Find(_query.Terms, _places, _lists);
            for (var t = 0; t < _terms; t++)
                if (_lists[t].Count > 0) _holding[t] += Open(ref cursors[t], _lists[t], segment.FirstRow, liveness == Liveness.All);
        }
        for (var part = _parts.Segments.Length; part < _parts.Count; part++)
        {
            var memtable = _parts.Memtables[part - _parts.Segments.Length];
            var cursors = CursorsOf(part);
            for (var t = 0; t < _terms; t++)
                if (memtable.Index.Find(_query.Terms[t]) is { } list) _holding[t] += Open(ref cursors[t], list, memtable);
        }
    }

    private int Open(ref TermCursor cursor, in SegmentList list, int firstRow, bool isAllLive)
    {
        cursor.List = list;
        (cursor.RowsOf, cursor.UnitsOf) = (-1, -1);
        if (!cursor.IsShort) return isAllLive ? list.Count : list.CountLive(_view.Live, firstRow);
        cursor.Slot = _postings.Reserve(list.Count);
        var rows = _postings.Rows.Slice(cursor.Slot, list.Count);
        list.ReadShort(rows, _postings.Frequencies.Slice(cursor.Slot, list.Count));
        _postings.Take(list.Count);
        cursor.Count = list.Count;
        return isAllLive ? list.Count : _view.Live.CountOf(rows, firstRow);
    }

    private int Open(ref TermCursor cursor, PostingList list, in WordsInMemory memtable)
    {
        var read = list.Read();
        cursor.Slot = _postings.Reserve(read.MostPostings);
        var rows = _postings.Rows[cursor.Slot..];
        var frequencies = _postings.Frequencies[cursor.Slot..];
        while (read.MoveNext() && read.Document < memtable.Rows)
            (rows[cursor.Count], frequencies[cursor.Count++]) = (read.Document, read.Frequency);
        _postings.Take(cursor.Count);
        return _view.Live.CountOf(rows[..cursor.Count], memtable.FirstRow);
    }

    // Works out what a posting of each term adds at most, in units, and the order of the terms; returns what a unit is worth.
    private readonly float? Weigh()
    {
        var sum = 0.0;
        for (var t = 0; t < _terms; t++)
        {
            var idf = Bm25.Idf(_view.LiveCount, _holding[t]);
            _gains[t] = _holding[t] == 0 ? 0f : _query.Weights[t] * idf * (LexicalIndex.K1 + 1f);
            sum += _gains[t];
        }
        if (!(sum > 0) || !double.IsFinite(sum)) return null;
        // Powers of two, so that a unit is exact.
        var exponent = Math.Clamp(ScoreBits - 1 - Math.ILogB(sum), -100, 100);
        for (var t = 0; t < _terms; t++)
        {
            _gains[t] = MathF.ScaleB(_gains[t], exponent);
            // Those first that add little for what walking them costs.
            (_order[t], _ranks[t]) = (t, _gains[t] / Math.Max(1, _holding[t]));
        }
        _ranks.AsSpan(0, _terms).Sort(_order.AsSpan(0, _terms));
        return MathF.ScaleB(1f, -exponent);
    }

    private void Score(float unit, bool prunes, ref TopHits hits)
    {
        var bm25 = new Bm25(Math.Max(1f, (float)_view.LiveLength / _view.LiveCount));
        _postings.Reserve(PostingBlock.Size * _terms);
        var window = ArrayPool<int>.Shared.Rent((3 * WindowScorer.WindowRows) + (2 * PostingBlock.Size));
        window.AsSpan(0, WindowScorer.WindowRows).Clear();
        fixed (int* rows = _postings.Rows)
        fixed (int* units = _postings.Frequencies)
        fixed (int* sums = window)
        {
            var memory = new SearchMemory
            {
                Rows = rows,
                Units = units,
                BlockRows = sums + (3 * WindowScorer.WindowRows),
                BlockUnits = sums + (3 * WindowScorer.WindowRows) + PostingBlock.Size,
                Sums = sums,
                Candidates = sums + WindowScorer.WindowRows,
                Matches = sums + (2 * WindowScorer.WindowRows),
            };
            var scorer = new WindowScorer(memory, bm25, unit, _view.Match) { Prunes = prunes };
            for (var part = 0; part < _parts.Segments.Length; part++)
            {
                var segment = _parts.Segments[part];
                var lengths = segment.LengthsPointer;
                scorer.Score(Prepare(part, memory, bm25, lengths), segment.FirstRow, segment.Rows, lengths, ref hits);
            }
            for (var i = 0; i < _parts.Memtables.Length; i++) ScoreMemtable(i, scorer, memory, bm25, ref hits);
        }
        ArrayPool<int>.Shared.Return(window);
    }

    private readonly void ScoreMemtable(
        int i, scoped in WindowScorer scorer, scoped in SearchMemory memory, scoped in Bm25 bm25, ref TopHits hits)
    {
        var (index, firstRow, rows) = _parts.Memtables[i];
        if (rows == 0) return;
        var lengths = ArrayPool<int>.Shared.Rent(rows);
        for (var row = 0; row < rows; row++) lengths[row] = index.Length(row);
        fixed (int* pinned = lengths)
        {
            var cursors = Prepare(_parts.Segments.Length + i, memory, bm25, pinned);
            scorer.Score(cursors, firstRow, rows, pinned, ref hits);
        }
        ArrayPool<int>.Shared.Return(lengths);
    }

    // The cursors of a part that has any, in order, their short lists worked out.
    private readonly Span<TermCursor> Prepare(int part, scoped in SearchMemory memory, scoped in Bm25 bm25, int* lengths)
    {
        var found = CursorsOf(part);
        var ordered = CursorsOf(_parts.Count);
        var (count, slot) = (0, _postings.Count);
        foreach (var t in _order.AsSpan(0, _terms))
        {
            ref var cursor = ref found[t];
            if (_gains[t] <= 0 || (cursor.IsShort && cursor.Count == 0)) continue;
            cursor.Gain = _gains[t];
            if (cursor.IsShort)
            {
                var units = memory.Units + cursor.Slot;
                bm25.ToUnits(cursor.Gain, memory.Rows + cursor.Slot, lengths, units, cursor.Count);
                for (var i = 0; i < cursor.Count; i++) cursor.MostUnits = Math.Max(cursor.MostUnits, units[i]);
            }
            else
            {
                cursor.Slot = slot;
                slot += PostingBlock.Size;
            }
            ordered[count++] = cursor;
        }
        return ordered[..count];
    }

    private readonly void Dispose()
    {
        _postings.Dispose();
        ArrayPool<int>.Shared.Return(_order);
        ArrayPool<float>.Shared.Return(_ranks);
        ArrayPool<float>.Shared.Return(_gains);
        ArrayPool<long>.Shared.Return(_holding);
        ArrayPool<SegmentList>.Shared.Return(_lists);
        ArrayPool<long>.Shared.Return(_places);
        ArrayPool<TermCursor>.Shared.Return(_cursors);
    }
}
