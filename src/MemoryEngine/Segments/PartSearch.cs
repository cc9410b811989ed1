using System.Buffers;
using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>A search through all parts of a pool.</summary>
internal static class PartSearch
{
    /// <summary>
    /// Candidates that a walk through a graph keeps: with half as many one of 100,000 vectors found 0.907 of the ten nearest, with these 0.970.
    /// </summary>
    private const int Ef = 128;

    /// <summary>The same of a graph a quarter as large as another, or smaller, which has few of the nearest.</summary>
    private const int SmallEf = 64;

    /// <summary>Finds the nearest vectors of a space, exactly in memory and where there is no graph.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="space">The space.</param>
    /// <param name="query">The query as it is compared: of unit length for cosine.</param>
    /// <param name="rows">The rows that may be found.</param>
    /// <param name="plan">Gets how each part was searched.</param>
    /// <param name="hits">Gets the best.</param>
    public static void Vectors(
        SearchParts parts, SpaceEntry space, scoped ReadOnlySpan<float> query, in QueryRows rows, List<SearchStep>? plan, ref TopHits hits)
    {
        var rented = ArrayPool<Hit>.Shared.Rent(CodeCandidates.RoomFor(space.Space.Dimension, hits.Room));
        var candidates = new CodeCandidates(rented.AsSpan(0, CodeCandidates.RoomFor(space.Space.Dimension, hits.Room)));
        var largest = 0;
        foreach (var segment in parts.Segments) largest = Math.Max(largest, segment.Vectors(space.Id)?.Count ?? 0);
        foreach (var segment in parts.Segments)
        {
            if (segment.Vectors(space.Id) is not { } vectors) continue;
            var ef = vectors.Count < largest / 4 ? SmallEf : Ef;
            var cost = vectors.Search(query, rows.Match, Math.Max(ef, hits.Room), ref candidates, ref hits, out var matching);
            plan?.Add(new SearchStep(
                $"segment {segment.Number}", space.Space.Name, vectors.Count, matching, NameOf(cost.Way), cost.CodeDistances, cost.FloatDistances));
        }
        foreach (var mended in parts.Mended) InMemory(mended.Rows.Column(space.Id), space, query, rows, plan, ref candidates, ref hits);
        foreach (var memtable in parts.Memtables) InMemory(memtable.Column(space.Id), space, query, rows, plan, ref candidates, ref hits);
        ArrayPool<Hit>.Shared.Return(rented);
        if (parts.Added.Vectors(space.Id) is not { } added) return;
        var exact = added.SearchUnordered(query, rows.Match, ref hits, out var found);
        plan?.Add(new SearchStep("added", space.Space.Name, added.Count, found, NameOf(exact.Way), exact.CodeDistances, exact.FloatDistances));
    }

    private static void InMemory(
        VectorColumn? column, SpaceEntry space, scoped ReadOnlySpan<float> query, in QueryRows rows, List<SearchStep>? plan,
        ref CodeCandidates candidates, ref TopHits hits)
    {
        if (column is null) return;
        var cost = column.Search(query, rows.Match, ref candidates, ref hits, out var matching);
        plan?.Add(new SearchStep("memory", space.Space.Name, column.Count, matching, NameOf(cost.Way), cost.CodeDistances, cost.FloatDistances));
    }

    private static string NameOf(SearchWay way) => way switch
    {
        SearchWay.Skipped => "skipped",
        SearchWay.Exact => "exact",
        SearchWay.Acorn => "graph, from match to match",
        SearchWay.Hidden => "graph, others hidden",
        _ => "graph",
    };

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
