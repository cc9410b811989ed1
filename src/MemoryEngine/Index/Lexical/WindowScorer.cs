using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Index;

/// <summary>
/// Scores one part of the index, a window of rows after the other, with MaxScore (Turtle and Flood 1995) over block bounds:
/// terms that together could not lift a row among the best so far are not walked, only looked up for the rows that the others
/// leave in question. A window's sums lie in the first-level cache.
/// </summary>
internal unsafe ref struct WindowScorer
{
    public const int WindowRows = 8192;

    /// <summary>
    /// How much of the score to beat the terms that are only looked up may make up: with all of it, every row that any other
    /// term has would be in question.
    /// </summary>
    private const float LookedUpShare = 0.6f;

    /// <summary>With so few rows to find in a window each term is looked up for them.</summary>
    private const int FewMatches = 48;

    /// <summary>With more rows in question for each block than this, adding up the whole block is quicker.</summary>
    private const int LookUpsPerBlock = 8;

    private readonly SearchMemory _memory;
    private readonly Bm25 _bm25;
    private readonly float _unit;
    private readonly RowBits _match;

    /// <param name="memory">The cursors, slots and sums of the search.</param>
    /// <param name="bm25">The formula.</param>
    /// <param name="unit">What a unit is worth.</param>
    /// <param name="match">The rows of the pool that may be found.</param>
    public WindowScorer(scoped in SearchMemory memory, scoped in Bm25 bm25, float unit, RowBits match)
    {
        _memory = memory;
        _bm25 = bm25;
        _unit = unit;
        _match = match;
    }

    /// <summary>Without it every posting is added up: what the tests and the benchmark compare with.</summary>
    public bool Prunes { get; init; } = true;

    /// <summary>Scores a part.</summary>
    /// <param name="cursors">Its terms, those first whose bound is least for what they cost.</param>
    /// <param name="firstRow">Its first row in the pool.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="lengths">Their lengths.</param>
    /// <param name="hits">Gets the best, with those of other parts.</param>
    public readonly void Score(Span<TermCursor> cursors, int firstRow, int rows, int* lengths, ref TopHits hits)
    {
        for (var from = 0; from < rows; from += WindowRows)
        {
            var to = Math.Min(rows, from + WindowRows);
            var matches = CountMatches(firstRow + from, firstRow + to);
            if (matches > 0) ScoreWindow(new Window(from, to, firstRow, matches, lengths), cursors, ref hits);
        }
    }

    private readonly void ScoreWindow(in Window window, Span<TermCursor> cursors, ref TopHits hits)
    {
        var toBeat = ToBeat(hits);
        long all = 0;
        foreach (ref var cursor in cursors)
        {
            cursor.Enter(_memory.Rows, _bm25, window.From, window.To);
            all += cursor.WindowBound;
        }
        if (all < toBeat || all == 0) return;
        var (lookedUp, bound) = (0, 0L);
        var few = Prunes && window.Matches <= FewMatches;
        if (few) (lookedUp, bound) = (cursors.Length, all);
        else
        {
            var most = (long)(toBeat * LookedUpShare);
            while (lookedUp < cursors.Length && bound + cursors[lookedUp].WindowBound < most) bound += cursors[lookedUp++].WindowBound;
            foreach (ref var cursor in cursors[lookedUp..]) if (cursor.WindowBlocks > 0) AddUp(ref cursor, window);
        }
        var count = few ? ListMatches(window) : ListCandidates(window, Math.Max(1, toBeat - bound));
        for (var i = lookedUp - 1; i >= 0 && count > 0; i--)
        {
            ref var cursor = ref cursors[i];
            if (cursor.WindowBlocks == 0) continue;
            if (count > LookUpsPerBlock * cursor.WindowBlocks && !few) AddUp(ref cursor, window);
            else LookUp(ref cursor, window, count);
            bound -= cursor.WindowBound;
            count = Keep(count, toBeat - bound);
        }
        for (var i = 0; i < count; i++)
        {
            var row = _memory.Candidates[i];
            if (_memory.Sums[row] > 0) hits.Add(window.FirstRow + window.From + row, _memory.Sums[row] * _unit);
        }
        if (few) for (var i = 0; i < window.Matches; i++) _memory.Sums[_memory.Matches[i]] = 0;
        else new Span<int>(_memory.Sums, window.To - window.From).Clear();
    }

    // Units that a row needs; a little less than exactly, for a float cannot tell neighbours among large scores apart.
    private readonly long ToBeat(in TopHits hits) =>
        Prunes && hits.Threshold > 0 ? Math.Max(0, (long)((double)hits.Threshold / _unit) - 64) : 0;

    private readonly void AddUp(ref TermCursor cursor, in Window window)
    {
        if (cursor.IsShort)
        {
            AddSlot(ref cursor, window);
            return;
        }
        for (; cursor.Block < cursor.List.BlockCount; cursor.Block++)
        {
            if (cursor.RowsOf != cursor.Block && cursor.List.Entry(cursor.Block).LastRow < (uint)window.To) AddBlock(cursor, window);
            else
            {
                // No other window wants the blocks before; this one the next may, so it stays in its slot.
                ReadUnits(ref cursor, window.Lengths);
                AddSlot(ref cursor, window);
                if (cursor.At < cursor.Count) return;
            }
        }
    }

    // What is left of the slot, up to the window's end.
    private readonly void AddSlot(ref TermCursor cursor, in Window window)
    {
        var rows = _memory.Rows + cursor.Slot;
        var end = cursor.Count;
        if (rows[end - 1] >= window.To) end = FirstFrom(rows, cursor.At, end, window.To);
        Add(rows, _memory.Units + cursor.Slot, cursor.At, end, window);
        cursor.At = end;
    }

    // A block that ends in the window and is not needed again: it passes through memory that stays in the first-level cache.
    private readonly void AddBlock(in TermCursor cursor, in Window window)
    {
        var rows = _memory.BlockRows;
        var units = _memory.BlockUnits;
        var count = cursor.List.ReadRows(cursor.Block, rows);
        cursor.List.ReadFrequencies(cursor.Block, units);
        _bm25.ToUnits(cursor.Gain, rows, window.Lengths, units, count);
        Add(rows, units, 0, count, window);
    }

    private readonly void Add(int* rows, int* units, int at, int end, in Window window)
    {
        var sums = _memory.Sums - window.From;
        while (at < end && rows[at] < window.From) at++;
        for (; at <= end - 4; at += 4)
        {
            sums[rows[at]] += units[at];
            sums[rows[at + 1]] += units[at + 1];
            sums[rows[at + 2]] += units[at + 2];
            sums[rows[at + 3]] += units[at + 3];
        }
        for (; at < end; at++) sums[rows[at]] += units[at];
    }

    private readonly void LookUp(ref TermCursor cursor, in Window window, int count)
    {
        var rows = _memory.Rows + cursor.Slot;
        for (var i = 0; i < count; i++)
        {
            var candidate = _memory.Candidates[i];
            var row = window.From + candidate;
            if (!cursor.IsShort)
            {
                while (cursor.Block < cursor.List.BlockCount && cursor.List.Entry(cursor.Block).LastRow < (uint)row) cursor.Block++;
                if (cursor.Block == cursor.List.BlockCount) return;
                ReadRows(ref cursor);
            }
            cursor.At = FirstFrom(rows, cursor.At, cursor.Count, row);
            if (cursor.At == cursor.Count) return;
            if (rows[cursor.At] == row) _memory.Sums[candidate] += UnitsAt(ref cursor, row, window.Lengths);
        }
    }

    private readonly int UnitsAt(ref TermCursor cursor, int row, int* lengths)
    {
        if (cursor.IsShort || cursor.UnitsOf == cursor.Block) return _memory.Units[cursor.Slot + cursor.At];
        if (cursor.Count == PostingBlock.Size) return _bm25.Units(cursor.Gain, cursor.List.FrequencyAt(cursor.Block, cursor.At), lengths[row]);
        ReadUnits(ref cursor, lengths);
        return _memory.Units[cursor.Slot + cursor.At];
    }

    private readonly void ReadRows(ref TermCursor cursor)
    {
        if (cursor.RowsOf == cursor.Block) return;
        // Until it is read whole, the slot holds nothing.
        (cursor.RowsOf, cursor.UnitsOf, cursor.At, cursor.Count) = (-1, -1, 0, 0);
        cursor.Count = cursor.List.ReadRows(cursor.Block, _memory.Rows + cursor.Slot);
        cursor.RowsOf = cursor.Block;
    }

    private readonly void ReadUnits(ref TermCursor cursor, int* lengths)
    {
        ReadRows(ref cursor);
        if (cursor.UnitsOf == cursor.Block) return;
        cursor.List.ReadFrequencies(cursor.Block, _memory.Units + cursor.Slot);
        _bm25.ToUnits(cursor.Gain, _memory.Rows + cursor.Slot, lengths, _memory.Units + cursor.Slot, cursor.Count);
        cursor.UnitsOf = cursor.Block;
    }

    // The first of ascending rows that is not below one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstFrom(int* rows, int from, int to, int row)
    {
        // The next few first: candidates and postings often go in step.
        while (to - from > 8)
        {
            var middle = (from + to) >> 1;
            if (rows[middle] < row) from = middle + 1;
            else to = middle;
        }
        while (from < to && rows[from] < row) from++;
        return from;
    }

    private readonly int ListCandidates(in Window window, long least)
    {
        var (count, rows) = (0, window.To - window.From);
        if (least > int.MaxValue) return 0;
        var bar = Vector256.Create((int)least - 1);
        // The sums reach to a whole window, and are zero behind the rows.
        for (var row = 0; row < rows; row += Vector256<int>.Count)
        {
            var above = Vector256.GreaterThan(Vector256.Load(_memory.Sums + row), bar).ExtractMostSignificantBits();
            for (; above != 0; above &= above - 1)
            {
                var candidate = row + BitOperations.TrailingZeroCount(above);
                _memory.Candidates[count] = candidate;
                count += _match.Has(window.FirstRow + window.From + candidate) ? 1 : 0;
            }
        }
        return count;
    }

    private readonly int ListMatches(in Window window)
    {
        var count = 0;
        for (var row = 0; row < window.To - window.From; row++)
            if (_match.Has(window.FirstRow + window.From + row)) _memory.Candidates[count] = _memory.Matches[count++] = row;
        return count;
    }

    private readonly int Keep(int count, long least)
    {
        if (least <= 0) return count;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var candidate = _memory.Candidates[i];
            _memory.Candidates[kept] = candidate;
            kept += _memory.Sums[candidate] >= least ? 1 : 0;
        }
        return kept;
    }

    private readonly int CountMatches(int from, int to)
    {
        var count = 0;
        var words = _match.Words;
        var end = Math.Min(((to - 1) >> 6) + 1, words.Length);
        for (var word = from >> 6; word < end; word++)
        {
            var bits = words[word];
            if (word == from >> 6) bits &= ulong.MaxValue << from;
            if (word == (to - 1) >> 6) bits &= ulong.MaxValue >> (63 - ((to - 1) & 63));
            count += BitOperations.PopCount(bits);
        }
        return count;
    }

    /// <summary>The rows of a part from one to another.</summary>
    private readonly struct Window(int from, int to, int firstRow, int matches, int* lengths)
    {
        public readonly int From = from;
        public readonly int To = to;
        public readonly int FirstRow = firstRow;
        public readonly int Matches = matches;
        public readonly int* Lengths = lengths;
    }
}
