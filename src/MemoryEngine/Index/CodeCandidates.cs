namespace MemoryEngine.Index;

/// <summary>
/// The nearest by their codes of all vectors that a search compares by codes, in however many parts they lie. What one part has found is
/// to be beaten in the next, so that few of that are compared themselves: seven parts by themselves took 57 microseconds each beside
/// their codes.
/// </summary>
/// <param name="room">Room for <see cref="RoomFor"/>.</param>
internal ref struct CodeCandidates(Span<Hit> room)
{
    /// <summary>No vector's number.</summary>
    private const int Nobody = -1;

    private TopHits _nearest = new(room);
    private int _next;

    /// <summary>
    /// How many candidates are compared by their vectors where some hits are wanted. Of the ten nearest, codes of eight bits have all among
    /// their best twenty, codes of four bits among their best thirty (docs/benchmarks.md, Kernels).
    /// </summary>
    public static int RoomFor(int dimension, int hits) => (HnswOptions.BitsFor(dimension) == 8 ? 2 : 3) * hits;

    /// <summary>Begins a part.</summary>
    /// <param name="vectors">How many it has.</param>
    /// <param name="found">What was found without codes: the part has to beat it too.</param>
    /// <returns>The number of its first vector; the others follow.</returns>
    public int Begin(int vectors, scoped in TopHits found)
    {
        if (_next == 0)
            foreach (var hit in found.Best) _nearest.Add(Nobody, hit.Score);
        var first = _next;
        _next += vectors;
        return first;
    }

    /// <summary>Offers a vector by what its code says.</summary>
    public void Add(int number, float score) => _nearest.Add(number, score);

    /// <summary>Scores below this do not get in.</summary>
    public readonly float Threshold => _nearest.Threshold;

    /// <summary>The nearest so far, of every part.</summary>
    public readonly ReadOnlySpan<Hit> Best => _nearest.Best;
}
