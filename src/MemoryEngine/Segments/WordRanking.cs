using System.Buffers;
using MemoryEngine.Index;

namespace MemoryEngine.Segments;

/// <summary>
/// What words found, kept for a deeper search of the same rows: the best of a deep ranking are a shallow one, in the same order and with
/// the same scores, for both are exact. For one caller; its array is pooled.
/// </summary>
internal sealed class WordRanking : IDisposable
{
    private Hit[] _hits = [];
    private int _count;
    private int _depth;

    /// <summary>How deep the next ranking goes at least.</summary>
    public int Reach { get; set; }

    /// <summary>The best, where they were ranked so deep.</summary>
    public bool TryTake(int depth, out ReadOnlySpan<Hit> best)
    {
        best = _depth < depth ? default : _hits.AsSpan(0, Math.Min(depth, _count));
        return _depth >= depth;
    }

    /// <summary>Begins a ranking; what was kept is gone.</summary>
    public TopHits Begin(int depth)
    {
        Dispose();
        depth = Math.Max(depth, Reach);
        _hits = ArrayPool<Hit>.Shared.Rent(depth);
        return new TopHits(_hits.AsSpan(0, depth));
    }

    /// <summary>Keeps what <see cref="Begin"/> gave room for.</summary>
    public void Keep(in TopHits ranked) => (_count, _depth) = (ranked.Count, ranked.Room);

    public void Dispose()
    {
        if (_hits.Length > 0) ArrayPool<Hit>.Shared.Return(_hits);
        (_hits, _count, _depth) = ([], 0, 0);
    }
}
