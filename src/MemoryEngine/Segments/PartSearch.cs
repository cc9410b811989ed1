using System.Buffers;
using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>A search through all parts of a pool.</summary>
internal static class PartSearch
{
    /// <summary>Candidates that a walk through a graph keeps.</summary>
    private const int Ef = 96;

    /// <summary>Finds the nearest vectors of a space, exactly in memory and where there is no graph.</summary>
    public static void Vectors(SearchParts parts, SpaceEntry space, scoped ReadOnlySpan<float> query, in QueryRows rows, ref TopHits hits)
    {
        var dimension = space.Space.Dimension;
        Span<float> prepared = dimension <= 1024 ? stackalloc float[dimension] : new float[dimension];
        VectorColumn.Prepare(query, space.Space.Metric, prepared);
        foreach (var segment in parts.Segments) segment.Vectors(space.Id)?.Search(prepared, rows.Match, Math.Max(Ef, hits.Room), ref hits);
        foreach (var mended in parts.Mended) mended.Rows.Column(space.Id)?.Search(prepared, rows.Match, ref hits);
        foreach (var memtable in parts.Memtables) memtable.Column(space.Id)?.Search(prepared, rows.Match, ref hits);
    }

    /// <summary>Finds the rows that match words best.</summary>
    public static void Words(SearchParts parts, in LexicalQuery query, in QueryRows rows, LiveRows live, ref TopHits hits)
    {
        var segments = ArrayPool<SegmentPostings>.Shared.Rent(parts.Segments.Length);
        for (var i = 0; i < parts.Segments.Length; i++) segments[i] = parts.Segments[i].Words;
        var memory = ArrayPool<WordsInMemory>.Shared.Rent(parts.Mended.Length + parts.Memtables.Length);
        var count = 0;
        foreach (var mended in parts.Mended) memory[count++] = InMemory(mended.Rows, Math.Min(rows.RowCount, mended.EndRow));
        for (var i = 0; i < parts.Memtables.Length; i++)
        {
            var end = i + 1 < parts.Memtables.Length ? parts.Memtables[i + 1].FirstRow : rows.RowCount;
            memory[count++] = InMemory(parts.Memtables[i], Math.Min(rows.RowCount, end));
        }
        var view = new LexicalView(new LiveRowBits(rows.Live, rows.LiveInChunk), new RowBits(rows.Match), live.Count, live.Length);
        try
        {
            LexicalSearch.Search(new LexicalParts(segments.AsSpan(0, parts.Segments.Length), memory.AsSpan(0, count)), query, view, ref hits);
        }
        catch (InvalidDataException e)
        {
            // Right checksums over what no engine writes.
            throw new CorruptionException(Path.GetDirectoryName(parts.Segments[0].Path)!, 0, "words of segments", e.Message);
        }
        ArrayPool<SegmentPostings>.Shared.Return(segments, clearArray: true);
        ArrayPool<WordsInMemory>.Shared.Return(memory, clearArray: true);
    }

    private static WordsInMemory InMemory(Memtable memtable, int end) =>
        new(memtable.Words, memtable.FirstRow, Math.Max(0, end - memtable.FirstRow));
}
