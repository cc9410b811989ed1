using System.Numerics;

namespace MemoryEngine.Index;

/// <summary>
/// The rows that have a value in a column: appended in order, never taken out, since what a row was born with stays. Sparse
/// stretches are lists, dense ones bits (as in Roaring bitmaps, Chambi et al. 2016). One writer; readers take no locks and may
/// meet rows that are newer than their view.
/// </summary>
internal sealed class RowSet
{
    private const int ChunkBits = 12;
    private const int ChunkRows = 1 << ChunkBits;
    private const int ChunkWords = ChunkRows / 64;

    // A list of more takes the room of the bits.
    private const int LongestList = ChunkRows / 16;

    private Chunk?[] _chunks = [];

    public bool IsEmpty => Volatile.Read(ref _chunks).Length == 0;

    /// <summary>Adds a row behind all that are there.</summary>
    public void Add(int row)
    {
        var at = row >> ChunkBits;
        if (at >= _chunks.Length)
        {
            var grown = new Chunk?[at + 1];
            _chunks.CopyTo(grown, 0);
            Volatile.Write(ref _chunks, grown);
        }
        if (_chunks[at] is not { } chunk) Volatile.Write(ref _chunks[at], chunk = new Chunk());
        chunk.Add(row & (ChunkRows - 1));
    }

    /// <summary>Sets the bit of each of its rows that has one.</summary>
    public void UnionInto(Span<ulong> words)
    {
        var chunks = Volatile.Read(ref _chunks);
        for (var i = 0; i < chunks.Length && i * ChunkWords < words.Length; i++)
        {
            if (Volatile.Read(ref chunks[i]) is not { } chunk) continue;
            var part = words[(i * ChunkWords)..];
            chunk.UnionInto(part[..Math.Min(ChunkWords, part.Length)]);
        }
    }

    private sealed class Chunk
    {
        private ushort[] _list = new ushort[4];
        private int _count;
        private ulong[]? _bits;

        public void Add(int row)
        {
            if (_bits is { } bits)
            {
                Volatile.Write(ref bits[row >> 6], bits[row >> 6] | (1UL << row));
                return;
            }
            if (_count == LongestList)
            {
                bits = new ulong[ChunkWords];
                foreach (var listed in _list.AsSpan(0, _count)) bits[listed >> 6] |= 1UL << listed;
                bits[row >> 6] |= 1UL << row;
                Volatile.Write(ref _bits, bits);
                return;
            }
            if (_count == _list.Length)
            {
                var grown = new ushort[_count * 2];
                _list.CopyTo(grown, 0);
                Volatile.Write(ref _list, grown);
            }
            _list[_count] = (ushort)row;
            Volatile.Write(ref _count, _count + 1);
        }

        public void UnionInto(Span<ulong> words)
        {
            if (Volatile.Read(ref _bits) is { } bits)
            {
                for (var i = 0; i < words.Length; i++) words[i] |= Volatile.Read(ref bits[i]);
                return;
            }
            // The count first: the list read after it holds at least that many.
            var count = Volatile.Read(ref _count);
            foreach (var row in Volatile.Read(ref _list).AsSpan(0, count))
                if (row >> 6 < words.Length) words[row >> 6] |= 1UL << row;
        }
    }
}

/// <summary>Stretches of bits in 64-bit words, the first bit the lowest of the first word.</summary>
internal static class BitWords
{
    public static int WordsFor(int bits) => (bits + 63) >> 6;

    public static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words) count += BitOperations.PopCount(word);
        return count;
    }

    public static bool Has(ReadOnlySpan<ulong> words, int bit) => ((words[bit >> 6] >> bit) & 1) != 0;

    /// <summary>
    /// Copies a stretch to the beginning of <paramref name="target"/>, whose last word gets zeros behind it; returns how many are
    /// set.
    /// </summary>
    public static int Copy(ReadOnlySpan<ulong> words, int first, int bits, Span<ulong> target)
    {
        var (at, shift, count, set) = (first >> 6, first & 63, WordsFor(bits), 0);
        for (var i = 0; i < count; i++)
        {
            var word = words[at + i] >> shift;
            if (shift > 0 && at + i + 1 < words.Length) word |= words[at + i + 1] << (64 - shift);
            if (i == count - 1 && (bits & 63) != 0) word &= (1UL << bits) - 1;
            target[i] = word;
            set += BitOperations.PopCount(word);
        }
        return set;
    }

    /// <summary>Clears everything from a bit on.</summary>
    public static void ClearFrom(Span<ulong> words, int bit)
    {
        if (bit >> 6 >= words.Length) return;
        words[bit >> 6] &= (1UL << bit) - 1;
        words[((bit >> 6) + 1)..].Clear();
    }
}
