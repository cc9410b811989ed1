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

    public void Add(int row, float score)
    {
        // Rows may come in any order, so an equal score still competes by row.
        if (Count == _target.Length && (score < Threshold || (score == Threshold && row > _target[^1].Row))) return;
        var at = Count < _target.Length ? Count++ : Count - 1;
        for (; at > 0 && IsBetter(row, score, _target[at - 1]); at--) _target[at] = _target[at - 1];
        _target[at] = new Hit(row, score);
        if (Count == _target.Length) Threshold = _target[^1].Score;
    }

    private static bool IsBetter(int row, float score, in Hit other) =>
        score > other.Score || (score == other.Score && row < other.Row);
}
