using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The walk from match to match: only nodes that a filter lets through are compared and kept. Where too few neighbours match,
/// those of the others are looked at in their place (ACORN-1, arXiv 2403.04871), nearest first, until there are enough to go on.
/// </summary>
internal static unsafe class MatchingBeam<TCodes>
    where TCodes : struct, ICodeKind
{
    // Matches that are enough for one expansion: as many as a walk without a filter meets for the first time.
    private const int Enough = 16;

    /// <summary>Begins at the node where the way down ended. Says how many neighbours it looked at, and how many of them match.</summary>
    public static (int Looks, int Matches) Enter(SearchScratch scratch, HnswGraph graph, in NodeFilter filter, int node)
    {
        if (filter.Has(node)) Beam<TCodes>.Enter(scratch, graph.Codes, node);
        Expand(scratch, graph, filter, node);
        return (scratch.Looks, scratch.Matches);
    }

    /// <summary>Expands the pool's nearest nodes until none is left.</summary>
    public static void Search(SearchScratch scratch, HnswGraph graph, in NodeFilter filter)
    {
        var at = scratch.Pool.FirstUnexpanded(0);
        while (at < scratch.Pool.Limit)
        {
            var key = scratch.Pool[at];
            scratch.Pool.MarkExpanded(at);
            var nearest = Expand(scratch, graph, filter, DistanceKey.Node(key));
            at = scratch.Pool.FirstUnexpanded(nearest < key ? 0 : at);
        }
    }

    private static long Expand(SearchScratch scratch, HnswGraph graph, in NodeFilter filter, int node)
    {
        var count = Collect(scratch, graph.Links(0), filter, node);
        Beam<TCodes>.Compare(scratch, graph.Codes, count);
        return Beam<TCodes>.Insert(scratch, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Collect(SearchScratch scratch, in LinkTable table, in NodeFilter filter, int node)
    {
        var found = 0;
        var passed = Take(scratch, table.Of(node), filter, ref found);
        for (var i = 0; i < passed; i++) Prefetch.Range((byte*)table.Of(scratch.Others[i]), 2 * Prefetch.Line);
        // One that has been passed has no match left to offer, so it counts as visited; the rest may serve later.
        for (var i = 0; i < passed && found < Enough; i++)
        {
            var other = scratch.Others[i];
            scratch.Visit(other);
            Pass(scratch, table.Of(other), filter, ref found);
        }
        return found;
    }

    /// <summary>Takes the neighbours that match, and puts the others aside; returns how many those are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Take(SearchScratch scratch, int* links, in NodeFilter filter, ref int found)
    {
        var passed = 0;
        for (var i = 1; i <= *links; i++)
        {
            var node = links[i];
            var matches = filter.Has(node);
            scratch.Matches += matches ? 1 : 0;
            if (scratch.IsVisited(node)) continue;
            if (matches) TakeOne(scratch, node, ref found);
            else scratch.Others[passed++] = node;
        }
        scratch.Looks += *links;
        return passed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(SearchScratch scratch, int* links, in NodeFilter filter, ref int found)
    {
        for (var i = 1; i <= *links; i++)
        {
            if (!filter.Has(links[i])) continue;
            scratch.Matches++;
            if (!scratch.IsVisited(links[i])) TakeOne(scratch, links[i], ref found);
        }
        scratch.Looks += *links;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TakeOne(SearchScratch scratch, int node, ref int found)
    {
        scratch.Visit(node);
        scratch.Batch[found++] = node;
    }
}

/// <summary>Which nodes match: by the row that each stands for.</summary>
internal readonly unsafe struct NodeFilter(int* rows, ulong* words, int wordCount)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int node)
    {
        var row = rows[node];
        return (row >> 6) < wordCount && ((words[row >> 6] >> (row & 63)) & 1) != 0;
    }
}
