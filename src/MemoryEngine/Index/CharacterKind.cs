using System.Globalization;
using System.Runtime.CompilerServices;

namespace MemoryEngine.Index;

/// <summary>What a character is to the analysis of a text.</summary>
internal enum CharacterKind : byte
{
    Other,

    /// <summary>Joins words to a path or a qualified name when a word follows at once: <c>/ \ . :</c>.</summary>
    Joiner,

    /// <summary>Joins words to one name when a word follows at once: <c>-</c>.</summary>
    Dash,
    Underscore,
    Digit,
    Lower,
    Upper,

    /// <summary>Of a script that is written without spaces, or whose words carry endings that are best ignored.</summary>
    Ideograph,
}

/// <summary>The kind of each character, by a table for ASCII, and the folding of those that are variants of others.</summary>
internal static class Characters
{
    private const int FoldedEnd = 0x1F00;

    // Nearly all of engineering text is ASCII; a table answers all questions at once.
    private static readonly CharacterKind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(c => KindOfAscii((char)c))];

    // By a table of our own: what Unicode's decomposition says differs between versions of its tables, and terms are stored.
    private static readonly char[] Folded = Fold(
    [
        ('a', "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"), ('b', "ḃḅḇ"), ('c', "çćĉċčḉ"), ('d', "ďđḋḍḏḑḓ"),
        ('e', "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"), ('f', "ḟ"), ('g', "ĝğġģǧǵḡ"), ('h', "ĥħȟḣḥḧḩḫẖ"), ('i', "ìíîïĩīĭįıİǐȉȋḭḯỉị"),
        ('j', "ĵǰ"), ('k', "ķǩḱḳḵ"), ('l', "ĺļľłḷḹḻḽ"), ('m', "ḿṁṃ"), ('n', "ñńņňǹṅṇṉṋ"),
        ('o', "òóôõöøōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"), ('p', "ṕṗ"), ('r', "ŕŗřȑȓṙṛṝṟ"), ('s', "śŝşšșṡṣṥṧṩ"), ('t', "ţťŧțṫṭṯṱẗ"),
        ('u', "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"), ('v', "ṽṿ"), ('w', "ŵẁẃẅẇẉẘ"), ('x', "ẋẍ"), ('y', "ýÿŷȳẏẙỳỵỷỹ"), ('z', "źżžẑẓẕ"),
        ('α', "ά"), ('ε', "έ"), ('η', "ή"), ('ι', "ΐίϊ"), ('ο', "ό"), ('σ', "ς"), ('υ', "ΰϋύ"), ('ω', "ώ"), ('е', "ё"),
    ]);

    // Inlined at once: called for every character, and a process that has just begun would call it unoptimised.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharacterKind KindOf(char c) => c < 128 ? AsciiKinds[c] : KindOfUnicode(c);

    /// <summary>
    /// Folds a word in lower case whose accents, full width forms and ligatures nobody types: é and e, Ａ and a, ﬁ and fi
    /// are one. Returns the new length; at most twice the old one.
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="target">Twice as long as the word.</param>
    public static int Fold(ReadOnlySpan<char> word, Span<char> target)
    {
        var length = 0;
        foreach (var c in word)
        {
            // Accents that stand by themselves, behind the letter they belong to.
            if (c is >= '\u0300' and <= '\u036F') continue;
            var (first, second) = c switch
            {
                'ß' => ('s', 's'),
                'æ' => ('a', 'e'),
                'œ' => ('o', 'e'),
                '\uFB01' => ('f', 'i'),
                '\uFB02' => ('f', 'l'),
                >= '\uFF01' and <= '\uFF5E' => ((char)(c - 0xFEE0), '\0'),
                < (char)FoldedEnd => (Folded[c], '\0'),
                _ => (c, '\0'),
            };
            target[length++] = first;
            if (second != '\0') target[length++] = second;
        }
        return length;
    }

    private static char[] Fold((char Plain, string Variants)[] groups)
    {
        var folded = new char[FoldedEnd];
        for (var c = 0; c < FoldedEnd; c++) folded[c] = (char)c;
        foreach (var (plain, variants) in groups)
            foreach (var variant in variants) folded[variant] = plain;
        return folded;
    }

    private static CharacterKind KindOfAscii(char c) => c switch
    {
        '_' => CharacterKind.Underscore,
        '-' => CharacterKind.Dash,
        '/' or '.' or ':' or '\\' => CharacterKind.Joiner,
        _ when char.IsAsciiDigit(c) => CharacterKind.Digit,
        _ when char.IsAsciiLetterLower(c) => CharacterKind.Lower,
        _ when char.IsAsciiLetterUpper(c) => CharacterKind.Upper,
        _ => CharacterKind.Other,
    };

    private static CharacterKind KindOfUnicode(char c) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.UppercaseLetter => CharacterKind.Upper,
        UnicodeCategory.DecimalDigitNumber => CharacterKind.Digit,
        UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter when IsUnspaced(c) => CharacterKind.Ideograph,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark when IsUnspaced(c) => CharacterKind.Ideograph,
        UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => CharacterKind.Lower,
        _ => CharacterKind.Other,
    };

    // Chinese, Japanese, Thai, Lao, Burmese and Khmer have no spaces between words; Korean words carry their particles.
    private static bool IsUnspaced(char c) => c is (>= '\u2E80' and <= '\uD7AF') or (>= '\uF900' and <= '\uFAFF')
        or (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF');
}
