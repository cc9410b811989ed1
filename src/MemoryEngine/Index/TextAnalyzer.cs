using System.Globalization;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>
/// Turns engineering text into terms: words in lower case, identifiers and paths split at case, digits, underscores and
/// separators and kept whole as well, plurals folded, stop words dropped. A term is the 64-bit hash of its characters:
/// with a million distinct terms two of them share one with a probability of 3 in 10^8.
/// </summary>
internal static class TextAnalyzer
{
    /// <summary>Longer runs are data (base64, hashes), not words.</summary>
    private const int MaxWordLength = 64;

    private const int LongestStopWord = 5;
    private const ulong HashSeed = 0xCBF2_9CE4_8422_2325;

    private static readonly HashSet<ulong> StopWords = [.. (
        "a an and are as at be but by for from has have he her his i if in into is it its no not of on or our she so such " +
        "that the their them then there these they this to was we were what when which who will with you your")
        .Split(' ').Select(w => Hash(w))];

    // Nearly all of engineering text is ASCII; a table answers five questions at once.
    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(c => KindOfAscii((char)c))];

    /// <summary>Gets each term of a text in order. A word's own characters come with it, for those who look inside words.</summary>
    public interface ISink
    {
        /// <param name="term">The hash of the term.</param>
        /// <param name="word">Its characters, in lower case.</param>
        /// <param name="whole">Whether it is a compound that was kept whole beside its parts.</param>
        void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole);
    }

    private enum Kind : byte
    {
        Other,
        Joiner,
        Underscore,
        Digit,
        Lower,
        Upper,
        Ideograph,
    }

    public static void Analyze<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        Span<char> lower = stackalloc char[MaxWordLength];
        for (var i = 0; i < text.Length;)
        {
            if (KindOf(text[i]) < Kind.Underscore)
            {
                i++;
                continue;
            }
            var end = i + 1;
            while (end < text.Length)
            {
                var kind = KindOf(text[end]);
                // A separator belongs to a compound when a word goes on behind it: src/main.rs, dry-run, net.http.
                if (kind >= Kind.Underscore) end++;
                else if (kind == Kind.Joiner && end + 1 < text.Length && KindOf(text[end + 1]) >= Kind.Underscore) end += 2;
                else break;
            }
            Compound(text[i..end], lower, ref sink);
            i = end;
        }
    }

    public static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = HashSeed;
        foreach (var c in word) hash = (hash ^ c) * 0x100_0000_01B3;
        // FNV leaves the high bits of short words alike; the finisher of MurmurHash3 spreads them.
        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        return hash ^ (hash >> 33);
    }

    private static void Compound<TSink>(ReadOnlySpan<char> run, scoped Span<char> lower, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        var parts = 0;
        for (var i = 0; i < run.Length;)
        {
            if (KindOf(run[i]) <= Kind.Underscore)
            {
                i++;
                continue;
            }
            var end = PartEnd(run, i);
            parts++;
            Emit(run[i..end], whole: false, lower, ref sink);
            i = end;
        }
        if (parts > 1) Emit(run, whole: true, lower, ref sink);
    }

    // A part ends where lower case turns to upper, where a run of capitals meets a word (HTTPServer), between letters
    // and digits, and behind every ideograph.
    private static int PartEnd(ReadOnlySpan<char> run, int start)
    {
        var previous = KindOf(run[start]);
        var end = start + 1;
        if (previous == Kind.Ideograph) return end;
        for (; end < run.Length; end++)
        {
            var current = KindOf(run[end]);
            if (current is <= Kind.Underscore or Kind.Ideograph) break;
            if ((previous == Kind.Digit) != (current == Kind.Digit)) break;
            if (current == Kind.Upper)
            {
                if (previous != Kind.Upper) break;
                if (end + 1 < run.Length && KindOf(run[end + 1]) == Kind.Lower) break;
            }
            previous = current;
        }
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Emit<TSink>(ReadOnlySpan<char> word, bool whole, scoped Span<char> lower, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        if (word.Length > MaxWordLength) return;
        var length = word.ToLowerInvariant(lower);
        var folded = whole ? lower[..length] : FoldPlural(lower[..length]);
        var term = Hash(folded);
        if (folded.Length > LongestStopWord || !StopWords.Contains(term)) sink.Add(term, folded, whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Span<char> FoldPlural(Span<char> word)
    {
        // Caches lose two letters as matches do, so cache loses one.
        if (word.Length > 4 && word.EndsWith("che")) return word[..^1];
        if (word.Length <= 3 || word[^1] != 's' || word[^2] is 's' or 'u' or 'i') return word;
        if (word.Length > 4 && word.EndsWith("ies"))
        {
            word[^3] = 'y';
            return word[..^2];
        }
        if (word.Length > 4 && (word.EndsWith("sses") || word.EndsWith("xes") || word.EndsWith("ches") || word.EndsWith("shes")))
            return word[..^2];
        return word[..^1];
    }

    // Inlined at once: called for every character, and a process that has just begun would call it unoptimised.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind KindOf(char c) => c < 128 ? AsciiKinds[c] : KindOfUnicode(c);

    private static Kind KindOfAscii(char c) => c switch
    {
        '_' => Kind.Underscore,
        '/' or '.' or '-' or ':' or '\\' => Kind.Joiner,
        _ when char.IsAsciiDigit(c) => Kind.Digit,
        _ when char.IsAsciiLetterLower(c) => Kind.Lower,
        _ when char.IsAsciiLetterUpper(c) => Kind.Upper,
        _ => Kind.Other,
    };

    private static Kind KindOfUnicode(char c) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.UppercaseLetter => Kind.Upper,
        UnicodeCategory.DecimalDigitNumber => Kind.Digit,
        // Chinese and Japanese are written without spaces; Korean (from U+AC00) is not.
        UnicodeCategory.OtherLetter when c is >= '\u2E80' and < '\uAC00' or (>= '\uF900' and <= '\uFAFF') => Kind.Ideograph,
        UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => Kind.Lower,
        _ => Kind.Other,
    };
}
