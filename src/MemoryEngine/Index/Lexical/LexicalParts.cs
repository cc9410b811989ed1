namespace MemoryEngine.Index;

/// <summary>The words of a pool: those of its segments, and those of rows in memory; no row is in two of them.</summary>
/// <param name="segments">The segments, in any order.</param>
/// <param name="memtables">The words in memory, in any order.</param>
internal readonly ref struct LexicalParts(ReadOnlySpan<SegmentPostings> segments, ReadOnlySpan<WordsInMemory> memtables = default)
{
    public readonly ReadOnlySpan<SegmentPostings> Segments = segments;
    public readonly ReadOnlySpan<WordsInMemory> Memtables = memtables;

    public int Count => Segments.Length + Memtables.Length;
}

/// <summary>The words of rows in memory.</summary>
/// <param name="Index">The words; rows are counted from 0.</param>
/// <param name="FirstRow">The row of the pool that its first row is.</param>
/// <param name="Rows">How many of its rows are looked at; those added since are not.</param>
internal readonly record struct WordsInMemory(LexicalIndex Index, int FirstRow, int Rows);

/// <summary>The rows that a search sees.</summary>
/// <param name="live">The live ones: document frequencies and the mean length are theirs, whatever the filters.</param>
/// <param name="match">Those of them that may be found.</param>
/// <param name="liveCount">How many are live.</param>
/// <param name="liveLength">The sum of their lengths.</param>
internal readonly ref struct LexicalView(LiveRowBits live, RowBits match, long liveCount, long liveLength)
{
    public readonly LiveRowBits Live = live;
    public readonly RowBits Match = match;
    public readonly long LiveCount = liveCount;
    public readonly long LiveLength = liveLength;
}
