namespace MemoryEngine.Index;

/// <summary>
/// One term of a query in one part of the index: which of its postings lie unpacked in its slot, and which of them comes next.
/// A short list lies there whole, of a long one the block that was last asked for. Rows are counted from the part's first.
/// </summary>
internal unsafe struct TermCursor
{
    /// <summary>A long list; of a short one only its slot is known.</summary>
    public SegmentList List;

    /// <summary>What a posting adds at most, in units.</summary>
    public float Gain;

    /// <summary>Where its postings lie in the arrays of the search.</summary>
    public int Slot;

    /// <summary>Postings in the slot.</summary>
    public int Count;

    /// <summary>The next of them.</summary>
    public int At;

    /// <summary>The block whose rows are asked for next.</summary>
    public int Block;

    /// <summary>The block whose rows lie in the slot; -1 for none.</summary>
    public int RowsOf;

    /// <summary>The block whose units lie in the slot; -1 for none.</summary>
    public int UnitsOf;

    /// <summary>Of a short list: the most that any of its postings adds.</summary>
    public int MostUnits;

    /// <summary>The most that any posting in the present window adds; 0 when there is none.</summary>
    public int WindowBound;

    /// <summary>Blocks that the present window touches; 1 for a short list that it touches.</summary>
    public int WindowBlocks;

    public readonly bool IsShort => List.BlockCount == 0;

    /// <summary>Goes to the first posting at or behind a row, and bounds what the postings before another one add.</summary>
    /// <param name="rows">The unpacked rows of the search.</param>
    /// <param name="bm25">The formula.</param>
    /// <param name="from">The first row of the window.</param>
    /// <param name="to">The row behind it.</param>
    public void Enter(int* rows, in Bm25 bm25, int from, int to)
    {
        (WindowBound, WindowBlocks) = (0, 0);
        if (IsShort)
        {
            while (At < Count && rows[Slot + At] < from) At++;
            if (At < Count && rows[Slot + At] < to) (WindowBound, WindowBlocks) = (MostUnits, 1);
            return;
        }
        while (Block < List.BlockCount && List.Entry(Block).LastRow < (uint)from) Block++;
        for (var block = Block; block < List.BlockCount; block++)
        {
            ref readonly var entry = ref List.Entry(block);
            WindowBound = Math.Max(WindowBound, bm25.Bound(Gain, entry.MaxFrequency, (int)entry.MinLength));
            WindowBlocks++;
            if (entry.LastRow >= (uint)to - 1) break;
        }
    }
}
