namespace MemoryEngine.Index;

/// <summary>The pinned arrays that a search works in.</summary>
internal unsafe struct SearchMemory
{
    /// <summary>Unpacked rows: short lists, then a slot of 128 for each long one.</summary>
    public int* Rows;

    /// <summary>What each of them adds, once it was worked out.</summary>
    public int* Units;

    /// <summary>Rows of a block that is needed once.</summary>
    public int* BlockRows;

    /// <summary>What each of them adds.</summary>
    public int* BlockUnits;

    /// <summary>The sum of each row of a window.</summary>
    public int* Sums;

    /// <summary>Rows of the window that are still in question, ascending.</summary>
    public int* Candidates;

    /// <summary>Rows of the window that may be found, where they are few.</summary>
    public int* Matches;
}
