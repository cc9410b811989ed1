namespace MemoryEngine;

/// <summary>
/// How many of the last recalls had to search deeper than at first. Where that is usual, words are ranked for the deeper search at once:
/// over 107,317 memories 128 and then 512 take 1.7 ms, 512 alone 1.0 ms and 128 alone 0.7. What is found is the same either way.
/// </summary>
internal sealed class UsualDepth
{
    /// <summary>The share of deeper searches from which it pays, by the times above.</summary>
    private const float Worthwhile = 0.3f;

    private const float Newest = 1 / 16f;

    // Recalls that end at once may miss one another: it is a guess.
    private float _deeper;

    /// <summary>Whether the next recall is likely to search deeper than at first.</summary>
    public bool IsDeep => Volatile.Read(ref _deeper) > Worthwhile;

    public void Note(bool wasDeep) => Volatile.Write(ref _deeper, _deeper + (((wasDeep ? 1f : 0f) - _deeper) * Newest));
}
