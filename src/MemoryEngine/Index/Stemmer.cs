namespace MemoryEngine.Index;

/// <summary>
/// Brings the forms of an English word together: the inflections and the commonest derivations of Porter's algorithm
/// (1980), its steps 1, 2 and 5 and of step 4 the endings -ment and -ate. What it leaves alone, such as <c>-er</c>, <c>-ion</c> and
/// <c>-ic</c>, tells words of engineering apart: parser and parse, expression and express, generic and generate.
/// </summary>
/// <remarks>
/// Departures from Porter: words of three letters and endings in <c>-us</c> and <c>-is</c> keep their s (status, redis);
/// a consonant is not undoubled into a word of two letters (adding); y turns to i behind any consonant but the first
/// letter (try), as in Porter's later English stemmer; a few words that look inflected are kept.
/// </remarks>
internal static class Stemmer
{
    private const int Shortest = 3;

    // Porter's step 2: derivations that turn into shorter ones.
    private static readonly (string Ending, string Instead)[] Derivations =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
    ];

    // Of step 4, longest first.
    private static readonly string[] Suffixes = ["ement", "ment", "ate"];

    private static readonly string[] Kept = ["alias", "canvas", "embed", "atlas"];

    /// <summary>Stems a word of the letters a to z in place; returns its new length.</summary>
    public static int Stem(Span<char> word)
    {
        var length = word.Length;
        if (length < Shortest) return length;
        if (length > Shortest)
        {
            if (IsKept(word)) return length;
            length = WithoutPlural(word);
            if (IsKept(word[..length])) return length;
            length = WithoutInflection(word, length);
        }
        if (word[length - 1] == 'y' && length > 2 && !IsVowel(word, length - 2)) word[length - 1] = 'i';
        if (length <= Shortest) return length;
        length = WithoutDerivation(word, length);
        return WithoutSilentEnd(word, length);
    }

    private static bool IsKept(ReadOnlySpan<char> word)
    {
        foreach (var kept in Kept) if (word.SequenceEqual(kept)) return true;
        return false;
    }

    private static int WithoutPlural(Span<char> word)
    {
        var length = word.Length;
        if (word[^1] != 's' || word[^2] is 's' or 'u' or 'i') return length;
        if (word.EndsWith("sses") || word.EndsWith("ies")) return length - 2;
        return length - 1;
    }

    private static int WithoutInflection(Span<char> word, int length)
    {
        var all = word[..length];
        if (all.EndsWith("eed")) return Measure(all[..^3]) > 0 ? length - 1 : length;
        var stem = all[^1] switch
        {
            'd' when all.EndsWith("ed") => length - 2,
            'g' when all.EndsWith("ing") => length - 3,
            _ => length,
        };
        if (stem == length || !HasVowel(word[..stem])) return length;
        all = word[..stem];
        if (all.EndsWith("at") || all.EndsWith("bl") || all.EndsWith("iz") || (EndsShort(all) && Measure(all) == 1))
        {
            word[stem] = 'e';
            return stem + 1;
        }
        var isDoubled = stem > 3 && all[^1] == all[^2] && !IsVowel(all, stem - 1) && all[^1] is not ('l' or 's' or 'z');
        return isDoubled ? stem - 1 : stem;
    }

    private static int WithoutDerivation(Span<char> word, int length)
    {
        // The last two letters of every ending above.
        var isDerived = (word[length - 2], word[length - 1]) is ('a', 'l') or ('c' or 'l' or 't' or 'g', 'i') or ('e' or 'o', 'r')
            or ('o', 'n') or ('s', 'm') or ('s', 's');
        if (isDerived)
        {
            foreach (var (ending, instead) in Derivations)
            {
                if (!word[..length].EndsWith(ending)) continue;
                if (Measure(word[..(length - ending.Length)]) == 0) break;
                instead.CopyTo(word[(length - ending.Length)..]);
                length += instead.Length - ending.Length;
                break;
            }
        }
        if ((word[length - 2], word[length - 1]) is not (('n', 't') or ('t', 'e'))) return length;
        foreach (var ending in Suffixes)
        {
            if (!word[..length].EndsWith(ending)) continue;
            var stem = word[..(length - ending.Length)];
            return Measure(stem) > 1 ? stem.Length : length;
        }
        return length;
    }

    private static int WithoutSilentEnd(Span<char> word, int length)
    {
        var last = word[length - 1];
        if (last == 'e')
        {
            var stem = word[..(length - 1)];
            var measure = Measure(stem);
            return measure > 1 || (measure == 1 && !EndsShort(stem)) ? length - 1 : length;
        }
        return last == 'l' && word[length - 2] == 'l' && Measure(word[..length]) > 1 ? length - 1 : length;
    }

    // Porter's m: how many times vowels are followed by consonants.
    private static int Measure(ReadOnlySpan<char> word)
    {
        var measure = 0;
        var wasVowel = false;
        for (var i = 0; i < word.Length; i++)
        {
            var isVowel = IsPlainVowel(word[i]) || (word[i] == 'y' && i > 0 && !wasVowel);
            if (wasVowel && !isVowel) measure++;
            wasVowel = isVowel;
        }
        return measure;
    }

    private static bool HasVowel(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++) if (IsVowel(word, i)) return true;
        return false;
    }

    // Consonant, vowel, consonant that is not w, x or y: the e of hoping belongs to it, that of hopping does not. Of two
    // letters vowel, consonant: the e of using.
    private static bool EndsShort(ReadOnlySpan<char> word) =>
        word.Length >= 2 && !IsVowel(word, word.Length - 1) && IsVowel(word, word.Length - 2)
        && (word.Length == 2 || (word[^1] is not ('w' or 'x' or 'y') && !IsVowel(word, word.Length - 3)));

    private static bool IsVowel(ReadOnlySpan<char> word, int at)
    {
        if (word[at] != 'y') return IsPlainVowel(word[at]);
        return at > 0 && !IsVowel(word, at - 1);
    }

    private static bool IsPlainVowel(char c) => (0x104111 >> (c - 'a') & 1) != 0 && c is >= 'a' and <= 'z';
}
