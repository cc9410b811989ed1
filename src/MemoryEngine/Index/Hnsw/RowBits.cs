using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemoryEngine.Index;

/// <summary>Which rows a query may find: a bit for each, the first in the lowest bit of the first word. Rows past the end it may not.</summary>
internal readonly ref struct RowBits(ReadOnlySpan<ulong> words)
{
    /// <summary>Rows of four words.</summary>
    public const int LeastListed = 4 * 64;

    private readonly ReadOnlySpan<ulong> _words = words;

    public ReadOnlySpan<ulong> Words => _words;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int row) => (uint)(row >> 6) < (uint)_words.Length && ((_words[row >> 6] >> (row & 63)) & 1) != 0;

    public int Count()
    {
        // Four sums: one alone would wait for each addition.
        var (sum0, sum1, sum2, sum3, at) = (0, 0, 0, 0, 0);
        for (; at <= _words.Length - 4; at += 4)
        {
            sum0 += BitOperations.PopCount(_words[at]);
            sum1 += BitOperations.PopCount(_words[at + 1]);
            sum2 += BitOperations.PopCount(_words[at + 2]);
            sum3 += BitOperations.PopCount(_words[at + 3]);
        }
        for (; at < _words.Length; at++) sum0 += BitOperations.PopCount(_words[at]);
        return sum0 + sum1 + sum2 + sum3;
    }

    /// <summary>Those of the first <paramref name="rows"/>: bits behind them do not count.</summary>
    public int CountOf(int rows)
    {
        var whole = Math.Min(rows >> 6, _words.Length);
        var count = new RowBits(_words[..whole]).Count();
        return whole == _words.Length ? count : count + BitOperations.PopCount(_words[whole] & ((1UL << (rows & 63)) - 1));
    }

    /// <summary>
    /// Lists rows from a word on, as long as the target has room for those of four words more. Where few rows match, most words have
    /// none: four of those are passed over at once.
    /// </summary>
    /// <param name="at">The word to begin with; then the first that was not looked at, or the end.</param>
    /// <param name="target">Gets the rows, ascending; at least <see cref="LeastListed"/> long.</param>
    /// <returns>How many were listed.</returns>
    public int List(ref int at, Span<int> target)
    {
        var count = 0;
        while (at < _words.Length && count <= target.Length - LeastListed)
        {
            if (at <= _words.Length - 4 && Vector256.Create(_words.Slice(at, 4)) == Vector256<ulong>.Zero)
            {
                at += 4;
                continue;
            }
            for (var end = Math.Min(at + 4, _words.Length); at < end; at++)
                for (var word = _words[at]; word != 0; word &= word - 1) target[count++] = (at << 6) + BitOperations.TrailingZeroCount(word);
        }
        return count;
    }
}
