using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Verification.Texts;

/// <summary>
/// What a text is compared by: the smallest hashes of its runs of three words, from which the share of runs that two texts have in
/// common is estimated (bottom-k sketch, Broder 1997), and a hash of all its words. Case, marks and spaces do not count.
/// </summary>
internal sealed class TextSketch
{
    /// <summary>Hashes kept. The estimate's standard error is at most 0.5/√k.</summary>
    private const int Kept = 64;

    /// <summary>So many runs need no array.</summary>
    private const int OnTheStack = 256;

    /// <summary>Words in a run.</summary>
    private const int Run = 3;

    /// <summary>Shorter texts are alike only when they are equal: one other word may be all that they say.</summary>
    private const int ShortUnder = 12;

    /// <summary>Of 256 marks, two texts that have nothing in common share about 14, two that are alike over 40.</summary>
    private const int MarksInCommon = 20;

    private readonly uint[] _smallest;
    private readonly ulong _all;
    private readonly int _words;
    private Marks _marks;

    private TextSketch(uint[] smallest, ulong all, int words)
    {
        (_smallest, _all, _words) = (smallest, all, words);
        foreach (var hash in smallest) _marks[(int)(hash >> 6) & 3] |= 1UL << (int)(hash & 63);
    }

    public static TextSketch Of(ReadOnlySpan<char> text)
    {
        var most = (text.Length / 2) + 1;
        var rented = most > OnTheStack ? ArrayPool<uint>.Shared.Rent(most) : null;
        var runs = rented ?? stackalloc uint[OnTheStack];
        var count = 0;
        var (all, before, last, words) = (0xCBF2_9CE4_8422_2325UL, 0UL, 0UL, 0);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                i++;
                continue;
            }
            var word = 0xCBF2_9CE4_8422_2325UL;
            for (; i < text.Length && char.IsLetterOrDigit(text[i]); i++) word = (word ^ char.ToLowerInvariant(text[i])) * 0x100_0000_01B3;
            all = Mix(all, word);
            if (++words >= Run) runs[count++] = (uint)(Mix(Mix(before, last), word) >> 32);
            (before, last) = (last, word);
        }
        var smallest = Smallest(runs[..count]);
        if (rented is not null) ArrayPool<uint>.Shared.Return(rented);
        return new TextSketch(smallest, all, words);
    }

    /// <summary>Whether it is worth comparing them: false only where they are far from alike.</summary>
    public bool MayBeLike(TextSketch other)
    {
        if (_all == other._all) return true;
        var common = 0;
        for (var i = 0; i < 4; i++) common += BitOperations.PopCount(_marks[i] & other._marks[i]);
        return common >= Math.Min(MarksInCommon, Math.Min(_smallest.Length, other._smallest.Length) / 2);
    }

    /// <summary>The share of runs that two texts have in common, 0 to 1: of all runs of either, how many are in both.</summary>
    public double Similarity(TextSketch other)
    {
        if (_all == other._all && _words == other._words) return 1;
        if (_words < ShortUnder || other._words < ShortUnder) return 0;
        var (common, seen, i, j) = (0, 0, 0, 0);
        var limit = Math.Min(Kept, Math.Max(_smallest.Length, other._smallest.Length));
        while (seen < limit && (i < _smallest.Length || j < other._smallest.Length))
        {
            if (j >= other._smallest.Length || (i < _smallest.Length && _smallest[i] < other._smallest[j])) i++;
            else if (i >= _smallest.Length || _smallest[i] > other._smallest[j]) j++;
            else
            {
                common++;
                i++;
                j++;
            }
            seen++;
        }
        return seen == 0 ? 0 : (double)common / seen;
    }

    // Sorts them in place.
    private static uint[] Smallest(Span<uint> runs)
    {
        runs.Sort();
        var kept = 0;
        for (var i = 0; i < runs.Length && kept < Kept; i++)
            if (kept == 0 || runs[i] != runs[kept - 1]) runs[kept++] = runs[i];
        return runs[..kept].ToArray();
    }

    [InlineArray(4)]
    private struct Marks
    {
        private ulong _first;
    }

    private static ulong Mix(ulong state, ulong value)
    {
        // The finaliser of MurmurHash3, so that neighbouring inputs do not stay neighbours.
        state = (state * 0x9E37_79B9_7F4A_7C15) ^ value;
        state = (state ^ (state >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        return state ^ (state >> 33);
    }
}
