namespace MemoryEngine.Index;

/// <summary>The words of a pool: those of its segments, and behind them those of the newest rows, in memory.</summary>
/// <param name="segments">The segments, in any order; their rows do not overlap.</param>
/// <param name="memtable">The words of the newest rows, counted from 0; null for none.</param>
/// <param name="memtableFirst">The row of the pool that its first row is.</param>
/// <param name="memtableRows">How many of its rows are looked at; those added since are not.</param>
internal readonly ref struct LexicalParts(
    ReadOnlySpan<SegmentPostings> segments, LexicalIndex? memtable = null, int memtableFirst = 0, int memtableRows = 0)
{
    public readonly ReadOnlySpan<SegmentPostings> Segments = segments;
    public readonly LexicalIndex? Memtable = memtable;
    public readonly int MemtableFirst = memtableFirst;
    public readonly int MemtableRows = memtableRows;
}

/// <summary>The rows that a search sees.</summary>
/// <param name="live">The live ones: document frequencies and the mean length are theirs, whatever the filters.</param>
/// <param name="match">Those of them that may be found.</param>
/// <param name="liveCount">How many are live.</param>
/// <param name="liveLength">The sum of their lengths.</param>
internal readonly ref struct LexicalView(LiveRows live, RowBits match, long liveCount, long liveLength)
{
    public readonly LiveRows Live = live;
    public readonly RowBits Match = match;
    public readonly long LiveCount = liveCount;
    public readonly long LiveLength = liveLength;
}
