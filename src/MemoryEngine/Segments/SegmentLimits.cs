namespace MemoryEngine.Segments;

/// <summary>From how many on something is worth doing.</summary>
/// <param name="SealRows">So many rows in memory are made a segment of; so many merge in passing.</param>
/// <param name="GraphVectors">So many vectors of a segment get a graph; fewer are compared one by one, which takes no longer.</param>
internal readonly record struct SegmentLimits(int SealRows = 4096, int GraphVectors = 8192)
{
    public SegmentLimits()
        : this(4096)
    {
    }
}
