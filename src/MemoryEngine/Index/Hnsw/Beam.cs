using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// The walk through a graph, which is nearly all that a search and a build do. Neighbours not yet visited are collected,
/// their codes asked for while those before them are compared, and only then do the results go into the pool: the loops stay
/// without branches that nobody can predict.
/// </summary>
internal static unsafe class Beam<TCodes>
    where TCodes : struct, ICodeKind
{
    // Codes asked for ahead of the one that is compared: 12 found as much a second as 8 and 16, 15 % more than 4.
    private const int Ahead = 12;

    /// <summary>Puts a node into the pool, as a place to start from.</summary>
    public static void Enter(SearchScratch scratch, in CodeTable codes, int node)
    {
        if (!scratch.Visit(node)) return;
        scratch.Pool.Insert(Key(scratch, codes, node));
        scratch.Distances++;
    }

    /// <summary>Walks to the nearest node of a level. What was met on the way stays in the pool and need not be compared again.</summary>
    public static void Descend(SearchScratch scratch, in CodeTable codes, in LinkTable links)
    {
        var best = DistanceKey.None;
        while (scratch.Pool[0] < best)
        {
            best = scratch.Pool[0];
            var count = Collect(scratch, links.Of(DistanceKey.Node(best)));
            Compare(scratch, codes, count);
            Insert(scratch, count);
        }
    }

    /// <summary>Expands the pool's nearest nodes until none of them is left.</summary>
    public static void Search(SearchScratch scratch, in CodeTable codes, in LinkTable links)
    {
        var at = scratch.Pool.FirstUnexpanded(0);
        while (at < scratch.Pool.Limit)
        {
            var node = DistanceKey.Node(scratch.Pool[at]);
            scratch.Pool.MarkExpanded(at);
            var count = Collect(scratch, links.Of(node));
            // Probably the next one: unless one of these neighbours is nearer.
            var next = scratch.Pool.FirstUnexpanded(at);
            if (next < scratch.Pool.Limit) Prefetch.Range((byte*)links.Of(DistanceKey.Node(scratch.Pool[next])), 2 * Prefetch.Line);
            Compare(scratch, codes, count);
            var nearest = Insert(scratch, count);
            at = scratch.Pool.FirstUnexpanded(next < scratch.Pool.Limit && nearest > scratch.Pool[next] ? next : 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Collect(SearchScratch scratch, int* links)
    {
        var batch = scratch.Batch;
        var visited = scratch.Visited;
        var epoch = scratch.Epoch;
        var count = *links;
        var fresh = 0;
        for (var i = 1; i <= count; i++)
        {
            var node = links[i];
            batch[fresh] = node;
            fresh += visited[node] != epoch ? 1 : 0;
            visited[node] = epoch;
        }
        return fresh;
    }

    /// <summary>Compares the batch with the query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compare(SearchScratch scratch, in CodeTable codes, int count)
    {
        var batch = scratch.Batch;
        var keys = scratch.BatchKeys;
        for (var i = 0; i < Math.Min(Ahead, count); i++) Prefetch.Range(codes.Code(batch[i]), codes.CodeBytes + 8);
        var at = 0;
        for (; at <= count - 4; at += 4)
        {
            for (var next = at + Ahead; next < Math.Min(at + Ahead + 4, count); next++) Prefetch.Range(codes.Code(batch[next]), codes.CodeBytes + 8);
            var (a, b, c, d) = (batch[at], batch[at + 1], batch[at + 2], batch[at + 3]);
            var products = TCodes.Products(scratch.QueryCode, codes.Code(a), codes.Code(b), codes.Code(c), codes.Code(d), codes.CodeBytes);
            keys[at] = Key(scratch, codes, a, products[0]);
            keys[at + 1] = Key(scratch, codes, b, products[1]);
            keys[at + 2] = Key(scratch, codes, c, products[2]);
            keys[at + 3] = Key(scratch, codes, d, products[3]);
        }
        for (; at < count; at++) keys[at] = Key(scratch, codes, batch[at]);
        scratch.Distances += count;
    }

    /// <summary>Puts what was compared into the pool; returns the nearest of the batch, or nothing's key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Insert(SearchScratch scratch, int count)
    {
        var nearest = DistanceKey.None;
        for (var i = 0; i < count; i++)
        {
            var key = scratch.BatchKeys[i];
            nearest = Math.Min(nearest, key);
            if (key < scratch.Pool.Threshold) scratch.Pool.Insert(key);
        }
        return nearest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Key(SearchScratch scratch, in CodeTable codes, int node) =>
        Key(scratch, codes, node, TCodes.Product(scratch.QueryCode, codes.Code(node), codes.CodeBytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Key(SearchScratch scratch, in CodeTable codes, int node, int product) =>
        DistanceKey.Of(scratch.CodeQuery.Distance(product, codes.Tail(node)), node);
}
