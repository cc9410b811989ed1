namespace MemoryEngine.Index;

/// <summary>
/// Which level each row reaches and in which order rows are inserted: both from a hash of the row, so that they are the same
/// every time, and so that sorted input does not make a graph of neighbours only.
/// </summary>
internal static class InsertionOrder
{
    private const int HighestLevel = 30;

    public static (int[] Rows, byte[] Levels) Of(int count, int m)
    {
        var rows = new int[count];
        var order = new ulong[count];
        for (var row = 0; row < count; row++)
        {
            var hash = Mix((ulong)row + 1);
            rows[row] = row;
            // Falling levels first, then the hash's other bits.
            order[row] = ((ulong)(HighestLevel - Level(hash, m)) << 56) | (Mix(hash) >> 8);
        }
        Array.Sort(order, rows);
        return (rows, Array.ConvertAll(order, o => (byte)(HighestLevel - (int)(o >> 56))));
    }

    /// <summary>Each level has one in <paramref name="m"/> of the nodes of the one below.</summary>
    public static int Level(ulong hash, int m)
    {
        var uniform = ((hash >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min((int)(-Math.Log(uniform) / Math.Log(m)), HighestLevel);
    }

    /// <summary>The end of SplitMix64.</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}
