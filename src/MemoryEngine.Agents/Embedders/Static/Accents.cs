using System.Collections.Frozen;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>
/// Takes accents off, as tokenizers do: canonical decomposition (NFD) without nonspacing marks. From a table of our own, made
/// of the Unicode character database 14.0, since the platform decomposes nothing in a process without ICU, and what a pool
/// stores may not hang on that. Compatibility ideographs and characters beyond the basic plane stay as they are.
/// </summary>
internal static class Accents
{
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;
    private const int Vowels = 21;
    private const int Finals = 28;

    // A base, and what leads to it.
    private const string Groups =
        "AÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶ\u212B CÇĆĈĊČḈ EÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ IÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ NÑŃŅŇǸṄṆṈṊ " +
        "OÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ UÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ YÝŶŸȲẎỲỴỶỸ aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ cçćĉċčḉ " +
        "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ iìíîïĩīĭįǐȉȋḭḯỉị nñńņňǹṅṇṉṋ oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự " +
        "yýÿŷȳẏẙỳỵỷỹ DĎḊḌḎḐḒ dďḋḍḏḑḓ GĜĞĠĢǦǴḠ gĝğġģǧǵḡ HĤȞḢḤḦḨḪ hĥȟḣḥḧḩḫẖ JĴ jĵǰ KĶǨḰḲḴ\u212A kķǩḱḳḵ LĹĻĽḶḸḺḼ lĺļľḷḹḻḽ RŔŖŘȐȒṘṚṜṞ " +
        "rŕŗřȑȓṙṛṝṟ SŚŜŞŠȘṠṢṤṦṨ sśŝşšșṡṣṥṧṩ TŢŤȚṪṬṮṰ tţťțṫṭṯṱẗ WŴẀẂẄẆẈ wŵẁẃẅẇẉẘ ZŹŻŽẐẒẔ zźżžẑẓẕ ÆǢǼ æǣǽ ƷǮ \u0292ǯ ØǾ øǿ \u02B9ʹ " +
        ";\u037E \u00A8\u0385\u1FC1\u1FED\u1FEE ΑΆἈἉἊἋἌἍἎἏᾈᾉᾊᾋᾌᾍᾎᾏᾸᾹᾺΆᾼ \u00B7\u0387 ΕΈἘἙἚἛἜἝῈΈ ΗΉἨἩἪἫἬἭἮἯᾘᾙᾚᾛᾜᾝᾞᾟῊΉῌ ΙΊΪἸἹἺἻἼἽἾἿῘῙῚΊ " +
        "ΟΌὈὉὊὋὌὍῸΌ ΥΎΫὙὛὝὟῨῩῪΎ ΩΏὨὩὪὫὬὭὮὯᾨᾩᾪᾫᾬᾭᾮᾯῺΏῼ\u2126 ιΐίϊἰἱἲἳἴἵἶἷὶίιῐῑῒΐῖῗ αάἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ εέἐἑἒἓἔἕὲέ " +
        "ηήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ υΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ οόὀὁὂὃὄὅὸό ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ ϒϓϔ ЕЀЁӖ ГЃ ІЇ КЌ ИЍЙӢӤ УЎӮӰӲ ийѝӣӥ еѐёӗ " +
        "гѓ ії кќ уўӯӱӳ ѴѶ ѵѷ ЖӁӜ жӂӝ АӐӒ аӑӓ ӘӚ әӛ ЗӞ зӟ ОӦ оӧ ӨӪ өӫ ЭӬ эӭ ЧӴ чӵ ЫӸ ыӹ \u0627\u0622\u0623\u0625 \u0648\u0624 " +
        "\u064A\u0626 \u06D5\u06C0 \u06C1\u06C2 \u06D2\u06D3 \u0928\u0929 \u0930\u0931 \u0933\u0934 \u0915\u0958 \u0916\u0959 " +
        "\u0917\u095A \u091C\u095B \u0921\u095C \u0922\u095D \u092B\u095E \u092F\u095F \u09A1\u09DC \u09A2\u09DD \u09AF\u09DF " +
        "\u0A32\u0A33 \u0A38\u0A36 \u0A16\u0A59 \u0A17\u0A5A \u0A1C\u0A5B \u0A2B\u0A5E \u0B47\u0B48 \u0B21\u0B5C \u0B22\u0B5D " +
        "\u0CD5\u0CC0\u0CC7 \u0CD6\u0CC8 \u0CC2\u0CCA \u0DD9\u0DDA \u0F42\u0F43 \u0F4C\u0F4D \u0F51\u0F52 \u0F56\u0F57 \u0F5B\u0F5C " +
        "\u0F40\u0F69 \u1025\u1026 \u1B35\u1B3B\u1B3D\u1B43 BḂḄḆ bḃḅḇ FḞ fḟ MḾṀṂ mḿṁṃ PṔṖ pṕṗ VṼṾ vṽṿ XẊẌ xẋẍ ſẛ " +
        "\u1FBF\u1FCD\u1FCE\u1FCF \u1FFE\u1FDD\u1FDE\u1FDF ρῤῥ ΡῬ `\u1FEF \u00B4\u1FFD \u2190\u219A \u2192\u219B \u2194\u21AE " +
        "\u21D0\u21CD \u21D4\u21CE \u21D2\u21CF \u2203\u2204 \u2208\u2209 \u220B\u220C \u2223\u2224 \u2225\u2226 \u223C\u2241 " +
        "\u2243\u2244 \u2245\u2247 \u2248\u2249 =\u2260 \u2261\u2262 \u224D\u226D <\u226E >\u226F \u2264\u2270 \u2265\u2271 " +
        "\u2272\u2274 \u2273\u2275 \u2276\u2278 \u2277\u2279 \u227A\u2280 \u227B\u2281 \u2282\u2284 \u2283\u2285 \u2286\u2288 " +
        "\u2287\u2289 \u22A2\u22AC \u22A8\u22AD \u22A9\u22AE \u22AB\u22AF \u227C\u22E0 \u227D\u22E1 \u2291\u22E2 \u2292\u22E3 " +
        "\u22B2\u22EA \u22B3\u22EB \u22B4\u22EC \u22B5\u22ED \u3008\u2329 \u3009\u232A \u2ADD\u2ADC \u304B\u304C \u304D\u304E " +
        "\u304F\u3050 \u3051\u3052 \u3053\u3054 \u3055\u3056 \u3057\u3058 \u3059\u305A \u305B\u305C \u305D\u305E \u305F\u3060 " +
        "\u3061\u3062 \u3064\u3065 \u3066\u3067 \u3068\u3069 \u306F\u3070\u3071 \u3072\u3073\u3074 \u3075\u3076\u3077 " +
        "\u3078\u3079\u307A \u307B\u307C\u307D \u3046\u3094 \u309D\u309E \u30AB\u30AC \u30AD\u30AE \u30AF\u30B0 \u30B1\u30B2 " +
        "\u30B3\u30B4 \u30B5\u30B6 \u30B7\u30B8 \u30B9\u30BA \u30BB\u30BC \u30BD\u30BE \u30BF\u30C0 \u30C1\u30C2 \u30C4\u30C5 " +
        "\u30C6\u30C7 \u30C8\u30C9 \u30CF\u30D0\u30D1 \u30D2\u30D3\u30D4 \u30D5\u30D6\u30D7 \u30D8\u30D9\u30DA \u30DB\u30DC\u30DD " +
        "\u30A6\u30F4 \u30EF\u30F7 \u30F0\u30F8 \u30F1\u30F9 \u30F2\u30FA \u30FD\u30FE \u05D9\uFB1D\uFB39 \u05F2\uFB1F " +
        "\u05E9\uFB2A\uFB2B\uFB2C\uFB2D\uFB49 \u05D0\uFB2E\uFB2F\uFB30 \u05D1\uFB31\uFB4C \u05D2\uFB32 \u05D3\uFB33 \u05D4\uFB34 " +
        "\u05D5\uFB35\uFB4B \u05D6\uFB36 \u05D8\uFB38 \u05DA\uFB3A \u05DB\uFB3B\uFB4D \u05DC\uFB3C \u05DE\uFB3E \u05E0\uFB40 " +
        "\u05E1\uFB41 \u05E3\uFB43 \u05E4\uFB44\uFB4E \u05E6\uFB46 \u05E7\uFB47 \u05E8\uFB48 \u05EA\uFB4A ";

    // A character, and the two that it leads to.
    private const string Pairs =
        "\u09CB\u09C7\u09BE \u09CC\u09C7\u09D7 \u0B4B\u0B47\u0B3E \u0B4C\u0B47\u0B57 \u0B94\u0B92\u0BD7 \u0BCA\u0BC6\u0BBE " +
        "\u0BCB\u0BC7\u0BBE \u0BCC\u0BC6\u0BD7 \u0CCB\u0CC2\u0CD5 \u0D4A\u0D46\u0D3E \u0D4B\u0D47\u0D3E \u0D4C\u0D46\u0D57 " +
        "\u0DDC\u0DD9\u0DCF \u0DDD\u0DD9\u0DCF \u0DDE\u0DD9\u0DDF \u1B06\u1B05\u1B35 \u1B08\u1B07\u1B35 \u1B0A\u1B09\u1B35 " +
        "\u1B0C\u1B0B\u1B35 \u1B0E\u1B0D\u1B35 \u1B12\u1B11\u1B35 \u1B40\u1B3E\u1B35 \u1B41\u1B3F\u1B35 ";

    private static readonly FrozenDictionary<char, string> Bases = Read();

    /// <summary>Writes what is left of a character: one character mostly, none for a mark of its own, up to three for Hangul.</summary>
    /// <returns>How many were written.</returns>
    public static int Strip(char character, Span<char> target)
    {
        if (character < 0x80)
        {
            target[0] = character;
            return 1;
        }
        if (char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.NonSpacingMark) return 0;
        if (character is >= (char)HangulFirst and <= (char)HangulLast) return Hangul(character - HangulFirst, target);
        if (Bases.TryGetValue(character, out var bases))
        {
            bases.CopyTo(target);
            return bases.Length;
        }
        target[0] = character;
        return 1;
    }

    // The Unicode Standard, 3.12: a syllable is a leading consonant, a vowel and perhaps a final consonant.
    private static int Hangul(int syllable, Span<char> target)
    {
        target[0] = (char)(0x1100 + (syllable / (Vowels * Finals)));
        target[1] = (char)(0x1161 + (syllable % (Vowels * Finals) / Finals));
        if (syllable % Finals == 0) return 2;
        target[2] = (char)(0x11A7 + (syllable % Finals));
        return 3;
    }

    private static FrozenDictionary<char, string> Read()
    {
        var bases = new Dictionary<char, string>();
        foreach (var group in Groups.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            foreach (var character in group.AsSpan(1)) bases.Add(character, group[..1]);
        foreach (var pair in Pairs.Split(' ', StringSplitOptions.RemoveEmptyEntries)) bases.Add(pair[0], pair[1..]);
        return bases.ToFrozenDictionary();
    }
}
