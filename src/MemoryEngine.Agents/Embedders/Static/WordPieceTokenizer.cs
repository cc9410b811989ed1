using System.Buffers;
using System.Globalization;
using System.Text;

namespace MemoryEngine.Agents.Embedders.Static;

/// <summary>
/// Splits a text into the pieces of a vocabulary as BERT does (Devlin et al. 2019; Wu et al. 2016 for WordPiece): words at
/// white space and around punctuation and ideographs, then from each word the longest piece that the vocabulary has, again
/// and again. A word that cannot be put together of pieces is left out. Thread-safe.
/// </summary>
/// <param name="pieces">Pieces that begin a word, with their ids.</param>
/// <param name="continuing">Pieces that continue one, without the prefix that marks them.</param>
/// <param name="rules">How words are made.</param>
internal sealed class WordPieceTokenizer(Dictionary<string, int> pieces, Dictionary<string, int> continuing, WordRules rules)
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuing = continuing.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly int _longest = pieces.Keys.Concat(continuing.Keys).Max(p => p.Length);

    /// <summary>Appends the ids of a text's pieces, at most <paramref name="most"/> of them.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, int most)
    {
        var word = new Word(stackalloc char[256]);
        Span<char> units = stackalloc char[3];
        foreach (var rune in text.EnumerateRunes())
        {
            if (ids.Count >= most) break;
            if (rules.CleanText && IsDropped(rune)) continue;
            if (Rune.IsWhiteSpace(rune)) Finish(ref word, ids);
            else if (rules.SplitIdeographs && IsIdeograph(rune)) Alone(ref word, rune, ids);
            else if (!rune.IsBmp) Add(ref word, rune, ids);
            else if (!rules.StripAccents) Add(ref word, rune, ids);
            else foreach (var unit in units[..Accents.Strip((char)rune.Value, units)]) Add(ref word, new Rune(unit), ids);
        }
        Finish(ref word, ids);
        if (ids.Count > most) ids.RemoveRange(most, ids.Count - most);
        word.Dispose();
    }

    private void Add(ref Word word, Rune rune, List<int> ids)
    {
        if (rules.StripAccents && Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark) return;
        if (rules.Lowercase) rune = Rune.ToLowerInvariant(rune);
        if (IsPunctuation(rune)) Alone(ref word, rune, ids);
        else word.Add(rune);
    }

    private void Alone(ref Word word, Rune rune, List<int> ids)
    {
        Finish(ref word, ids);
        word.Add(rune);
        Finish(ref word, ids);
    }

    private void Finish(ref Word word, List<int> ids)
    {
        if (word.Characters > 0 && word.Characters <= rules.MaxWordCharacters) Split(word.Text, ids);
        word.Clear();
    }

    private void Split(ReadOnlySpan<char> word, List<int> ids)
    {
        var before = ids.Count;
        for (var start = 0; start < word.Length;)
        {
            var lookup = start == 0 ? _pieces : _continuing;
            var (length, id) = (Math.Min(_longest, word.Length - start), -1);
            while (length > 0 && !lookup.TryGetValue(word.Slice(start, length), out id)) length--;
            if (length == 0)
            {
                ids.RemoveRange(before, ids.Count - before);
                return;
            }
            ids.Add(id);
            start += length;
        }
    }

    // Control, format, private use and surrogates, and what stands for bytes that were no text.
    private static bool IsDropped(Rune rune) => rune.Value switch
    {
        '\t' or '\n' or '\r' => false,
        0xFFFD => true,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse,
    };

    private static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) is false && rune.Value is > ' ' and < 0x7F : Rune.IsPunctuation(rune);

    // The blocks of ideographs as BERT lists them.
    private static bool IsIdeograph(Rune rune) => rune.Value
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>The word that is being read.</summary>
    private ref struct Word(Span<char> room)
    {
        private Span<char> _room = room;
        private char[]? _pooled;
        private int _length;

        /// <summary>Unicode characters.</summary>
        public int Characters { get; private set; }

        public readonly ReadOnlySpan<char> Text => _room[.._length];

        public void Add(Rune rune)
        {
            if (_length + 2 > _room.Length) Grow();
            _length += rune.EncodeToUtf16(_room[_length..]);
            Characters++;
        }

        public void Clear() => (_length, Characters) = (0, 0);

        public readonly void Dispose()
        {
            if (_pooled is not null) ArrayPool<char>.Shared.Return(_pooled);
        }

        private void Grow()
        {
            var larger = ArrayPool<char>.Shared.Rent(2 * _room.Length);
            Text.CopyTo(larger);
            Dispose();
            _room = _pooled = larger;
        }
    }
}

/// <summary>How a tokenizer makes words of a text.</summary>
/// <param name="CleanText">Leaves control characters out.</param>
/// <param name="SplitIdeographs">Makes each ideograph a word.</param>
/// <param name="StripAccents">Takes accents off.</param>
/// <param name="Lowercase">Lowers the case.</param>
/// <param name="MaxWordCharacters">Longer words are left out.</param>
internal sealed record WordRules(bool CleanText, bool SplitIdeographs, bool StripAccents, bool Lowercase, int MaxWordCharacters);
