using System.Numerics;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// Which terms cannot be among many: a Bloom filter (1970) of two bits a term, both in one word (Putze, Sanders and Singler 2007), so
/// that a question touches memory once. A term's hash says which: its highest bits the word, its lowest the bits. Of terms that are not
/// there at most one in thirty has to be looked up all the same. For spelling, which asks for some 500 words that nobody wrote to find
/// one that somebody did.
/// </summary>
internal sealed class TermFilter
{
    /// <summary>Terms of a 64-bit word, at most; half as many at least.</summary>
    private const int TermsPerWord = 4;

    private readonly ulong[] _words;
    private readonly int _shift;

    /// <param name="terms">How many terms will be added.</param>
    public TermFilter(long terms)
    {
        // At least two words: a shift by 64 is none.
        var words = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(2, terms / TermsPerWord));
        _words = new ulong[words];
        _shift = 64 - BitOperations.Log2(words);
    }

    public void Add(ulong term) => _words[term >> _shift] |= Bits(term);

    /// <summary>False of most terms that were not added; true of every one that was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHave(ulong term) => (_words[term >> _shift] & Bits(term)) == Bits(term);

    private static ulong Bits(ulong term) => (1UL << (int)term) | (1UL << (int)(term >> 6));
}
