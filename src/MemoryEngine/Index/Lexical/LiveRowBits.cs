using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemoryEngine.Index;

/// <summary>Which rows of a range are live: enough to know whether each has to be looked at.</summary>
internal enum Liveness
{
    None,
    Some,
    All,
}

/// <summary>
/// The rows of the pool that are live in a view: a bit for each, and how many of each 4,096 are, so that long ranges without
/// a death are known for such at once.
/// </summary>
/// <param name="words">The bits, as in <see cref="RowBits"/>; rows past the end are not live.</param>
/// <param name="chunks">Live rows of each <see cref="ChunkRows"/>, the first from row 0; as many as the words fill, or more.</param>
internal readonly ref struct LiveRowBits(ReadOnlySpan<ulong> words, ReadOnlySpan<int> chunks)
{
    public const int ChunkRows = 4096;

    private const int ChunkWords = ChunkRows / 64;

    private readonly ReadOnlySpan<ulong> _words = words;
    private readonly ReadOnlySpan<int> _chunks = chunks;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int row) => new RowBits(_words).Has(row);

    /// <summary>How many of ascending rows, counted from one of the pool, are live.</summary>
    public int CountOf(ReadOnlySpan<int> rows, int firstRow)
    {
        // Those past the end, which are not live, come last: then no row needs to be compared with the end.
        while (!rows.IsEmpty && (firstRow + rows[^1]) >> 6 >= _words.Length) rows = rows[..^1];
        ref var words = ref MemoryMarshal.GetReference(_words);
        var count = 0;
        foreach (var row in rows) count += (int)((Unsafe.Add(ref words, (firstRow + row) >> 6) >> (firstRow + row)) & 1);
        return count;
    }

    /// <summary>What the rows from one to another have in common; both are of the range.</summary>
    public Liveness Of(int first, int last)
    {
        if (last >> 6 >= _words.Length) return Liveness.Some;
        var (and, or) = (ulong.MaxValue, 0UL);
        for (var word = first >> 6; word <= last >> 6;)
        {
            if (word % ChunkWords == 0 && word + ChunkWords - 1 < last >> 6)
            {
                // A whole chunk inside the range.
                var live = _chunks[word / ChunkWords];
                if (live is > 0 and < ChunkRows) return Liveness.Some;
                if (live == 0) and = 0;
                else or = 1;
                word += ChunkWords;
            }
            else
            {
                var mask = ulong.MaxValue;
                if (word == first >> 6) mask &= ulong.MaxValue << first;
                if (word == last >> 6) mask &= ulong.MaxValue >> (63 - (last & 63));
                and &= _words[word] | ~mask;
                or |= _words[word] & mask;
                word++;
            }
            if (and != ulong.MaxValue && or != 0) return Liveness.Some;
        }
        return or == 0 ? Liveness.None : Liveness.All;
    }

    /// <summary>The bits of the live rows, for who counts them.</summary>
    public static int[] CountChunks(ReadOnlySpan<ulong> words)
    {
        var chunks = new int[(words.Length + ChunkWords - 1) / ChunkWords];
        for (var i = 0; i < words.Length; i++) chunks[i / ChunkWords] += BitOperations.PopCount(words[i]);
        return chunks;
    }
}
