using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>Which rows a query may find: a bit for each, the first in the lowest bit of the first word. Rows past the end it may not.</summary>
internal readonly ref struct RowBits(ReadOnlySpan<ulong> words)
{
    private readonly ReadOnlySpan<ulong> _words = words;

    public ReadOnlySpan<ulong> Words => _words;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int row) => (uint)(row >> 6) < (uint)_words.Length && ((_words[row >> 6] >> (row & 63)) & 1) != 0;

    public int Count()
    {
        var count = 0;
        foreach (var word in _words) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Those of the first <paramref name="rows"/>: bits behind them do not count.</summary>
    public int CountOf(int rows)
    {
        var whole = Math.Min(rows >> 6, _words.Length);
        var count = new RowBits(_words[..whole]).Count();
        return whole == _words.Length ? count : count + BitOperations.PopCount(_words[whole] & ((1UL << (rows & 63)) - 1));
    }
}
