using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>A found row and its score.</summary>
internal readonly record struct Hit(int Row, float Score);

/// <summary>The best n of a stream of hits, best first; ties go to the older row, so that an answer is the same every time.</summary>
internal ref struct TopHits(Span<Hit> target)
{
    private readonly Span<Hit> _target = target;

    public int Count { get; private set; }

    /// <summary>The most it holds.</summary>
    public readonly int Room => _target.Length;

    /// <summary>A score must beat this to get in.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    public readonly ReadOnlySpan<Hit> Best => _target[..Count];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int row, float score)
    {
        // Most of what a scan offers stops here: the threshold lies below all scores until there are as many as wanted.
        if (score < Threshold) return;
        Insert(row, score);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Insert(int row, float score)
    {
        // Rows may come in any order, so an equal score still competes by row.
        if (Count == _target.Length && score == Threshold && row > _target[^1].Row) return;
        var end = Count < _target.Length ? Count++ : Count - 1;
        var at = PlaceOf(row, score, end);
        _target[at..end].CopyTo(_target[(at + 1)..]);
        _target[at] = new Hit(row, score);
        if (Count == _target.Length) Threshold = _target[^1].Score;
    }

    // By halves, and what is behind it moves in one copy: of 512 hits, moving them one by one took a tenth of a deep search.
    private readonly int PlaceOf(int row, float score, int end)
    {
        var from = 0;
        while (from < end)
        {
            var middle = (from + end) >> 1;
            if (IsBetter(row, score, _target[middle])) end = middle;
            else from = middle + 1;
        }
        return from;
    }

    private static bool IsBetter(int row, float score, in Hit other) =>
        score > other.Score || (score == other.Score && row < other.Row);
}
