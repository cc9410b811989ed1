using System.Globalization;

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

    private const ulong HashSeed = 0xCBF2_9CE4_8422_2325;

    private static readonly HashSet<ulong> StopWords = [.. (
        "a an and are as at be but by for from has have he her his i if in into is it its no not of on or our she so such " +
        "that the their them then there these they this to was we were what when which who will with you your")
        .Split(' ').Select(w => Hash(w))];

    /// <summary>Gets each term of a text in order. A word's own characters come with it, for those who look inside words.</summary>
    public interface ISink
    {
        /// <param name="term">The hash of the term.</param>
        /// <param name="word">Its characters, in lower case.</param>
        /// <param name="whole">Whether it is a compound that was kept whole beside its parts.</param>
        void Add(ulong term, scoped ReadOnlySpan<char> word, bool whole);
    }

    public static void Analyze<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        Span<char> lower = stackalloc char[MaxWordLength];
        for (var i = 0; i < text.Length;)
        {
            if (!IsWord(text[i]))
            {
                i++;
                continue;
            }
            var end = i + 1;
            while (end < text.Length)
            {
                // A separator belongs to a compound when a word goes on behind it: src/main.rs, dry-run, net.http.
                if (IsWord(text[end])) end++;
                else if (IsJoiner(text[end]) && end + 1 < text.Length && IsWord(text[end + 1])) end += 2;
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
            if (!char.IsLetterOrDigit(run[i]))
            {
                i++;
                continue;
            }
            var end = PartEnd(run, i);
            parts++;
            Emit(run[i..end], whole: false, lower, ref sink);
            i = end;
        }
        if (parts > 1 && run.Length <= MaxWordLength) Emit(run, whole: true, lower, ref sink);
    }

    // A part ends where lower case turns to upper, where a run of capitals meets a word (HTTPServer), between letters
    // and digits, and behind every ideograph.
    private static int PartEnd(ReadOnlySpan<char> run, int start)
    {
        if (IsIdeograph(run[start])) return start + 1;
        var end = start + 1;
        for (; end < run.Length; end++)
        {
            var (previous, current) = (run[end - 1], run[end]);
            if (!char.IsLetterOrDigit(current) || IsIdeograph(current)) break;
            if (char.IsDigit(previous) != char.IsDigit(current)) break;
            if (char.IsUpper(current))
            {
                if (!char.IsUpper(previous)) break;
                if (end + 1 < run.Length && char.IsLower(run[end + 1])) break;
            }
        }
        return end;
    }

    private static void Emit<TSink>(ReadOnlySpan<char> word, bool whole, scoped Span<char> lower, ref TSink sink)
        where TSink : ISink, allows ref struct
    {
        if (word.Length > MaxWordLength) return;
        var length = word.ToLowerInvariant(lower);
        var folded = whole ? lower[..length] : FoldPlural(lower[..length]);
        var term = Hash(folded);
        if (!StopWords.Contains(term)) sink.Add(term, folded, whole);
    }

    private static Span<char> FoldPlural(Span<char> word)
    {
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

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c >= 0x80 && char.IsLetterOrDigit(c));

    private static bool IsJoiner(char c) => c is '/' or '.' or '-' or ':' or '\\';

    private static bool IsIdeograph(char c) =>
        c >= 0x2E80 && char.GetUnicodeCategory(c) == UnicodeCategory.OtherLetter && c is < '\uAC00' or (>= '\uF900' and <= '\uFAFF');
}
